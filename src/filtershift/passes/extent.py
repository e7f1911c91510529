"""Per layer, the smallest and largest coefficient in both variants, its sparse filters and the sizes of all.

The last pass measures them beside histograms; without histograms they are measured here.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, groupby
from operator import attrgetter
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.bases import Bases, stacked
from filtershift.passes.blocks import Block, FilterSource, batches_of, in_order
from filtershift.passes.moments import LayerMoments

Array = NDArray[np.float64]
LayerCounts = NDArray[np.int32]
Result = TypeVar("Result")

# A filter is sparse where every absolute weight is below its layer's largest divided by this.
SPARSE = 100
# Filters are counted by the ratio of their largest absolute weight to the layer's: bins that are ever wider, of which
# SPARSE_SIZES end at 1 / SPARSE.
SPARSE_SIZES = 56
SIZES = 109


@dataclass(frozen=True)
class LayerExtent:
    """Extent and sparse filters of L layers; second axis: scaled, unscaled.

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


class BlockExtent(NamedTuple):
    """The ends (2, 2) of a block's coefficients, and of its sparse filters number, sums (2, 9), products (2, 9, 9);
    and the sizes of all, as of `LayerExtent`."""

    ends: Array
    sparse: int
    total: Array
    product: Array
    sizes: NDArray[np.int64]


class Counted(NamedTuple):
    """What is found in the coefficients of a layer: counts (2, 9, bins), if any, and the extents of its blocks."""

    layer: int
    counts: LayerCounts
    extents: list[BlockExtent]


def size_edges() -> Array:
    """The ratios (SIZES + 1,) at which the bins of sizes end: eight to a factor of two, the first from 0."""
    octave, part = np.divmod(np.arange(SIZES + 1) - SPARSE_SIZES, 8)
    edges = 2.0**octave * (1 + part / 8) / SPARSE
    edges[0] = 0
    return edges


def measure_coefficients(
    source: FilterSource,
    row_ranges: pd.DataFrame,
    bases: Bases,
    moments: LayerMoments,
    steps: Array,
    bins: tuple[int, int],
    threads: int,
    progress: Callable[[Iterable], Iterable],
) -> Iterator[Counted]:
    """Extent and histograms of the coefficients of each layer of ``row_ranges``, in order.

    Args:
        source: where the filters are read.
        row_ranges: columns layer, start, stop.
        bases: the global bases.
        moments: results of pass 1, of these layers at least.
        steps: (2, 2, 2) per variant and grid the low end and the number of bins per unit.
        bins: how many each of the two grids has; nothing is counted if it is none.
        threads: how many blocks are computed at once.
        progress: wraps the sequence of work, to show how far it is.
    """
    from filtershift.passes import kernels

    (components, mean), peak = stacked(bases), moments.peak_of

    def measure(blocks: list[Block]) -> list[Counted]:
        found: list[Counted] = []
        for block in blocks:
            if not found or found[-1].layer != block.layer:
                found.append(Counted(block.layer, np.zeros((2, 9, sum(bins)), np.int32), []))
            filters, threshold = source.read(block.start, block.stop), peak[block.layer] / SPARSE
            out = np.empty((2, 2)), np.empty((2, 9)), np.empty((2, 9, 9)), np.empty(SIZES, np.int64)
            sparse = kernels.coefficients(filters, components, mean, threshold, steps, bins[0], found[-1].counts, *out)
            found[-1].extents.append(BlockExtent(out[0], sparse, *out[1:]))
        return found

    parts = chain.from_iterable(in_order(measure, batches_of(row_ranges), threads, progress))
    for _, of_layer in groupby(parts, attrgetter("layer")):
        yield reduce(_together, of_layer)


def _together(first: Counted, second: Counted) -> Counted:
    return Counted(first.layer, first.counts + second.counts, first.extents + second.extents)


def measure_extent(
    source: FilterSource,
    row_ranges: pd.DataFrame,
    bases: Bases,
    moments: LayerMoments,
    threads: int = 1,
    progress: Callable[[Iterable], Iterable] = iter,
) -> LayerExtent:
    """The extent of the layers of ``row_ranges`` alone, without histograms; arguments as of `measure_coefficients`."""
    steps, bins = np.zeros((2, 2, 2)), (0, 0)
    counted = measure_coefficients(source, row_ranges, bases, moments, steps, bins, threads, progress)
    return layer_extent([(layer, extents) for layer, _, extents in counted])


def layer_extent(found: Sequence[tuple[int, Sequence[BlockExtent]]]) -> LayerExtent:
    """The extent of layers from those of their blocks, by layer number."""
    blocks = [block for _, extents in found for block in extents]
    layer, index = np.unique([layer for layer, extents in found for _ in extents], return_inverse=True)
    count = len(layer)
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    sparse, sizes = np.zeros(count, np.int64), np.zeros((count, SIZES), np.int64)
    total, product = np.zeros((count, 2, 9)), np.zeros((count, 2, 9, 9))
    if blocks:
        ends, *parts = (np.array(values) for values in zip(*blocks, strict=True))
        np.minimum.at(low, index, ends[:, :, 0])
        np.maximum.at(high, index, ends[:, :, 1])
        for sums, part in zip((sparse, total, product, sizes), parts, strict=True):
            np.add.at(sums, index, part)
    return LayerExtent(layer.astype(np.int64), low, high, sparse, *_centred(sparse, total, product), sizes)


def concatenated(parts: Sequence[Result]) -> Result:
    """Results of several sets of layers, moments or extents, one after the other."""
    arrays = {name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])}
    return type(parts[0])(**arrays)


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
