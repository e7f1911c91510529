"""Ranks against singular values."""

import numpy as np
import pytest

from filtershift.passes.weight_matrices.matrix import WeightMatrix
from filtershift.passes.weight_matrices.ranks import LARGEST_SIDE, ranks
from numpy_reference import InMemory


def ranks_of(weights):
    """Ranks of the matrix of these rows, 9 · width weights each."""
    rows, columns = weights.shape
    matrix = WeightMatrix([(0, rows * columns // 9)], rows, columns // 9)
    return ranks(InMemory(weights.reshape(-1, 9)), matrix, float(np.abs(weights).max()))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e-30, 1, 1e30])
@pytest.mark.parametrize("shape", [(1, 9), (7, 63), (100, 9), (63, 63), (600, 18), (530, 900)])
def test_ranks_are_those_of_the_singular_values(rng, dtype, size, shape):
    weights = (size * (rng.normal(size=shape) * rng.exponential(size=(shape[0], 1)) + 0.1)).astype(dtype)
    energy = np.linalg.svd(weights.astype(np.float64) / size, compute_uv=False) ** 2
    share = energy / energy.sum()
    expected = energy.sum() / energy.max(), np.exp(-(share * np.log(share)).sum())
    assert ranks_of(weights) == pytest.approx(expected, rel=1e-12)


def test_ranks_of_what_is_known(rng):
    assert ranks_of(np.eye(9)) == pytest.approx((9, 9))
    one = np.outer(rng.normal(size=40), rng.normal(size=90))
    assert ranks_of(one) == pytest.approx((1, 1))
    assert ranks_of(np.diag([2.0, *[1] * 8])) == pytest.approx((3, 12 / 4 ** (1 / 3)))


@pytest.mark.parametrize("peak", [0.0, np.nan, np.inf])
def test_no_rank_without_finite_weights(peak):
    assert np.isnan(ranks(InMemory(np.zeros((4, 9))), WeightMatrix([(0, 4)], 2, 2), peak)).all()


def test_no_rank_of_a_matrix_that_is_too_large():
    side = LARGEST_SIDE + 1
    assert np.isnan(ranks(InMemory(np.zeros((0, 9))), WeightMatrix([(0, side * side)], side, side), 1.0)).all()
