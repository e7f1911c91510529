"""Build a model from its tensors alone, without a graph: from a PyTorch state_dict or a safetensors file.

Each tensor with four dimensions is taken as the weights of a 2-D convolution, unless its name tells otherwise: (output
channels, input channels / groups, height, width). Depths follow from names and order, see `with_depths`. Whether it is
transposed, and its number of groups, are known only if a whole PyTorch module was stored. Other information is
missing, not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType

from filtershift.dataset.models.model import NAMES, ORDER, Skipped
from filtershift.dataset.models.stored import Convolution, StoredModel, StoredTensor
from filtershift.dataset.models.tensors.copies import without_copies
from filtershift.dataset.models.tensors.depths import with_depths
from filtershift.dataset.models.tensors.effective import effective
from filtershift.dataset.models.tensors.leaf_names import NO_WEIGHTS, is_no_weights
from filtershift.dataset.models.tensors.modules import WEIGHTS, module_name
from filtershift.dataset.models.tensors.names import split
from filtershift.dataset.models.tensors.norm_names import Norms, norms_of

TRANSPOSED = "transposed convolution"
"""Why the weights of a transposed convolution are left out; it counts for no depth."""


def model_of_tensors(
    tensors: Sequence[StoredTensor],
    depth_source: str = ORDER,
    groups: Mapping[str, int] = MappingProxyType({}),
    skipped: Sequence[Skipped] = (),
    epsilons: Mapping[str, float] = MappingProxyType({}),
) -> StoredModel:
    """The convolutions among tensors.

    Args:
        tensors: all tensors of the model, in order.
        depth_source: which order this is, `ORDER` or `NAMES`.
        groups: number of groups by the name of the tensor, where it is known.
        skipped: what was already left out.
        epsilons: ε by the name of the BatchNorm, where it is known; see `norms_of`.
    """
    # a dictionary of sorted names has lost its order: PyTorch's modules have a weight before their bias
    is_ordered = depth_source == ORDER and any(first.name > second.name for first, second in pairwise(tensors))
    own, copies = without_copies(tensors)
    whole, parts = effective(own)
    norms = norms_of(whole, is_ordered, epsilons)
    of_module = {_module(name): number for name, number in groups.items()}
    stored = {tensor.name for tensor in own}
    no_weights: list[Skipped] = []
    convolutions: list[Convolution] = []
    for tensor in whole:
        dimensions = len(tensor.shape or ())
        if dimensions not in (4, 5):
            continue
        if is_no_weights(tensor):
            no_weights.append(Skipped("tensors", tensor.name, NO_WEIGHTS, tensor.filters * (tensor.size == (3, 3))))
            continue
        known = groups.get(tensor.name) if tensor.name in stored else of_module.get(_module(tensor.name))
        weights = tensor if dimensions == 4 else replace(tensor, left_out="3-D convolution")
        convolutions.append(_convolution(weights, known, norms))
    found = with_depths(convolutions, depth_source == NAMES)
    return StoredModel(tuple(found), depth_source, skipped=(*skipped, *copies, *parts, *no_weights))


def _convolution(weights: StoredTensor, groups: int | None, norms: Norms) -> Convolution:
    module, leaf = split(weights.name)
    shape = weights.shape or (0,)
    norm = norms.after.get(module_name(weights.name)) if leaf in WEIGHTS else None
    fits = norm is not None and norm.channels == shape[0]  # not if the layer is transposed after all
    # a transposed convolution, which is not known as one, has its output channels on the second axis
    outputs = shape[:1] if weights.size == (1, 1) else shape[:2]
    return Convolution(
        name=module if leaf in WEIGHTS and module else weights.name,
        weights=weights,
        depth=0,  # set when all are known
        is_level=len(weights.shape or ()) == 4 and weights.left_out != TRANSPOSED,
        groups=groups,
        norm=norm if fits else None,
        norm_known=fits or (norm is None and norms.channels_of_others.isdisjoint(outputs)),
    )


def _module(tensor: str) -> str:
    """The module of a tensor, also of one that parametrises its weights."""
    return tensor.partition("parametrizations.")[0].rstrip(".") if "parametrizations." in tensor else split(tensor)[0]
