"""Percentiles against numpy's."""

import numpy as np
import pytest

from filtershift.passes.weight_matrices import matrix as weight_matrix
from filtershift.passes.weight_matrices.matrix import WeightMatrix
from filtershift.passes.weight_matrices.percentiles import PERCENTILES, percentiles
from numpy_reference import InMemory


def percentiles_of(filters, rows=1):
    return percentiles(InMemory(filters), WeightMatrix([(0, len(filters))], rows, len(filters) // rows))


@pytest.fixture(params=[np.float32, np.float64], ids=["float32", "float64"])
def dtype(request):
    return request.param


@pytest.mark.parametrize("count", [1, 2, 3, 500])
def test_percentiles_are_those_of_all_weights(rng, dtype, count):
    made = {
        "normal": rng.normal(size=(count, 9)),
        "positive": rng.exponential(size=(count, 9)) + 1,
        "of all sizes": rng.normal(size=(count, 9)) * 10.0 ** rng.integers(-30, 30, (count, 1)),
        "equal": np.full((count, 9), -0.3),
        "zero": np.zeros((count, 9)) * rng.choice([-1, 1], (count, 9)),
        "few values": rng.integers(-2, 3, (count, 9)) / 4,
    }
    for name, values in made.items():
        filters = values.astype(dtype)
        expected = np.percentile(filters.astype(np.float64), PERCENTILES)
        np.testing.assert_allclose(percentiles_of(filters), expected, rtol=1e-14, atol=0, err_msg=name)


def test_strips_do_not_matter(rng, dtype, monkeypatch):
    filters = rng.normal(size=(600, 9)).astype(dtype)
    whole = percentiles_of(filters, 20)
    monkeypatch.setattr(weight_matrix, "STRIP_ROWS", 3)
    assert percentiles_of(filters, 20).tolist() == whole.tolist()


@pytest.mark.parametrize("wrong", [np.nan, -np.nan, np.inf, -np.inf])
def test_one_weight_that_is_not_finite_leaves_none(rng, dtype, wrong):
    filters = rng.normal(size=(600, 9)).astype(dtype)
    filters[77, 3] = wrong
    assert np.isnan(percentiles_of(filters)).all()
