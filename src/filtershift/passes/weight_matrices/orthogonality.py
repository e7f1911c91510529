"""Orthogonality: how little the output filters of a layer repeat one another.

Of the weight matrix W of a layer with n rows, made of unit norm,

    orthogonality = 1 - sum |W Wᵀ - I| / (n (n - 1))

as in the authors' torchconvquality, where a row of zeros stays zero and so costs 1 on the diagonal.
"""

from collections.abc import Callable, Iterable

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
    """Orthogonality of every layer of the layer table, (L,); arguments as of `measure.measure_weight_matrices`.

    It is exact to about 1e-13 of float64 weights, 1e-7 of float32: its products are of the type of the weights.
    """
    from threadpoolctl import threadpool_limits

    def measure_strip(item: tuple[int, WeightMatrix, int]) -> float:
        _, matrix, strip = item
        with np.errstate(invalid="ignore", over="ignore"):
            return misfit(source, matrix, strip)

    matrices = weight_matrices(layers, row_ranges)
    items = [(k, m, strip) for k, m in matrices.items() if m.rows > 1 for strip in range(len(m.strips()))]
    amiss, pairs = np.zeros(len(layers)), np.full(len(layers), np.nan)
    # The linear algebra library's own threads would contend with ours, and change the last digits.
    with threadpool_limits(limits=1, user_api="blas"):
        for (k, matrix, _), part in zip(items, in_order(measure_strip, items, threads, progress), strict=True):
            amiss[k] += part
            pairs[k] = matrix.rows * (matrix.rows - 1)
    orthogonality: Array = np.maximum(1 - amiss / pairs, 0.0)
    return orthogonality


def misfit(source: FilterSource, matrix: WeightMatrix, strip: int) -> float:
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
