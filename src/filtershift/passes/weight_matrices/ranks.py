"""Stable and effective rank of the weight matrix of a layer, from its singular values σ.

    stable rank    = Σσ² / max σ²               (Rudelson & Vershynin 2007; Martin & Mahoney, JMLR 2021)
    effective rank = exp(-Σ q ln q), q = σ² / Σσ²

Both lie between 1 and the smaller side of the matrix. Roy & Vetterli, EUSIPCO 2007, who defined the effective rank,
take σ / Σσ; shares of energy q weigh small singular values less.
"""

import numpy as np
from numpy.typing import NDArray

from filtershift.passes.blocks import FilterSource
from filtershift.passes.weight_matrices.matrix import WeightMatrix

LARGEST_SIDE = 1 << 11
"""Of matrices whose smaller side is larger, ranks are not computed: each would take 100 MB and some seconds."""


def ranks(source: FilterSource, matrix: WeightMatrix, peak: float) -> tuple[float, float]:
    """Stable and effective rank of W, whose largest absolute weight is ``peak``.

    The squares of the singular values are the eigenvalues of W Wᵀ or Wᵀ W, whichever is smaller, in float64: they are
    exact to about 1e-15 of the largest. NaN for a matrix of zeros, with a weight that is not finite, or too large.
    """
    if not 0 < peak < np.inf or min(matrix.rows, matrix.columns) > LARGEST_SIDE:
        return np.nan, np.nan
    energy = np.maximum(np.linalg.eigvalsh(_gram(source, matrix, peak)), 0.0)
    share = energy / energy.sum()
    entropy = -(share * np.log(share, out=np.zeros_like(share), where=share > 0)).sum()
    return float(1 / share.max()), float(np.exp(entropy))


def _gram(source: FilterSource, matrix: WeightMatrix, peak: float) -> NDArray[np.float64]:
    """Products of the rows of W, or W / peak, up to the diagonal, or of its columns if these are fewer."""

    def read(first: int, last: int) -> NDArray[np.float64]:
        weights = matrix.read(source, first, last)
        # float64 holds the squares of all smaller types, but not those of its own largest numbers.
        return np.divide(weights, peak, dtype=np.float64) if weights.dtype == np.float64 else weights.astype(np.float64)

    strips = matrix.strips()
    if matrix.columns < matrix.rows:
        columns = np.zeros((matrix.columns, matrix.columns))
        for strip in strips:
            rows = read(*strip)
            columns += rows.T @ rows
        return columns
    products = np.zeros((matrix.rows, matrix.rows))
    for k, (first, last) in enumerate(strips):
        rows = read(first, last)
        products[first:last, first:last] = rows @ rows.T
        for start, stop in strips[:k]:
            products[first:last, start:stop] = rows @ read(start, stop).T
    return products
