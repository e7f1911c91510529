"""Groups of layers, and other groups that chance could have made: resampled, halved, and dealt without their labels.

All are made of per-layer histograms: no filter is read again. Basis, bins and explained variance ratios stay those of
the data set, so whatever follows from the draws holds for this basis. Filters weigh in every draw as they do in the
groups: where layers or models count the same, those of a draw do.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from filtershift.analysis.uncertainty.grouped_layers import FILTERS, GroupedLayers

Array = NDArray[np.float32]
Indices = NDArray[np.int64]


# Numbers of a block of draws.
_BLOCK = 1 << 21


class ResamplingUnits:
    """The units of the groups of some layers: (units, K) weighted histogram counts, and which are whose."""

    def __init__(self, layers: GroupedLayers) -> None:
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


def blocks(count: int, layers: GroupedLayers) -> Iterator[int]:
    """Sizes of blocks of draws that add up to ``count``: memory does not grow with it."""
    most = max(1, _BLOCK // max(1, layers.groups * layers.counts.shape[1]))
    for start in range(0, count, most):
        yield min(most, count - start)
