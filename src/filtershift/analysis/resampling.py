"""Groups of layers, and other groups that chance could have made: resampled, halved, and dealt without their labels.

All are made of per-layer histograms: no filter is read again. Basis, bins and explained variance ratios stay those of
the data set, so whatever follows from the draws holds for this basis. Filters weigh in every draw as they do in the
groups: where layers or models count the same, those of a draw do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from filtershift.analysis.choices import PAPER, Choices
from filtershift.analysis.divergences import binning
from filtershift.analysis.groups import Membership
from filtershift.analysis.weighting import filter_weights
from filtershift.statistics.histograms import group_counts, layer_counts, load_grid

Array = NDArray[np.float32]
Indices = NDArray[np.int64]

CLUSTERS, MODELS, LAYERS, FILTERS = "clusters", "models", "layers", "filters"
"""What the units of a group can be."""

# Numbers of a block of draws.
_BLOCK = 1 << 21


@dataclass(frozen=True)
class Layers:
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
) -> Layers:
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
    return Layers(
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
) -> Layers:
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


class Units:
    """The units of the groups of some layers: (units, K) weighted histogram counts, and which are whose."""

    def __init__(self, layers: Layers) -> None:
        self.layers = layers
        first = np.flatnonzero(np.append(True, np.diff(layers.unit) > 0)[: len(layers.unit)])
        weighted: list[Array] = [layers.counts * layers.in_group[:, None], layers.n * layers.in_group, layers.n]
        self.counts, self._mass, self._n = (np.add.reduceat(x, first, axis=0) if len(first) else x for x in weighted)
        bounds = np.searchsorted(layers.group[first], np.arange(layers.groups + 1))
        self.spans = [slice(start, stop) for start, stop in pairwise(bounds.tolist())]

    @property
    def observed(self) -> Array:
        """The histograms of the groups as they are, (groups, K)."""
        return np.stack([self.counts[span].sum(axis=0) for span in self.spans])

    def _sums(self, often: Array, span: slice) -> Array:
        """Histograms (draws, K) of units that count as ``often``, (draws, units), as many filters as these have."""
        sums: Array = often @ self.counts[span]
        if self.layers.choices.weighting != "filter":
            sums *= ((often @ self._n[span]) / (often @ self._mass[span]))[:, None]
        return sums

    def resamples(self, random: Generator, count: int) -> Iterator[Array]:
        """Bootstrap the groups: histograms of all groups, (b, groups, K), ``count`` in all, in blocks.

        Every unit counts as often as a Poisson number of mean 1 says, and a model's number is the same in all its
        groups: groups that share models stay as alike as these make them. A group none of whose units are drawn
        takes one of them.
        """
        weights, strays, filters = random.spawn(3)
        draws = int(self.layers.drawn.max(initial=-1)) + 1
        for size in blocks(count, self.layers):
            weight = weights.poisson(1.0, (size, draws)).astype(np.float32)[:, self.layers.drawn]
            sample = np.empty((size, self.layers.groups, self.counts.shape[1]), np.float32)
            for g, span in enumerate(self.spans):
                if self.layers.resampled[g] == FILTERS:
                    observed = np.broadcast_to(self.counts[span].sum(axis=0), sample[:, g].shape)
                    sample[:, g] = self.layers.evened(filters.poisson(observed).astype(np.float32), observed)
                    continue
                own = weight[:, span]
                none = np.flatnonzero(~own.any(axis=1))
                own[none, strays.integers(0, own.shape[1], len(none))] = 1
                sample[:, g] = self._sums(own, span)
            yield sample

    def halves(self, random: Generator, group: int, count: int) -> tuple[Array, Array]:
        """Cut a group in random halves of its units, or of its filters, ``count`` times: histograms, (count, K) each.

        An odd one is in the second half.
        """
        span = self.spans[group]
        units = span.stop - span.start
        if self.layers.resampled[group] != FILTERS:
            chosen = np.argsort(random.random((count, units)), axis=1) < units // 2
            return self._sums(chosen.astype(np.float32), span), self._sums((~chosen).astype(np.float32), span)
        whole = rounded(self.counts[span].sum(axis=0), self.layers.component)
        parts = [whole[self.layers.component == i].astype(np.int64) for i in range(9)]
        drawn = [random.multivariate_hypergeometric(part, part.sum() // 2, count, "marginals") for part in parts]
        half = np.concatenate(drawn, axis=1).astype(np.float32)
        return half, whole - half


def rounded(counts: Array, component: Indices) -> Array:
    """Counts (…, K) that shared bins make no whole numbers, as such, and as many of each component as there were."""
    below = [np.rint(np.cumsum(counts[..., component == i], axis=-1, dtype=float)) for i in range(9)]
    return np.concatenate([np.diff(some, axis=-1, prepend=0) for some in below], axis=-1).astype(np.float32)


def blocks(count: int, layers: Layers) -> Iterator[int]:
    """Sizes of blocks of draws that add up to ``count``: memory does not grow with it."""
    most = max(1, _BLOCK // max(1, layers.groups * layers.counts.shape[1]))
    for start in range(0, count, most):
        yield min(most, count - start)
