"""Pass 2: the smallest and largest coefficient of every layer, both variants, and its sparse filters."""

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


@dataclass(frozen=True)
class LayerExtent:
    """Per-layer results of pass 2; L layers, second axis: scaled, unscaled.

    Attributes:
        layer: (L,) layer numbers.
        low: (L, 2) smallest coefficient of any component; inf for a layer without finite filters.
        high: (L, 2) largest coefficient of any component; -inf for a layer without finite filters.
        sparse: (L,) filters whose every absolute weight is below a hundredth of the layer's largest.
    """

    layer: NDArray[np.int64]
    low: Array
    high: Array
    sparse: NDArray[np.int64]


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

    def measure(blocks: list[Block]) -> tuple[Array, list[int]]:
        extents = np.empty((len(blocks), 2, 2))
        sparse = [
            kernels.extent(
                source.read(block.start, block.stop), components, mean, peak[block.layer] / SPARSE, extents[k]
            )
            for k, block in enumerate(blocks)
        ]
        return extents, sparse

    bundles = bundles_of(row_ranges)
    low, high = np.full((len(layer), 2), np.inf), np.full((len(layer), 2), -np.inf)
    count = np.zeros(len(layer), np.int64)
    for bundle, (extents, sparse) in zip(bundles, in_order(measure, bundles, threads, progress), strict=True):
        index = np.searchsorted(layer, [block.layer for block in bundle])
        np.minimum.at(low, index, extents[:, :, 0])
        np.maximum.at(high, index, extents[:, :, 1])
        np.add.at(count, index, sparse)
    return LayerExtent(layer=layer, low=low, high=high, sparse=count)


def total_extent(extent: LayerExtent, peak: Array) -> Array:
    """The one extent of each variant, (2, 2): smallest and largest coefficient of all filters.

    Where they are equal up to the rounding of weights as large as ``peak`` (L,), or there is no filter, half a unit is
    added on both sides, so that bins have a width.
    """
    low, high = extent.low.min(axis=0, initial=np.inf), extent.high.max(axis=0, initial=-np.inf)
    low, high = np.where(np.isfinite(low), low, 0.0), np.where(np.isfinite(high), high, 0.0)
    flat = high - low <= 1e-12 * np.array([1.0, peak.max(initial=0.0)])
    return np.stack([low - 0.5 * flat, high + 0.5 * flat], axis=1)
