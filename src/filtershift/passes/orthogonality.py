"""Orthogonality: how little the output filters of each layer repeat one another.

The only statistic that needs the shape of a layer. A layer's filters, in order, are the weight matrix W of as many rows
as the layer has output channels, with 9 · input channels / groups columns. Of a layer with n rows, made of unit norm,

    orthogonality = 1 - sum |W Wᵀ - I| / (n (n - 1))

as in the authors' torchconvquality, where a row of zeros stays zero and so costs 1 on the diagonal.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.blocks import FilterSource, in_order

Array = NDArray[np.float64]
Weights = NDArray[np.floating]

SHAPE = ("out_channels", "in_channels", "groups")

# W is cut into strips of at most so many rows and weights (a single row may have more): a thread holds two of them.
STRIP_ROWS = 1 << 9
STRIP_WEIGHTS = 1 << 21


@dataclass(frozen=True)
class LayerOrthogonality:
    """Per-layer orthogonality; L layers.

    Attributes:
        layer: (L,) layer numbers.
        orthogonality: (L,) from 0, all rows parallel, to 1, all at right angles; NaN for a layer of one row, of unknown
            shape or with a weight that is not finite.
    """

    layer: NDArray[np.int64]
    orthogonality: Array


@dataclass(frozen=True)
class WeightMatrix:
    """Where the matrix W of a layer is: its row ranges (start, stop), rows, and filters in each row."""

    row_ranges: list[tuple[int, int]]
    rows: int
    width: int

    def strips(self) -> list[tuple[int, int]]:
        """First and last + 1 row of each strip: they depend on the shape alone."""
        most = min(STRIP_ROWS, max(STRIP_WEIGHTS // (9 * self.width), 1))
        count = -(-self.rows // most)
        return [(k * self.rows // count, (k + 1) * self.rows // count) for k in range(count)]

    def rows_and_norms(self, source: FilterSource, first: int, last: int) -> tuple[Weights, Weights]:
        """Rows first … last - 1, of the type of the weights, and their norms: of scaled rows where products need it."""
        parts, start, stop = [], first * self.width, last * self.width
        for run_start, run_stop in self.row_ranges:
            length = run_stop - run_start
            if start < length and stop > 0:
                parts.append(source.read(run_start + max(start, 0), run_start + min(stop, length)))
            start, stop = start - length, stop - length
        weights = (parts[0] if len(parts) == 1 else np.concatenate(parts)).reshape(last - first, -1)
        squares, limits = np.vecdot(weights, weights), np.finfo(weights.dtype)
        if not (squares.min() > limits.tiny**0.5 and squares.max() < limits.max**0.5):
            # Products of very small and very large weights are beyond their type.
            peak = np.maximum(weights.max(axis=1), -weights.min(axis=1))
            weights = weights / np.where(peak == 0, 1, peak)[:, None]
            squares = np.vecdot(weights, weights)
        return weights, np.sqrt(squares)

    def misfit(self, source: FilterSource, strip: int) -> float:
        """The part of sum |W Wᵀ - I| in the rows of a strip up to the diagonal, and in the columns that mirror them."""
        strips = self.strips()
        rows, norms = self.rows_and_norms(source, *strips[strip])
        square = rows @ rows.T
        np.fill_diagonal(square, 0)
        total = np.count_nonzero(norms == 0) + _sum_of_cosines(square, norms, norms)
        for other in strips[:strip]:
            others, other_norms = self.rows_and_norms(source, *other)
            total += 2 * _sum_of_cosines(rows @ others.T, norms, other_norms)
        return total


def _sum_of_cosines(products: Weights, norms: Weights, other_norms: Weights) -> float:
    """Sum of the absolute cosines of the angles between rows and other rows, of their products (overwritten)."""
    np.abs(products, out=products)
    products /= np.where(other_norms == 0, 1, other_norms)
    return float((products.sum(axis=1, dtype=float) / np.where(norms == 0, 1, norms)).sum())


def measure_orthogonality(
    source: FilterSource,
    layers: pd.DataFrame,
    row_ranges: pd.DataFrame,
    threads: int = 1,
    progress: Callable[[Iterable], Iterable] = iter,
) -> LayerOrthogonality:
    """The orthogonality of every layer of the layer table, to about 1e-13 of float64 weights, 1e-7 of float32.

    Nothing is read of layers whose shape is not known, that is of no layer of a data set without the columns of
    `SHAPE`. Products are of the type of the weights, strip by strip: memory does not grow with the layers.

    Args:
        source: where the filters are read.
        layers: the layer table; of its columns n_filters and, where it has them, those of `SHAPE`.
        row_ranges: columns layer, start, stop.
        threads: how many strips are computed at once.
        progress: wraps the sequence of work, to show how far it is.
    """
    from threadpoolctl import threadpool_limits

    def measure(item: tuple[int, WeightMatrix, int]) -> float:
        _, matrix, strip = item
        with np.errstate(invalid="ignore", over="ignore"):
            return matrix.misfit(source, strip)

    matrices = weight_matrices(layers, row_ranges)
    items = [(k, matrix, strip) for k, matrix in matrices.items() for strip in range(len(matrix.strips()))]
    misfit, pairs = np.zeros(len(layers)), np.full(len(layers), np.nan)
    # The linear algebra library's own threads would contend with ours, and change the last digits.
    with threadpool_limits(limits=1, user_api="blas"):
        for (k, matrix, _), part in zip(items, in_order(measure, items, threads, progress), strict=True):
            misfit[k] += part
            pairs[k] = matrix.rows * (matrix.rows - 1)
    return LayerOrthogonality(layers.index.to_numpy(np.int64), np.maximum(1 - misfit / pairs, 0.0))


def weight_matrices(layers: pd.DataFrame, row_ranges: pd.DataFrame) -> dict[int, WeightMatrix]:
    """By position, 0 …, the matrices of those layers that have two output channels and the filters their shape says."""
    if not set(SHAPE) <= set(layers.columns):
        return {}
    rows, inputs, groups = (
        pd.to_numeric(layers[name], errors="coerce").to_numpy(float, na_value=np.nan) for name in SHAPE
    )
    n = layers["n_filters"].to_numpy()
    with np.errstate(all="ignore"):
        fits = (rows >= 2) & (rows % 1 == 0) & (groups > 0) & (rows * inputs == n * groups) & (n % rows == 0)
    row_ranges_of = defaultdict(list)
    for layer, start, stop in zip(row_ranges["layer"], row_ranges["start"], row_ranges["stop"], strict=True):
        row_ranges_of[layer].append((start, stop))
    return {
        k: WeightMatrix(row_ranges_of[layers.index[k]], int(rows[k]), int(n[k] // rows[k]))
        for k in np.flatnonzero(fits).tolist()
    }
