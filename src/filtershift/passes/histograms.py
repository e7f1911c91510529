"""Pass 3: per layer and component, histograms of the coefficients over two grids, both variants.

The *extent* grid divides the one extent that all components share into ``bins * REFINE`` bins: shifts are
computed from them, in any number of bins they divide into. The *window* grid divides the range in which nearly all
coefficients lie: densities are computed from it, and stay sharp where a few outliers stretch the extent.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from filtershift.passes.bases import Bases, Basis, stacked
from filtershift.passes.blocks import Block, FilterSource, bundles_of, in_order
from filtershift.passes.extent import LayerExtent, total_extent
from filtershift.passes.moments import LayerMoments

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
LayerCounts = NDArray[np.int32]

REFINE = 8
WINDOW_BINS = 1024


@dataclass(frozen=True)
class Grid:
    """Where the bins of one variant lie.

    Attributes:
        extent: (2,) smallest and largest coefficient of all filters.
        bins: number of bins of the extent that are compared; the stored ones refine each into ``REFINE``.
        window: (2,) ends of the range over which densities are shown.
    """

    extent: Array
    bins: int
    window: Array

    @property
    def edges(self) -> Array:
        """Edges of the compared bins, (bins + 1,)."""
        return np.linspace(self.extent[0], self.extent[1], self.bins + 1)

    @property
    def steps(self) -> Array:
        """Low end and bins per unit of the extent's grid and of the window's, (2, 2)."""
        (low, high), (left, right) = self.extent, self.window
        return np.array([[low, self.bins * REFINE / (high - low)], [left, WINDOW_BINS / (right - left)]])


def density_window(moments: LayerMoments, variant: int, basis: Basis, extent: Array) -> Array:
    """The window, (2,): the range in which 99 % of every coefficient lie, widened by half, within the extent.

    The quantiles are those of the mixture of one normal distribution per layer, with its mean and variance.
    ``variant`` 0 is scaled, 1 unscaled; the global basis and the extent (2,) are that variant's.
    """
    some = moments.n > 0
    if not some.any():
        return extent
    middle = (moments.mean[some, variant] - basis.mean) @ basis.components.T
    variance = np.einsum("ip,lpq,iq->li", basis.components, moments.scatter[some, variant], basis.components)
    tiny = 1e-6 * (extent[1] - extent[0])
    deviation = np.maximum(np.sqrt(np.maximum(variance, 0) / moments.n[some, None]), tiny)
    weight = moments.n[some] / moments.n.sum()
    low, high = (_mixture_quantile(share, weight, middle, deviation, extent) for share in (0.005, 0.995))
    margin = max((high - low).max() / 4, tiny)
    return np.clip([low.min() - margin, high.max() + margin], *extent)


def _mixture_quantile(share: float, weight: Array, middle: Array, deviation: Array, extent: Array) -> Array:
    """Where ``share`` of a mixture of normal distributions lies below, per component (9,), by bisection."""
    low, high = np.full(9, extent[0]), np.full(9, extent[1])
    for _ in range(40):
        centre = (low + high) / 2
        below = weight @ ndtr((centre - middle) / deviation) < share
        low, high = np.where(below, centre, low), np.where(below, high, centre)
    return (low + high) / 2


def make_grids(moments: LayerMoments, extent: LayerExtent, bases: Bases, bins: int) -> tuple[Grid, Grid]:
    """The grids of both variants, of ``bins`` bins over the total extent, from passes 1 and 2 and the global bases."""
    ends = total_extent(extent, moments.peak)
    scaled, unscaled = (Grid(ends[v], bins, density_window(moments, v, bases[v], ends[v])) for v in range(2))
    return scaled, unscaled


def measure_histograms(
    source: FilterSource,
    row_ranges: pd.DataFrame,
    bases: Bases,
    grids: tuple[Grid, Grid],
    threads: int = 1,
    progress: Callable[[Iterable], Iterable] = iter,
) -> Iterator[tuple[int, LayerCounts]]:
    """Run pass 3: yields (layer, counts (2, 9, bins * REFINE + WINDOW_BINS)) for each layer, in order.

    ``bases`` are the global ones, ``grids`` those of the scaled and the unscaled variant.
    """
    from filtershift.passes import kernels

    components, mean = stacked(bases)
    bins = grids[0].bins * REFINE
    steps = np.stack([grid.steps for grid in grids])

    def measure(blocks: list[Block]) -> list[tuple[int, LayerCounts]]:
        counted: list[tuple[int, LayerCounts]] = []
        for block in blocks:
            if not counted or counted[-1][0] != block.layer:
                counted.append((block.layer, np.zeros((2, 9, bins + WINDOW_BINS), np.int32)))
            filters = source.read(block.start, block.stop)
            kernels.histograms(filters, components, mean, steps, bins, WINDOW_BINS, counted[-1][1])
        return counted

    layer, counts = -1, np.zeros(0, np.int32)
    for part in in_order(measure, bundles_of(row_ranges), threads, progress):
        for part_layer, part_counts in part:
            if part_layer == layer:
                counts += part_counts
                continue
            if layer >= 0:
                yield layer, counts
            layer, counts = part_layer, part_counts
    if layer >= 0:
        yield layer, counts


def compared_counts(counts: LayerCounts, bins: int) -> Counts:
    """What pass 3 counts (…, bins * REFINE + WINDOW_BINS), in the compared bins of the extent alone (…, bins)."""
    return coarsen(counts[..., : bins * REFINE].astype(np.int64), bins)


def window_counts(counts: LayerCounts) -> Counts:
    """What pass 3 counts (…, bins * REFINE + WINDOW_BINS), over the window alone (…, WINDOW_BINS)."""
    return counts[..., -WINDOW_BINS:].astype(np.int64)


def coarsen(counts: NDArray, bins: int) -> NDArray:
    """Merge neighbouring bins of the last axis down to ``bins``, which must divide their number; the type stays."""
    # Of few numbers each, four times as fast as sum().
    return np.einsum("...i->...", counts.reshape(*counts.shape[:-1], bins, -1))
