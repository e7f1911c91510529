"""The pass over weight matrices, where shapes are known: orthogonality, ranks and percentiles of each layer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.blocks import FilterSource, in_order
from filtershift.passes.weight_matrices.matrix import WeightMatrix, weight_matrices
from filtershift.passes.weight_matrices.orthogonality import orthogonality
from filtershift.passes.weight_matrices.percentiles import PERCENTILES, percentiles
from filtershift.passes.weight_matrices.ranks import ranks

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LayerMatrices:
    """Per-layer results of the pass over weight matrices; L layers.

    All are NaN for a layer of unknown shape or with a weight that is not finite.

    Attributes:
        layer: (L,) layer numbers.
        orthogonality: (L,) from 0, all rows parallel, to 1, all at right angles; NaN for a layer of one row.
        stable_rank: (L,) as of `ranks`; NaN for a layer of zeros, or whose smaller side is too large for `ranks`.
        effective_rank: (L,) the same.
        percentiles: (L, 5) those of `PERCENTILES` of the layer's weights.
    """

    layer: NDArray[np.int64]
    orthogonality: Array
    stable_rank: Array
    effective_rank: Array
    percentiles: Array


def measure_weight_matrices(
    source: FilterSource,
    layers: pd.DataFrame,
    row_ranges: pd.DataFrame,
    threads: int = 1,
    progress: Callable[[Iterable], Iterable] = iter,
) -> LayerMatrices:
    """Orthogonality, ranks and percentiles of every layer of the layer table.

    Nothing is read of layers whose shape is not known, that is of no layer of a data set without the columns of
    `SHAPE`. Matrices are read strip by strip: memory does not grow with the layers.

    Args:
        source: where the filters are read.
        layers: the layer table; of its columns n_filters and, where it has them, those of `SHAPE`.
        row_ranges: columns layer, start, stop.
        threads: how many layers are computed at once.
        progress: wraps the sequence of work, to show how far it is.
    """
    from threadpoolctl import threadpool_limits

    def measure_layer(matrix: WeightMatrix) -> tuple[float, tuple[float, float], Array]:
        # One after the other: what one of them has read is in memory for the next.
        found = percentiles(source, matrix)
        return orthogonality(source, matrix), ranks(source, matrix, max(-found[0], found[-1])), found

    matrices, count = weight_matrices(layers, row_ranges), len(layers)
    orthogonal, rank, of_weights = (np.full(shape, np.nan) for shape in (count, (count, 2), (count, len(PERCENTILES))))
    # The linear algebra library's own threads would contend with ours, and change the last digits.
    with threadpool_limits(limits=1, user_api="blas"):
        measured = in_order(measure_layer, list(matrices.values()), threads, progress)
        for k, found in zip(matrices, measured, strict=True):
            orthogonal[k], rank[k], of_weights[k] = found
    return LayerMatrices(layers.index.to_numpy(np.int64), orthogonal, rank[:, 0], rank[:, 1], of_weights)
