"""Bivariate histograms of coefficients against numpy's, on the filters themselves."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filtershift.analysis.distributions.pairs import BINS, blocks_of, example_table, pair_counts, ranges, scaled
from numpy_reference import STILL, coefficients, made_basis, made_extent

PAIRS = list(combinations(range(9), 2))


class InMemory:
    """A source of filters that is an array, and remembers how much was read at once."""

    def __init__(self, filters):
        self.filters, self.sizes = filters, []

    def read(self, start, stop):
        self.sizes.append(stop - start)
        return self.filters[start:stop]


def basis_of(rng):
    return made_basis(np.linalg.qr(rng.normal(size=(9, 9)))[0], rng.normal(size=9))


def expected_counts(filters, basis, reach, bins):
    """Each pair counted by numpy over (reach, -reach), whose last bin is closed."""
    values = coefficients(filters, basis)
    ends = [(-reach, reach)] * 2
    return np.stack([np.histogram2d(values[:, i], values[:, j], bins, ends)[0] for i, j in PAIRS])


@given(
    n=st.integers(0, 300),
    cuts=st.lists(st.integers(0, 300), max_size=5),
    bins=st.sampled_from([1, 2, 7, 64]),
    seed=st.integers(0, 2**32 - 1),
)
def test_counts_are_numpys_whatever_the_blocks(n, cuts, bins, seed):
    rng = np.random.default_rng(seed)
    filters, basis = rng.normal(size=(n, 9)), basis_of(rng)
    reach = np.abs(coefficients(filters, basis)).max(initial=0.0) or 1.0
    counts = pair_counts(np.split(filters, sorted(cuts)), basis, reach, bins)
    np.testing.assert_array_equal(counts, expected_counts(filters, basis, reach, bins))
    assert (counts.sum(axis=(1, 2)) == n).all()


@pytest.mark.slow
def test_512_bins_of_single_precision_filters(rng):
    filters, basis = rng.normal(size=(5000, 9)).astype(np.float32), basis_of(rng)
    reach = np.abs(coefficients(filters.astype(np.float64), basis)).max()
    counts = pair_counts([filters], basis, reach)
    assert counts.shape == (36, BINS, BINS) == (36, 512, 512)
    np.testing.assert_array_equal(counts, expected_counts(filters.astype(np.float64), basis, reach, BINS))


def test_every_edge_belongs_to_the_bin_above_and_the_last_bin_is_closed(rng):
    filters = rng.integers(-4, 5, size=(2000, 9)).astype(float)
    counts = pair_counts([filters], STILL, reach=4, bins=8)
    np.testing.assert_array_equal(counts, expected_counts(filters, STILL, 4, 8))
    assert (counts.sum(axis=(1, 2)) == 2000).all()


def test_a_value_below_an_edge_by_rounding_alone_is_on_it():
    filters = np.full((1, 9), -1e-12)
    assert pair_counts([filters], STILL, reach=1, bins=2)[:, 1, 1].all()


def test_the_first_of_a_pair_lies_along_the_first_axis():
    filters = np.array([[-1, *[1] * 8]])
    counts = pair_counts([filters], STILL, reach=1, bins=2)
    assert counts[0].tolist() == [[0, 1], [0, 0]]
    assert counts[-1].tolist() == [[0, 0], [0, 1]]


def test_what_lies_beyond_is_in_the_outermost_bins():
    filters = np.array([[9.0] * 9, [-9.0] * 9])
    assert (pair_counts([filters], STILL, reach=1, bins=4) == np.diag([1, 0, 0, 1])).all()


@pytest.mark.parametrize("prepare", [scaled, np.asarray])
def test_filters_that_are_not_finite_are_left_out(rng, prepare):
    filters, basis = rng.uniform(-1, 1, size=(20, 9)), basis_of(rng)
    wrong = filters.copy()
    wrong[[1, 5, 6], [0, 3, 8]] = np.nan, np.inf, -np.inf
    expected = pair_counts([prepare(np.delete(filters, [1, 5, 6], axis=0))], basis, reach=1, bins=4)
    np.testing.assert_array_equal(pair_counts([prepare(wrong)], basis, reach=1, bins=4), expected)


def test_scaled_filters_have_the_largest_weight_one(rng):
    filters = np.vstack([rng.normal(size=(30, 9)), np.zeros(9), np.full(9, -1e-30)]).astype(np.float32)
    result = scaled(filters)
    peak = np.abs(filters.astype(np.float64)).max(axis=1, keepdims=True)
    np.testing.assert_allclose(result[:30], filters[:30] / peak[:30], rtol=1e-6)
    assert (result[30] == 0).all()
    assert (result[31] == -1).all()


def test_blocks_are_the_runs_in_pieces(rng):
    source = InMemory(rng.normal(size=(200_000, 9)).astype(np.float32))
    row_ranges = pd.DataFrame({"layer": [4, 4], "start": [10, 150_000], "stop": [140_000, 150_003]})
    filters = np.concatenate(list(blocks_of(source, row_ranges)))
    np.testing.assert_array_equal(filters, np.vstack([source.filters[10:140_000], source.filters[150_000:150_003]]))
    assert max(source.sizes) == 1 << 16


@pytest.fixture
def extent():
    """Layers 0, 10, 20, 30; the last has no finite filter."""
    low = np.array([[-1, -0.1], [-2, 3], [0, 0], [np.inf, np.inf]])
    high = np.array([[0.5, 0.3], [1, 4], [0, 0], [-np.inf, -np.inf]])
    return made_extent(np.array([0, 10, 20, 30]), low, high, np.zeros(4, np.int64))


def test_scaled_layers_share_a_range_and_unscaled_ones_have_their_own(extent):
    assert ranges(extent, [10, 0], "scaled") == {10: 2, 0: 2}
    assert ranges(extent, [10, 0], "unscaled") == {10: 4, 0: 0.3}


def test_layers_without_coefficients_get_a_range_of_some_width(extent):
    assert ranges(extent, [20, 30], "scaled") == {20: 1, 30: 1}
    assert ranges(extent, [0, 20, 30], "unscaled") == {0: 0.3, 20: 1, 30: 1}
    assert ranges(extent, [], "scaled") == {}


def test_the_table_names_the_layers():
    layers = pd.DataFrame(
        {"model": ["a", "b"], "conv_depth": [3, 0], "conv_depth_norm": [1.0, 0.0], "n_filters": [9, 4], "Task": "x"},
        index=pd.Index([7, 8], name="layer"),
    )
    counted = {
        "sun": {"layer": np.int64(8), "counts": np.ones((36, 2, 2), np.int32), "reach": np.float64(2.5)},
        "point": {"layer": np.int64(7), "counts": 2 * np.ones((36, 2, 2), np.int32), "reach": np.float64(1)},
    }
    assert example_table(counted, layers).to_dict("list") == {
        "phenotype": ["sun", "point"],
        "layer": [8, 7],
        "model": ["b", "a"],
        "conv_depth": [0, 3],
        "conv_depth_norm": [0.0, 1.0],
        "n_filters": [4, 8],
        "reach": [2.5, 1.0],
        "bins": [2, 2],
    }
    assert list(example_table({}, layers))[:3] == ["phenotype", "layer", "model"]
