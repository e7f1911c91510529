"""Made-up models to compare layer by layer."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.layerwise.models import ModelLayers, model_of_layers

SHAPES = ((16, 3), (32, 16), (32, 32), (16, 16))


def net(seed: int, shapes: Sequence[tuple[int, int]] = SHAPES) -> dict[str, NDArray[np.float32]]:
    """The weights of a net: each layer has a distribution of its own, and channels that differ; seeds are trainings."""
    random, weights = np.random.default_rng(seed), {}
    for k, (rows, inputs) in enumerate(shapes):
        mix = np.random.default_rng(k).normal(size=(9, 9)) * np.exp(-np.arange(9) / 3)
        filters = random.normal(size=(rows, inputs, 9)) @ mix.T * (2 / (9 * inputs)) ** 0.5
        filters *= np.exp(0.3 * random.normal(size=(rows, 1, 1)))
        filters += 0.3 * filters.std() * random.normal(size=(rows, 1, 9))
        weights[f"layer{k}.conv"] = filters.astype(np.float32).reshape(rows, inputs, 3, 3)
    return weights


def layers_of(name: str, weights: Mapping[str, NDArray]) -> ModelLayers:
    """Weights as a model with shapes and depths."""
    last = max(len(weights) - 1, 1)
    rows = [
        {"layer_name": layer, "conv_depth": k, "conv_depth_norm": k / last, "out_channels": len(array)}
        for k, (layer, array) in enumerate(weights.items())
    ]
    return model_of_layers(name, pd.DataFrame(rows), list(weights.values()))
