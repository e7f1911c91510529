"""Pass 2: per layer and component, histograms of the coefficients over two grids, both variants.

The *extent* grid divides the one extent that all components share into ``bins * REFINE`` bins: shifts are
computed from them, in any number of bins they divide into. The *window* grid divides the range in which nearly all
coefficients lie: densities are computed from it, and stay sharp where a few outliers stretch the extent.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.bases import Bases, Basis
from filtershift.passes.blocks import FilterSource
from filtershift.passes.extent import Counted, LayerCounts, LayerExtent, measure_coefficients, total_extent
from filtershift.passes.moments import LayerMoments

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

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
    from scipy.special import ndtr

    low, high = np.full(9, extent[0]), np.full(9, extent[1])
    for _ in range(40):
        centre = (low + high) / 2
        below = weight @ ndtr((centre - middle) / deviation) < share
        low, high = np.where(below, centre, low), np.where(below, high, centre)
    return (low + high) / 2


def make_grids(moments: LayerMoments, extent: LayerExtent, bases: Bases, bins: int) -> tuple[Grid, Grid]:
    """The grids of both variants, of ``bins`` bins over the total extent.

    ``moments`` are those of all layers, ``extent`` is that of the outermost at least, ``bases`` are the global ones.
    """
    ends = total_extent(extent, moments.peak)
    scaled, unscaled = (Grid(ends[v], bins, density_window(moments, v, bases[v], ends[v])) for v in range(2))
    return scaled, unscaled


def measure_histograms(
    source: FilterSource,
    row_ranges: pd.DataFrame,
    bases: Bases,
    grids: tuple[Grid, Grid],
    moments: LayerMoments,
    threads: int = 1,
    progress: Callable[[Iterable], Iterable] = iter,
) -> Iterator[Counted]:
    """Run pass 2 over the layers of ``row_ranges``: histograms over both grids, and the extent of each layer.

    Args:
        source: where the filters are read.
        row_ranges: columns layer, start, stop.
        bases: the global bases.
        grids: those of the scaled and the unscaled variant.
        moments: results of pass 1, of these layers at least.
        threads: how many blocks are computed at once.
        progress: wraps the sequence of work, to show how far it is.

    Yields:
        each layer, in order, with counts (2, 9, bins * REFINE + WINDOW_BINS).
    """
    steps, bins = np.stack([grid.steps for grid in grids]), (grids[0].bins * REFINE, WINDOW_BINS)
    return measure_coefficients(source, row_ranges, bases, moments, steps, bins, threads, progress)


def compared_counts(counts: LayerCounts, bins: int) -> Counts:
    """What pass 2 counts (…, bins * REFINE + WINDOW_BINS), in the compared bins of the extent alone (…, bins)."""
    return coarsen(counts[..., : bins * REFINE].astype(np.int64), bins)


def window_counts(counts: LayerCounts) -> Counts:
    """What pass 2 counts (…, bins * REFINE + WINDOW_BINS), over the window alone (…, WINDOW_BINS)."""
    return counts[..., -WINDOW_BINS:].astype(np.int64)


def coarsen(counts: NDArray, bins: int) -> NDArray:
    """Merge neighbouring bins of the last axis down to ``bins``, which must divide their number; the type stays."""
    # Of few numbers each, four times as fast as sum().
    return np.einsum("...i->...", counts.reshape(*counts.shape[:-1], bins, -1))
