"""Resample groups: bootstrap resamples for intervals, and random halves for noise floors.

Models are what a data set samples, not filters: the filters of a model are alike. So the units that are resampled are
models where a group has several (or clusters of models), layers where it has one model, and filters where it has one
layer. All draws are sums of what is stored of layers; no filter is read again. Basis, bins and explained variance
ratios stay those of the data set, so results hold for this basis. The weighting (`Choices.weighting`) applies to every
draw just as to the real groups. See docs/uncertainty.md, "Interval" and "Noise floor".
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from filtershift.analysis.uncertainty.layer_sums import FILTERS, LayerSums

Array = NDArray[np.floating]

# Numbers in one block of draws.
_BLOCK = 1 << 21


class ResamplingUnits:
    """The resampling units of all groups, each with the sum of its layers.

    Attributes:
        layers: the layers.
        counts: (units, K) the sums of each unit, layers weighted by `LayerSums.in_group`.
        mass: (units,) the filters of each unit, weighted in the same way.
        spans: for each group the slice of its units, which follow each other.
    """

    def __init__(self, layers: LayerSums) -> None:
        self.layers = layers
        first = np.flatnonzero(np.append(True, np.diff(layers.unit) > 0)[: len(layers.unit)])
        weighted: list[Array] = [layers.counts * layers.in_group[:, None], layers.n * layers.in_group, layers.n]
        self.counts, self.mass, self._n = (np.add.reduceat(x, first, axis=0) if len(first) else x for x in weighted)
        bounds = np.searchsorted(layers.group[first], np.arange(layers.groups + 1))
        self.spans = [slice(start, stop) for start, stop in pairwise(bounds.tolist())]

    @property
    def observed(self) -> Array:
        """The sums of the groups as they are, (groups, K)."""
        return np.stack([self.counts[span].sum(axis=0) for span in self.spans])

    def _sums(self, often: Array, span: slice) -> Array:
        """Sums (draws, K) of a group in which each unit of ``span`` counts ``often`` times, (draws, units).

        If layers or models count the same, the sum of a draw's weights differs from its number of filters. The sums
        are then scaled, so that they count the number of filters drawn.
        """
        sums: Array = often @ self.counts[span]
        if self.layers.choices.weighting != "filter":
            sums *= ((often @ self._n[span]) / (often @ self.mass[span]))[:, None]
        return sums

    def resamples(self, random: Generator, count: int) -> Iterator[Array]:
        """Bootstrap all groups ``count`` times: sums (b, groups, K), in blocks of b draws.

        1. Every unit gets a Poisson random number with mean 1: how often it counts. This is like drawing with
           replacement, but the numbers are independent. So one number per model can serve for all its groups, and
           groups that share models vary together, as they would with other models.
        2. A group in which all numbers are 0 takes one random unit instead of none.
        3. The group's sums are those of its units, each as often as it counts.

        A group of one layer has no units to count. There filters are drawn, as many as there are.
        """
        weights, strays, filters = random.spawn(3)
        draws = int(self.layers.draw_of_unit.max(initial=-1)) + 1
        for size in blocks(count, self.layers):
            weight = weights.poisson(1.0, (size, draws)).astype(np.float32)[:, self.layers.draw_of_unit]
            sample = np.empty((size, self.layers.groups, self.counts.shape[1]), self.counts.dtype)
            for g, span in enumerate(self.spans):
                if self.layers.resampled[g] == FILTERS:
                    observed = np.broadcast_to(self.counts[span].sum(axis=0), sample[:, g].shape)
                    sample[:, g] = self.layers.redrawn(filters, observed)
                    continue
                often = weight[:, span]
                empty = np.flatnonzero(~often.any(axis=1))
                often[empty, strays.integers(0, often.shape[1], len(empty))] = 1
                sample[:, g] = self._sums(often, span)
            yield sample

    def halves(self, random: Generator, group: int, count: int) -> tuple[Array, Array]:
        """Cut a group into random halves ``count`` times; return the sums of both, (count, K) each.

        The units are cut in half, or the filters if the group has one layer. If their number is odd, the second half
        has one more.
        """
        span = self.spans[group]
        units = span.stop - span.start
        if self.layers.resampled[group] != FILTERS:
            chosen = np.argsort(random.random((count, units)), axis=1) < units // 2
            return self._sums(chosen.astype(np.float32), span), self._sums((~chosen).astype(np.float32), span)
        return self.layers.split(random, self.counts[span].sum(axis=0), count)


def blocks(count: int, layers: LayerSums) -> Iterator[int]:
    """Split ``count`` draws into blocks, so that memory does not grow with ``count``; yields the size of each block."""
    most = max(1, _BLOCK // max(1, layers.groups * layers.counts.shape[1]))
    for start in range(0, count, most):
        yield min(most, count - start)
