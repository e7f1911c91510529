"""The layers of a grouping with their histograms, weights and resampling units."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.shifts.choices import PAPER, Choices
from filtershift.analysis.shifts.divergences import binning
from filtershift.analysis.shifts.weighting import filter_weights
from filtershift.passes.histogram_files import group_counts, layer_counts, load_grid

Array = NDArray[np.float32]
Indices = NDArray[np.int64]


CLUSTERS, MODELS, LAYERS, FILTERS = "clusters", "models", "layers", "filters"
"""The kinds of units that can be resampled in a group."""


@dataclass(frozen=True)
class GroupedLayers:
    """The layers of a grouping that have filters, sorted by group and within a group by model.

    Attributes:
        counts: (L, K) histogram counts of the nine components, one bin after another. With the papers' divergence and
            epsilon, bins that are empty in all layers are left out.
        component: (K,) the component of each bin, ascending.
        weight: (K,) the explained variance ratio of that component.
        width: width of a bin, in units of the coefficients.
        group: (L,) the group of each layer, 0 … groups - 1.
        groups: number of groups, including those without layers.
        model: (L,) the model of each layer, or its cluster of models.
        unit: (L,) the resampling unit of each layer, 0 … units - 1, ascending.
        draw_of_unit: (units,) index of the random number that decides about each unit; units of one model share it.
        resampled: for each group, what its units are: models (or clusters of models); layers if it has only one model;
            filters if it has only one layer.
        choices: how shifts are computed.
        in_group: (L,) weight of each filter of a layer in its group; those of a group sum to its number of filters.
        in_all: (L,) the same if all layers were in one group.
    """

    counts: Array
    component: Indices
    weight: Array
    width: float
    group: Indices
    groups: int
    model: Indices
    unit: Indices
    draw_of_unit: Indices
    resampled: list[str]
    choices: Choices
    in_group: Array
    in_all: Array

    @property
    def n(self) -> Array:
        """Number of filters of each layer, (L,)."""
        return _filters(self.counts, self.component)

    def evened(self, counts: Array, observed: Array) -> Array:
        """Scale counts (…, K) per component to the total of `observed`; a component without counts gets `observed`."""
        firsts = np.searchsorted(self.component, np.arange(9))
        total, wanted = (np.add.reduceat(x, firsts, axis=-1)[..., self.component] for x in (counts, observed))
        return np.where(total > 0, counts * wanted / np.maximum(total, 1), observed)


def grouped_layers(
    counts: NDArray[np.integer],
    width: float,
    ratio: NDArray[np.float64],
    group: Indices,
    groups: int,
    model: Indices,
    cluster: Indices | None = None,
    choices: Choices = PAPER,
) -> GroupedLayers:
    """Sort layers by group and model, and find their weights and resampling units.

    Args:
        counts: (L, 9, bins) histogram counts of each layer, over the chosen extent.
        width: width of a bin, in units of the coefficients.
        ratio: (9,) explained variance ratio of the global basis.
        group: (L,) the group of each layer, 0 … groups - 1.
        groups: number of groups.
        model: (L,) the model of each layer.
        cluster: (L,) the cluster of each layer's model; None if models are independent.
        choices: how shifts are computed.
    """
    finest = {LAYERS: np.arange(len(group)), MODELS: _numbered(model)}
    kinds = finest if cluster is None else {**finest, CLUSTERS: _numbered(cluster)}
    order = np.lexsort([*kinds.values(), group])
    order = order[counts[order, 0].sum(axis=1) > 0]
    kinds = {kind: labels[order] for kind, labels in kinds.items()}
    group = group[order]
    unit, draw_of_unit, resampled = _units(group, groups, kinds)
    seen = (counts[order] > 0).any(axis=0)
    if (choices.divergence, choices.epsilon) != (PAPER.divergence, PAPER.epsilon):
        # Other choices need the empty bins, too: they get a probability, and they count as distance.
        seen = np.ones_like(seen)
    component = np.nonzero(seen)[0]
    nonempty = np.ascontiguousarray(counts[order][:, seen], np.float32)
    filters = choices.weighting, _filters(nonempty, component).astype(float)
    return GroupedLayers(
        counts=nonempty,
        component=component,
        weight=ratio[component].astype(np.float32),
        width=width,
        group=group,
        groups=groups,
        model=_numbered(list(kinds.values())[-1]),
        unit=unit,
        draw_of_unit=draw_of_unit,
        resampled=resampled,
        choices=choices,
        in_group=filter_weights(*filters, group, kinds[MODELS], groups).astype(np.float32),
        in_all=filter_weights(*filters, np.zeros_like(group), kinds[MODELS], 1).astype(np.float32),
    )


def load_grouped_layers(
    histograms: Sequence[Path],
    groups: Membership,
    model: pd.Series,
    ratio: NDArray[np.float64],
    choices: Choices,
    cluster: pd.Series | None = None,
) -> GroupedLayers:
    """Read the histograms of a grouping's layers, and make `GroupedLayers` of them.

    Args:
        histograms: the histogram files of all shards of one variant.
        groups: the groups of the grouping and their layers.
        model: the model_id of each layer of the data set.
        ratio: (9,) explained variance ratio of the global basis of the variant.
        choices: how shifts are computed.
        cluster: the cluster of each model_id; None if models are independent.
    """
    if cluster is not None and not cluster.duplicated().any():
        cluster = None  # each model counts for itself
    layers = list(groups.group_of)
    grid = load_grid(histograms[0])
    all_counts = np.zeros(0)
    if choices.extent == "quantile":
        all_counts = group_counts(histograms, "extent", dict.fromkeys(model.index, 0), 1).sum(axis=(0, 1)).astype(float)
    share, width = binning(grid, choices.extent, grid.bins, all_counts)
    owner = model.loc[layers]
    return grouped_layers(
        layer_counts(histograms, layers, share),
        width,
        ratio,
        np.array(list(groups.group_of.values())),
        len(groups.labels),
        owner.to_numpy(),
        None if cluster is None else cluster.loc[owner].to_numpy(),
        choices,
    )


def _filters(counts: Array, component: Indices) -> Array:
    """Number of filters in each histogram (…, K). Whole up to rounding, even where a bin was split between two."""
    return np.rint(counts[..., component == 0].sum(axis=-1))


def _numbered(labels: NDArray) -> Indices:
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _units(group: Indices, groups: int, kinds: dict[str, Indices]) -> tuple[Indices, Indices, list[str]]:
    """The resampling units of each group.

    A group is resampled by the coarsest kind of which it has at least two; ``kinds`` go from fine to coarse. A group
    with only one of every kind is a single unit, and its filters are resampled.

    Returns:
        The unit of each layer, the number of the draw of each unit, and the kind of units in each group.
    """
    key, offset, resampled = np.zeros(len(group), np.int64), 1, [FILTERS] * groups
    for kind, labels in kinds.items():
        several = np.bincount(np.unique(np.stack([group, labels]), axis=1)[0], minlength=groups) > 1
        key = np.where(several[group], labels + offset, key)
        resampled = [kind if coarser else finer for coarser, finer in zip(several, resampled, strict=True)]
        offset += int(labels.max(initial=-1)) + 1
    first = np.append(True, (np.diff(group) != 0) | (np.diff(key) != 0))[: len(group)]
    return np.cumsum(first) - 1, _numbered(key[first]), resampled
