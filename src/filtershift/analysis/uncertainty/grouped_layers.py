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
"""What the units of a group can be."""


@dataclass(frozen=True)
class GroupedLayers:
    """The layers of a grouping, those without filters left out, sorted by group and within it by model.

    Attributes:
        counts: (L, K) histogram counts of the nine components. With the papers' divergence and epsilon, bins empty in
            all layers are left out.
        component: (K,) the component of each bin, ascending.
        weight: (K,) the explained variance ratio of that component.
        width: of a bin, in units of the coefficients.
        group: (L,) 0 … groups - 1.
        groups: how many groups, with those that have no layer.
        model: (L,) the model, or the cluster of models.
        unit: (L,) 0 … units - 1, ascending: what is resampled.
        drawn: (units,) which draw decides about a unit: one for all units of a model.
        resampled: per group, what its units are: models (or clusters of them), layers where it has one of these, its
            filters where it has one layer.
        choices: how shifts are computed.
        in_group: (L,) how much each filter of a layer weighs in its group, whose weights add up to its filters.
        in_all: (L,) the same if all layers were one group.
    """

    counts: Array
    component: Indices
    weight: Array
    width: float
    group: Indices
    groups: int
    model: Indices
    unit: Indices
    drawn: Indices
    resampled: list[str]
    choices: Choices
    in_group: Array
    in_all: Array

    @property
    def n(self) -> Array:
        """Filters of each layer, (L,)."""
        return _filters(self.counts, self.component)

    def evened(self, counts: Array, observed: Array) -> Array:
        """Counts (…, K) scaled, component by component, to as many filters as observed; none at all: as observed."""
        firsts = np.searchsorted(self.component, np.arange(9))
        total, wanted = (np.add.reduceat(some, firsts, axis=-1)[..., self.component] for some in (counts, observed))
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
    """Put layers in order.

    Args:
        counts: (L, 9, bins) histogram counts of each layer, over the chosen extent.
        width: of a bin, in units of the coefficients.
        ratio: (9,) explained variance ratio of the global basis.
        group: (L,) the group of each layer, 0 … groups - 1.
        groups: how many groups.
        model: (L,) the model of each layer.
        cluster: (L,) its cluster of models, where models are not independent.
        choices: how shifts are computed.
    """
    finest = {LAYERS: np.arange(len(group)), MODELS: _numbered(model)}
    kinds = finest if cluster is None else {**finest, CLUSTERS: _numbered(cluster)}
    order = np.lexsort([*kinds.values(), group])
    order = order[counts[order, 0].sum(axis=1) > 0]
    kinds = {kind: labels[order] for kind, labels in kinds.items()}
    group = group[order]
    unit, drawn, resampled = _units(group, groups, kinds)
    seen = (counts[order] > 0).any(axis=0)
    if (choices.divergence, choices.epsilon) != (PAPER.divergence, PAPER.epsilon):
        # Bins without filters have a share, and are as wide as others.
        seen = np.ones_like(seen)
    component = np.nonzero(seen)[0]
    held = np.ascontiguousarray(counts[order][:, seen], np.float32)
    owned = choices.weighting, _filters(held, component).astype(float)
    return GroupedLayers(
        counts=held,
        component=component,
        weight=ratio[component].astype(np.float32),
        width=width,
        group=group,
        groups=groups,
        model=_numbered(list(kinds.values())[-1]),
        unit=unit,
        drawn=drawn,
        resampled=resampled,
        choices=choices,
        in_group=filter_weights(*owned, group, kinds[MODELS], groups).astype(np.float32),
        in_all=filter_weights(*owned, np.zeros_like(group), kinds[MODELS], 1).astype(np.float32),
    )


def load_grouped_layers(
    histograms: Sequence[Path],
    groups: Membership,
    model: pd.Series,
    ratio: NDArray[np.float64],
    choices: Choices,
    cluster: pd.Series | None = None,
) -> GroupedLayers:
    """Read the histograms of the layers of a grouping, and put them in order.

    Args:
        histograms: the files of all shards of one variant.
        groups: the grouping's groups and its layers.
        model: the model_id of each layer of the data set.
        ratio: (9,) explained variance ratio of the global basis of the variant.
        choices: how shifts are computed.
        cluster: the cluster of each model_id, where models are not independent.
    """
    layers = list(groups.group_of)
    grid = load_grid(histograms[0])
    every = np.zeros(0)
    if choices.extent == "quantile":
        every = group_counts(histograms, "extent", dict.fromkeys(model.index, 0), 1).sum(axis=(0, 1)).astype(float)
    share, width = binning(grid, choices.extent, grid.bins, every)
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
    """Filters of histograms (…, K), which a bin that is shared makes no whole numbers of but for rounding."""
    return np.rint(counts[..., component == 0].sum(axis=-1))


def _numbered(labels: NDArray) -> Indices:
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _units(group: Indices, groups: int, kinds: dict[str, Indices]) -> tuple[Indices, Indices, list[str]]:
    """Units of the last of the kinds of which a group has two; all its layers are one unit where there is none."""
    key, offset, resampled = np.zeros(len(group), np.int64), 1, [FILTERS] * groups
    for kind, labels in kinds.items():
        several = np.bincount(np.unique(np.stack([group, labels]), axis=1)[0], minlength=groups) > 1
        key = np.where(several[group], labels + offset, key)
        resampled = [kind if some else finer for some, finer in zip(several, resampled, strict=True)]
        offset += int(labels.max(initial=-1)) + 1
    first = np.append(True, (np.diff(group) != 0) | (np.diff(key) != 0))[: len(group)]
    return np.cumsum(first) - 1, _numbered(key[first]), resampled
