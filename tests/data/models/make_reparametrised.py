"""Write reparametrised.npz: layers with weight norm, spectral norm and pruning, and the weights that PyTorch computes.

Run by hand with PyTorch 2.13 and numpy; needs nothing else.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm

torch.manual_seed(0)
LAYERS = {
    "weight_norm": weight_norm(nn.Conv2d(3, 4, 3)),
    "weight_norm_dim1": weight_norm(nn.Conv2d(3, 4, 3), dim=1),
    "weight_norm_all": weight_norm(nn.Conv2d(3, 4, 3), dim=None),
    "weight_norm_one": weight_norm(nn.Conv2d(1, 1, 3)),
    "weight_norm_new": parametrizations.weight_norm(nn.Conv2d(3, 4, 3)),
    "weight_norm_new_dim2": parametrizations.weight_norm(nn.Conv2d(3, 4, 3), dim=2),
    "spectral_norm": spectral_norm(nn.Conv2d(3, 4, 3)),
    "spectral_norm_new": parametrizations.spectral_norm(nn.Conv2d(3, 4, 3)),
    "spectral_norm_transposed": spectral_norm(nn.ConvTranspose2d(3, 4, 3)),
    "pruned": prune.l1_unstructured(nn.Conv2d(3, 4, 3), "weight", 0.4),
    "pruned_channels": prune.ln_structured(nn.Conv2d(3, 4, 3), "weight", 0.5, n=2, dim=0),
    "weight_norm_pruned": prune.l1_unstructured(weight_norm(nn.Conv2d(3, 4, 3)), "weight_v", 0.4),
    "orthogonal": parametrizations.orthogonal(nn.Conv2d(3, 4, 3)),
}

arrays = {}
for name, layer in LAYERS.items():
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.mul_(1 + 0.3 * torch.rand_like(parameter))
        image = torch.ones(1, 1 if name.endswith("one") else 3, 5, 5)
        for _ in range(10):  # training makes u and v singular vectors; random ones give a σ near 0, which is inexact
            layer.train()(image)
        layer.eval()(image)
        layer(image)  # weight norm computes weights before pruning does: the first time from values of before
        arrays.update({f"stored {name}.{key}": value.numpy() for key, value in layer.state_dict().items()})
        arrays[f"weights {name}"] = layer.weight.detach().numpy()
np.savez_compressed(Path(__file__).with_name("reparametrised.npz"), **arrays)
