"""Histograms and moments of groups in which each filter, each layer or each model counts the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.shifts.gaussian import CoefficientMoments, Gaussians, gaussians
from filtershift.passes.histograms import REFINE, Grid
from filtershift.passes.stored.histograms import layer_sizes, load_grid, stored_layers

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class FineCounts:
    """The stored histograms of the groups of one grouping, over the fine bins of the extent, and their moments.

    Attributes:
        groups: per weighting (groups, 9, fine bins). Whatever counts the same, each histogram adds up to the number of
            filters of the group.
        every: (fine bins,) all coefficients of all layers of the data set, those of no group too.
        grid: where the bins lie.
        gaussians: per weighting the means and covariances of the groups.
    """

    groups: dict[str, Array]
    every: Array
    grid: Grid
    gaussians: dict[str, Gaussians]


def load_fine_counts(
    paths: Sequence[Path],
    moments: CoefficientMoments,
    groups: Membership,
    weightings: Sequence[str],
    model: pd.Series | None = None,
) -> FineCounts:
    """Sum the histograms and moments of the layers of each group.

    Memory is that of the sums: layers are read a batch at a time.

    Args:
        paths: the files of all shards of one variant.
        moments: of all layers, in the same variant and basis.
        groups: the grouping's groups and its layers.
        weightings: some of filter, layer, model.
        model: the model_id of each layer, for the weighting by model.
    """
    layers = np.array(list(groups.group_of), np.int64)
    group = np.array(list(groups.group_of.values()), np.int64)
    count = len(groups.labels)
    sizes = layer_sizes(paths)
    n, owner = np.array([sizes[layer] for layer in layers.tolist()], float), np.zeros(len(layers), np.int64)
    if "model" in weightings and model is not None:
        owner = np.unique(model.loc[layers.tolist()].to_numpy(np.int64), return_inverse=True)[1]
    weights = {weighting: filter_weights(weighting, n, group, owner, count) for weighting in weightings}
    grid = load_grid(paths[0])
    fine = grid.bins * REFINE
    place = {layer: k for k, layer in enumerate(layers.tolist())}
    sums = {weighting: np.zeros((count, 9, fine)) for weighting in weightings}
    every = np.zeros(fine)
    for numbers, batch in stored_layers(paths, "extent"):
        every += batch.sum(axis=(0, 1))
        for layer, counts in zip(numbers.tolist(), batch, strict=True):
            if (k := place.get(layer)) is not None:
                for weighting, total in sums.items():
                    total[group[k]] += counts * weights[weighting][k]
    own = moments.of(layers)
    return FineCounts(sums, every, grid, {key: gaussians(own, weight, group, count) for key, weight in weights.items()})


def filter_weights(weighting: str, n: Array, group: Indices, model: Indices, groups: int) -> Array:
    """How much each filter of a layer weighs in its group, (L,), where filters, layers or models count the same.

    The weighted filters of a group are as many as it has.

    Args:
        weighting: filter, layer or model.
        n: (L,) the filters of each layer.
        group: (L,) its group, 0 … groups - 1.
        model: (L,) its model, 0 … .
        groups: how many groups.
    """
    if weighting == "filter":
        return np.ones(len(n))
    owner = model if weighting == "model" else np.arange(len(n))
    pair = np.unique(np.stack([group, owner]), axis=1, return_inverse=True)[1].ravel()
    owned = np.bincount(pair, n)
    owners = np.bincount(group, n / np.maximum(owned[pair], 1) if len(n) else None, groups).round()
    share = np.bincount(group, n, groups) / np.maximum(owners, 1)
    return share[group] / np.maximum(owned[pair], 1)
