"""Pass 2: per layer, the smallest and largest coefficient in both variants, its sparse filters and the sizes of all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.bases import Bases, stacked
from filtershift.passes.blocks import Block, FilterSource, bundles_of, in_order
from filtershift.passes.moments import LayerMoments

Array = NDArray[np.float64]

# A filter is sparse where every absolute weight is below its layer's largest divided by this.
SPARSE = 100
# Filters are counted by the ratio of their largest absolute weight to the layer's: bins that are ever wider, of which
# SPARSE_SIZES end at 1 / SPARSE.
SPARSE_SIZES = 56
SIZES = 109


@dataclass(frozen=True)
class LayerExtent:
    """Per-layer results of pass 2; L layers, second axis: scaled, unscaled.

    Attributes:
        layer: (L,) layer numbers.
        low: (L, 2) smallest coefficient of any component; inf for a layer without finite filters.
        high: (L, 2) largest coefficient of any component; -inf for a layer without finite filters.
        sparse: (L,) filters whose every absolute weight is below a hundredth of the layer's largest.
        sparse_mean: (L, 2, 9) mean of these filters; zero where there are none.
        sparse_scatter: (L, 2, 9, 9) sum of outer products of these filters less their mean.
        sizes: (L, SIZES) filters counted by their largest weight in the bins of `size_edges`; none in a layer of zeros.
    """

    layer: NDArray[np.int64]
    low: Array
    high: Array
    sparse: NDArray[np.int64]
    sparse_mean: Array
    sparse_scatter: Array
    sizes: NDArray[np.int64]


def size_edges() -> Array:
    """The ratios (SIZES + 1,) at which the bins of sizes end: eight to a factor of two, the first from 0."""
    octave, part = np.divmod(np.arange(SIZES + 1) - SPARSE_SIZES, 8)
    edges = 2.0**octave * (1 + part / 8) / SPARSE
    edges[0] = 0
    return edges


def measure_extent(
    source: FilterSource,
    row_ranges: pd.DataFrame,
    bases: Bases,
    moments: LayerMoments,
    threads: int = 1,
    progress: Callable[[Iterable], Iterable] = iter,
) -> LayerExtent:
    """Run pass 2 over the layers of ``row_ranges`` (columns layer, start, stop).

    Args:
        source: where the filters are read.
        row_ranges: columns layer, start, stop.
        bases: the global bases.
        moments: results of pass 1, of these layers at least.
        threads: how many blocks are computed at once.
        progress: wraps the sequence of work, to show how far it is.
    """
    from filtershift.passes import kernels

    (components, mean), peak = stacked(bases), moments.peak_of
    layer = np.unique(row_ranges["layer"].to_numpy())

    def measure(blocks: list[Block]) -> tuple[NDArray, ...]:
        count = len(blocks)
        extents, sparse = np.empty((count, 2, 2)), np.empty(count, np.int64)
        total, product = np.empty((count, 2, 9)), np.empty((count, 2, 9, 9))
        sizes = np.empty((count, SIZES), np.int64)
        for k, block in enumerate(blocks):
            filters, threshold = source.read(block.start, block.stop), peak[block.layer] / SPARSE
            out = extents[k], total[k], product[k], sizes[k]
            sparse[k] = kernels.extent(filters, components, mean, threshold, *out)
        return extents, sparse, total, product, sizes

    bundles = bundles_of(row_ranges)
    low, high = np.full((len(layer), 2), np.inf), np.full((len(layer), 2), -np.inf)
    sparse, sizes = np.zeros(len(layer), np.int64), np.zeros((len(layer), SIZES), np.int64)
    total, product = np.zeros((len(layer), 2, 9)), np.zeros((len(layer), 2, 9, 9))
    for bundle, found in zip(bundles, in_order(measure, bundles, threads, progress), strict=True):
        index = np.searchsorted(layer, [block.layer for block in bundle])
        np.minimum.at(low, index, found[0][:, :, 0])
        np.maximum.at(high, index, found[0][:, :, 1])
        for sums, parts in zip((sparse, total, product, sizes), found[1:], strict=True):
            np.add.at(sums, index, parts)
    return LayerExtent(layer, low, high, sparse, *_centred(sparse, total, product), sizes)


def _centred(n: NDArray[np.int64], total: Array, product: Array) -> tuple[Array, Array]:
    """Mean and scatter about it, of sums and products, up to the diagonal, of n filters; zero for no filter."""
    mean = total / np.maximum(n, 1)[:, None, None]
    scatter = product - total[..., :, None] * mean[..., None, :]
    lower = np.tril(scatter)
    return mean, lower + np.tril(scatter, -1).swapaxes(-1, -2)


def total_extent(extent: LayerExtent, peak: Array) -> Array:
    """The one extent of each variant, (2, 2): smallest and largest coefficient of all filters.

    Where they are equal up to the rounding of weights as large as ``peak`` (L,), or there is no filter, half a unit is
    added on both sides, so that bins have a width.
    """
    low, high = extent.low.min(axis=0, initial=np.inf), extent.high.max(axis=0, initial=-np.inf)
    low, high = np.where(np.isfinite(low), low, 0.0), np.where(np.isfinite(high), high, 0.0)
    flat = high - low <= 1e-12 * np.array([1.0, peak.max(initial=0.0)])
    return np.stack([low - 0.5 * flat, high + 0.5 * flat], axis=1)
