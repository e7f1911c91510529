"""The layers of a grouping with their histograms."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.shifts.choices import PAPER, Choices
from filtershift.analysis.shifts.divergences import binning
from filtershift.analysis.uncertainty.layer_sums import LayerSums, owners, sorted_layers
from filtershift.passes.stored.histograms import group_counts, layer_counts, layer_sizes, load_grid

Array = NDArray[np.floating]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class GroupedLayers(LayerSums):
    """The layers of a grouping, of which histogram counts add up.

    Attributes:
        counts: (L, K) histogram counts of the nine components, one bin after another. With the papers' divergence and
            epsilon, and without a fixed range, bins that are empty in all layers are left out.
        component: (K,) the component of each bin, ascending.
        weight: (K,) what that component counts: with the papers' choices its explained variance ratio.
        width: width of a bin, in units of the coefficients.
    """

    component: Indices
    weight: Array
    width: float

    @cached_property
    def whole(self) -> Array:
        """The counts, rounded where bins were split."""
        return self.counts if self.choices.extent == "data" else rounded(self.counts, self.component)

    def evened(self, counts: Array, observed: Array) -> Array:
        """Each component by itself."""
        firsts = np.searchsorted(self.component, np.arange(9))
        total, wanted = (np.add.reduceat(x, firsts, axis=-1)[..., self.component] for x in (counts, observed))
        return np.where(total > 0, counts * wanted / np.maximum(total, 1), observed)

    def redrawn(self, random: Generator, observed: Array) -> Array:
        """Every bin is a Poisson number whose mean is its count."""
        return self.evened(random.poisson(observed).astype(np.float32), observed)

    def split(self, random: Generator, counts: Array, times: int) -> tuple[Array, Array]:
        """Each component by itself: a histogram does not say which coefficients belong to the same filter."""
        whole = rounded(counts, self.component)
        parts = [whole[self.component == i].astype(np.int64) for i in range(9)]
        halves = [random.multivariate_hypergeometric(part, part.sum() // 2, times, "marginals") for part in parts]
        half = np.concatenate(halves, axis=1).astype(np.float32)
        return half, whole - half

    def thinned(self, random: Generator, whole: Array, share: Array) -> Array:
        """Each bin by itself."""
        return random.binomial(np.rint(whole).astype(np.int64), share).astype(np.float32)


def grouped_layers(
    counts: NDArray[np.integer],
    width: float,
    ratio: NDArray[np.float64],
    group: Indices,
    groups: int,
    model: Indices,
    cluster: Indices | None = None,
    choices: Choices = PAPER,
    n: NDArray[np.integer] | None = None,
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
        n: (L,) the filters of each layer; None if all of them are counted.
    """
    # Whole up to rounding, even where a bin was split between two.
    filters = np.rint(counts[:, 0].sum(axis=1)) if n is None else n
    order, known = sorted_layers(filters.astype(np.float32), group, groups, model, cluster, choices)
    seen = (counts[order] > 0).any(axis=0)
    if choices.cut or (choices.divergence, choices.epsilon) != (PAPER.divergence, PAPER.epsilon):
        # Other choices need the empty bins, too: they get a probability, and they count as distance.
        seen = np.ones_like(seen)
    component = np.nonzero(seen)[0]
    nonempty = np.ascontiguousarray(counts[order][:, seen], np.float32)
    weight = choices.of_components(ratio)[component].astype(np.float32)
    return GroupedLayers(counts=nonempty, **known, component=component, weight=weight, width=width)


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
    grid = load_grid(histograms[0])
    all_counts = np.zeros(0)
    if choices.extent == "quantile":
        all_counts = group_counts(histograms, "extent", dict.fromkeys(model.index, 0), 1).sum(axis=(0, 1)).astype(float)
    share, width = binning(grid, choices.extent, grid.bins, all_counts)
    group, owner, own_cluster = owners(groups, model, cluster)
    layers, sizes = list(groups.group_of), layer_sizes(histograms)
    return grouped_layers(
        layer_counts(histograms, layers, share),
        width,
        ratio,
        group,
        len(groups.labels),
        owner,
        own_cluster,
        choices,
        np.array([sizes[layer] for layer in layers], np.int64),
    )


def rounded(counts: Array, component: Indices) -> Array:
    """Round fractional counts (…, K), from bins that were split, to whole numbers with the same total per component.

    Cumulative counts are rounded, not the counts themselves: then rounding errors cannot add up.
    """
    below = [np.rint(np.cumsum(counts[..., component == i], axis=-1, dtype=float)) for i in range(9)]
    return np.concatenate([np.diff(sums, axis=-1, prepend=0) for sums in below], axis=-1).astype(np.float32)
