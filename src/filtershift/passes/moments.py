"""Pass 1: per layer, the moments of its filters in both variants.

Counts, means and scatter matrices of disjoint sets of filters add up to those of their union
(Chan, Golub & LeVeque, 1983), so every group's covariance follows from its layers'.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.blocks import Block, FilterSource, batches_of, in_order

Array = NDArray[np.float64]
Numbers = TypeVar("Numbers", NDArray[np.int64], NDArray[np.float64])


@dataclass(frozen=True)
class LayerMoments:
    """Per-layer results of pass 1; L layers, second axis: scaled, unscaled.

    Attributes:
        layer: (L,) layer numbers.
        n: (L,) filters measured: all but the non-finite ones.
        mean: (L, 2, 9) mean filter.
        scatter: (L, 2, 9, 9) sum of outer products of the filters less their mean.
        peak: (L,) largest absolute weight of the raw filters.
        mean_range: (L,) mean over filters of largest minus smallest raw weight; NaN for no filter.
        zeros: (L,) filters whose every weight is zero.
        non_finite: (L,) filters with a NaN or an infinity, which are left out of everything.
        reach: (L, 2, 4) the largest of each filter's negative sum of weights, sum of weights, sum of squares, and sum
            of squares about its mean weight; -inf for no filter. `outermost_extent` bounds coefficients by them.
    """

    layer: NDArray[np.int64]
    n: NDArray[np.int64]
    mean: Array
    scatter: Array
    peak: Array
    mean_range: Array
    zeros: NDArray[np.int64]
    non_finite: NDArray[np.int64]
    reach: Array

    @property
    def peak_of(self) -> dict[int, float]:
        """The largest absolute weight of each layer, by layer number."""
        return dict(zip(self.layer.tolist(), self.peak.tolist(), strict=True))


def merge(
    n: Numbers, mean: Array, scatter: Array, group: NDArray[np.int64], groups: int
) -> tuple[Numbers, Array, Array]:
    """Merge moments of disjoint sets of filters into those of ``groups`` unions.

    Args:
        n: (S,) number of filters of each set, or their weight.
        mean: (S, 9) their means.
        scatter: (S, 9, 9) their scatter matrices about those means.
        group: (S,) the union each set goes to, 0 … groups - 1.
        groups: how many unions.

    Returns:
        n (groups,), mean (groups, 9) and scatter (groups, 9, 9); the mean of an empty union is zero.
    """
    n_group = np.zeros(groups, n.dtype)
    np.add.at(n_group, group, n)
    mean_group = np.zeros((groups, 9))
    np.add.at(mean_group, group, n[:, None] * mean)
    mean_group /= np.maximum(n_group, 1)[:, None]
    apart = mean - mean_group[group]
    scatter_group = np.zeros((groups, 9, 9))
    np.add.at(scatter_group, group, scatter + n[:, None, None] * apart[:, :, None] * apart[:, None, :])
    return n_group, mean_group, scatter_group


def remove(
    n: NDArray[np.int64], mean: Array, scatter: Array, n_part: NDArray[np.int64], mean_part: Array, scatter_part: Array
) -> tuple[NDArray[np.int64], Array, Array]:
    """Moments of what is left of some sets of filters without a part of each: `merge` the other way round.

    Args:
        n, mean, scatter: (S,), (S, 9) and (S, 9, 9) of the sets.
        n_part, mean_part, scatter_part: of their parts, of the same shapes.

    Returns:
        n, mean and scatter of what is left, which is zero where nothing is. A scatter that is much smaller than that
        of the set has the set's rounding, some 1e-16 of its trace.
    """
    left = n - n_part
    some = np.maximum(left, 1)
    mean_left = np.where((left > 0)[:, None], (n[:, None] * mean - n_part[:, None] * mean_part) / some[:, None], 0.0)
    apart = mean_part - mean_left
    between = (n_part * left / np.maximum(n, 1))[:, None, None] * apart[:, :, None] * apart[:, None, :]
    scatter_left = np.where((left > 0)[:, None, None], scatter - scatter_part - between, 0.0)
    return left, mean_left, scatter_left


def measure_moments(
    source: FilterSource,
    row_ranges: pd.DataFrame,
    threads: int = 1,
    progress: Callable[[Iterable], Iterable] = iter,
) -> LayerMoments:
    """Run pass 1 over the layers of ``row_ranges`` (columns layer, start, stop)."""
    from filtershift.passes import kernels

    def measure(blocks: list[Block]) -> tuple[Array, Array, Array, Array]:
        mean, scatter = np.empty((len(blocks), 2, 9)), np.empty((len(blocks), 2, 9, 9))
        summary, reach = np.empty((len(blocks), 5)), np.empty((len(blocks), 2, 4))
        for k, block in enumerate(blocks):
            kernels.moments(source.read(block.start, block.stop), mean[k], scatter[k], summary[k], reach[k])
        return mean, scatter, summary, reach

    batches = batches_of(row_ranges)
    parts = list(in_order(measure, batches, threads, progress))
    mean, scatter, summary, reach_of_blocks = (np.concatenate(part) for part in zip(*parts, strict=True))
    block_layers = np.array([block.layer for batch in batches for block in batch], np.int64)
    layer, index = np.unique(block_layers, return_inverse=True)
    count = len(layer)
    n = summary[:, 0].astype(np.int64)
    merged = [merge(n, mean[:, v], scatter[:, v], index, count) for v in range(2)]
    peak, span_sum, reach = np.zeros(count), np.zeros(count), np.full((count, 2, 4), -np.inf)
    np.maximum.at(peak, index, summary[:, 1])
    np.maximum.at(reach, index, reach_of_blocks)
    np.add.at(span_sum, index, summary[:, 2])
    zeros, non_finite = np.zeros(count, np.int64), np.zeros(count, np.int64)
    np.add.at(zeros, index, summary[:, 3].astype(np.int64))
    np.add.at(non_finite, index, summary[:, 4].astype(np.int64))
    n_layer = merged[0][0]
    return LayerMoments(
        layer=layer,
        n=n_layer,
        mean=np.stack([m[1] for m in merged], axis=1),
        scatter=np.stack([m[2] for m in merged], axis=1),
        peak=peak,
        mean_range=np.divide(span_sum, n_layer, out=np.full(count, np.nan), where=n_layer > 0),
        zeros=zeros,
        non_finite=non_finite,
        reach=reach,
    )
