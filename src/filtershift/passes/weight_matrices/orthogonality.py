"""Orthogonality: how little the output filters of a layer repeat one another.

Of the weight matrix W of a layer with n rows, made of unit norm,

    orthogonality = 1 - sum |W Wᵀ - I| / (n (n - 1))

as in the authors' torchconvquality, where a row of zeros stays zero and so costs 1 on the diagonal.
"""

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.blocks import FilterSource, in_order
from filtershift.passes.weight_matrices.matrix import WeightMatrix, Weights, weight_matrices

Array = NDArray[np.float64]


def measure_orthogonality(
    source: FilterSource,
    layers: pd.DataFrame,
    row_ranges: pd.DataFrame,
    threads: int = 1,
    progress: Callable[[Iterable], Iterable] = iter,
) -> Array:
    """Orthogonality of every layer of the layer table, (L,); arguments as of `measure.measure_weight_matrices`."""
    from threadpoolctl import threadpool_limits

    matrices, found = weight_matrices(layers, row_ranges), np.full(len(layers), np.nan)
    # The linear algebra library's own threads would contend with ours, and change the last digits.
    with threadpool_limits(limits=1, user_api="blas"):
        parts = in_order(partial(orthogonality, source), list(matrices.values()), threads, progress)
        found[list(matrices)] = list(parts)
    return found


def orthogonality(source: FilterSource, matrix: WeightMatrix) -> float:
    """Orthogonality of the matrix of a layer; NaN if it has one row, or a weight that is not finite.

    It is exact to about 1e-13 of float64 weights, 1e-7 of float32: its products are of the type of the weights.
    """
    if matrix.rows == 1:
        return np.nan
    with np.errstate(invalid="ignore", over="ignore"):
        misfit = sum(_misfit(source, matrix, strip) for strip in range(len(matrix.strips())))
    return float(np.maximum(1 - misfit / (matrix.rows * (matrix.rows - 1)), 0.0))


def _misfit(source: FilterSource, matrix: WeightMatrix, strip: int) -> float:
    """The part of sum |W Wᵀ - I| in the rows of a strip up to the diagonal, and in the columns that mirror them."""
    strips = matrix.strips()
    rows, norms = _rows_and_norms(matrix.read(source, *strips[strip]))
    square = rows @ rows.T
    np.fill_diagonal(square, 0)
    total = np.count_nonzero(norms == 0) + _sum_of_cosines(square, norms, norms)
    for other in strips[:strip]:
        others, other_norms = _rows_and_norms(matrix.read(source, *other))
        total += 2 * _sum_of_cosines(rows @ others.T, norms, other_norms)
    return total


def _rows_and_norms(weights: Weights) -> tuple[Weights, Weights]:
    """Rows and their norms: of scaled rows where products need it."""
    squares, limits = np.vecdot(weights, weights), np.finfo(weights.dtype)
    if not (squares.min() > limits.tiny**0.5 and squares.max() < limits.max**0.5):
        # Products of very small and very large weights are beyond their type.
        peak = np.maximum(weights.max(axis=1), -weights.min(axis=1))
        weights = weights / np.where(peak == 0, 1, peak)[:, None]
        squares = np.vecdot(weights, weights)
    return weights, np.sqrt(squares)


def _sum_of_cosines(products: Weights, norms: Weights, other_norms: Weights) -> float:
    """Sum of the absolute cosines of the angles between rows and other rows, of their products (overwritten)."""
    np.abs(products, out=products)
    products /= np.where(other_norms == 0, 1, other_norms)
    return float((products.sum(axis=1, dtype=float) / np.where(norms == 0, 1, norms)).sum())
