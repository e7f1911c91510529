"""Pass 1 against numpy."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import numpy_reference as reference
from filtershift.passes.moments import LayerMoments, measure_moments, merge
from hostile_filters import ALIKE, HOLED, NON_FINITE, ONE, ZEROS, Filters
from numpy_reference import InMemory, row_ranges_of


def test_moments_equal_those_of_the_filters(hostile):
    filters, row_ranges = hostile
    result = measure_moments(InMemory(filters), row_ranges)
    assert result.layer.tolist() == row_ranges["layer"].unique().tolist()
    for k, layer in enumerate(result.layer):
        rows = reference.owned(filters, row_ranges, layer)
        kept = reference.finite(rows)
        assert result.n[k] == len(kept)
        assert result.non_finite[k] == len(rows) - len(kept)
        assert result.zeros[k] == (kept == 0).all(axis=1).sum()
        assert result.peak[k] == np.abs(kept).max(initial=0)
        spread = np.ptp(kept, axis=1).mean() if len(kept) else np.nan
        np.testing.assert_allclose(result.mean_range[k], spread, rtol=1e-12)
        for v, data in enumerate(reference.variants(rows)):
            mean, scatter = reference.moments(data)
            largest = np.abs(data).max(initial=0)
            np.testing.assert_allclose(result.mean[k, v], mean, rtol=0, atol=1e-13 * largest)
            np.testing.assert_allclose(result.scatter[k, v], scatter, rtol=0, atol=1e-12 * len(kept) * largest**2)


def test_the_largest_weight_is_known_by_layer_and_no_more_is_saved(hostile):
    filters, row_ranges = hostile
    some = row_ranges[row_ranges["layer"] != ONE]
    result = measure_moments(InMemory(filters), some)
    assert list(result.peak_of) == result.layer.tolist()
    assert list(result.peak_of.values()) == result.peak.tolist()
    assert set(vars(result)) == set(LayerMoments.__annotations__)


def test_small_layers_have_exact_moments(hostile):
    filters, row_ranges = hostile
    result = measure_moments(InMemory(filters), row_ranges)
    assert result.mean[ONE, 1].tolist() == filters[300].tolist()
    assert not result.scatter[ONE].any()
    assert not result.mean[ZEROS].any()
    assert not result.scatter[ZEROS].any()
    assert (result.zeros[ZEROS], result.peak[ZEROS], result.mean_range[ZEROS]) == (600, 0, 0)
    assert (result.n[NON_FINITE], result.non_finite[NON_FINITE], result.peak[NON_FINITE]) == (0, 623, 0)
    assert not result.mean[NON_FINITE].any()
    assert np.isnan(result.mean_range[NON_FINITE])
    assert result.non_finite[HOLED] == 634


def test_multiples_of_one_filter_are_two_points_when_scaled(hostile):
    filters, row_ranges = hostile
    result = measure_moments(InMemory(filters), row_ranges)
    variance = np.linalg.eigvalsh(result.scatter[ALIKE, 0])
    # Beside the first direction only the rounding of the multiples to float32 is left.
    assert (variance[:-1] < 1e-12 * variance[-1]).all()


@pytest.mark.parametrize("size", [1e-290, 1e-150, 1e100, 1e150])
def test_any_size_of_weight_float64_can_square(rng, size):
    filters = rng.normal(0, 1, (700, 9))
    row_ranges = row_ranges_of([(0, 700)])
    result = measure_moments(InMemory(filters * size), row_ranges)
    plain = measure_moments(InMemory(filters), row_ranges)
    np.testing.assert_allclose(result.mean[0, 1], plain.mean[0, 1] * size, rtol=1e-10)
    np.testing.assert_allclose(result.mean[0, 0], plain.mean[0, 0], rtol=1e-10)
    np.testing.assert_allclose(result.scatter[0, 0], plain.scatter[0, 0], rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(result.scatter[0, 1], plain.scatter[0, 1] * size * size, rtol=1e-10, atol=1e-10 * size)


def test_finite_weights_whose_sum_is_infinite_are_kept(rng):
    filters = np.where(np.arange(700)[:, None] == 300, 1e308, rng.normal(0, 1, (700, 9)))
    filters[400, 4] = np.inf
    result = measure_moments(InMemory(filters), row_ranges_of([(0, 700)]))
    assert (result.n[0], result.non_finite[0], result.peak[0]) == (699, 1, 1e308)


def test_below_1e_300_a_filter_scales_by_1e_300(rng):
    filters = rng.uniform(-1, 1, (700, 9)) * 1e-301
    result = measure_moments(InMemory(filters), row_ranges_of([(0, 700)]))
    np.testing.assert_allclose(result.mean[0, 0], filters.mean(axis=0) * 1e300, rtol=1e-9)
    assert (result.n[0], result.zeros[0], result.peak[0]) == (700, 0, np.abs(filters).max())


def test_weights_float64_cannot_square_are_counted_and_scaled(rng):
    filters = rng.normal(0, 1, (700, 9))
    with np.errstate(over="ignore", invalid="ignore"):
        result = measure_moments(InMemory(filters * 1e300), row_ranges_of([(0, 700)]))
    plain = measure_moments(InMemory(filters), row_ranges_of([(0, 700)]))
    assert result.n[0] == 700
    assert result.peak[0] == np.abs(filters * 1e300).max()
    np.testing.assert_allclose(result.scatter[0, 0], plain.scatter[0, 0], rtol=1e-10, atol=1e-10)


def exact_variances(filters: Filters) -> np.ndarray:
    """Eigenvalues of the covariance matrix of rows, of which every entry is rounded once."""
    rows = [[Fraction(float(w)) for w in row] for row in filters]
    n = len(rows)
    mean = [sum(column) / n for column in zip(*rows, strict=True)]
    centred = [[w - m for w, m in zip(row, mean, strict=True)] for row in rows]
    covariance = np.empty((9, 9))
    for p in range(9):
        for q in range(p + 1):
            covariance[p, q] = covariance[q, p] = float(sum(row[p] * row[q] for row in centred) / (n - 1))
    return np.linalg.eigvalsh(covariance)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_mean_ten_thousand_times_the_spread_costs_no_digits(rng, kind):
    filters = (1 + 1e-4 * rng.normal(size=(900, 9)) @ np.diag(np.linspace(0.5, 2, 9))).astype(kind)
    filters[:256] -= kind(1e-3)  # the first strip, whose mean the kernel shifts by, is not like the rest
    result = measure_moments(InMemory(filters), row_ranges_of([(0, 500)], [(500, 501)], [(501, 900)]))
    n, _, scatter = merge(result.n, result.mean[:, 1], result.scatter[:, 1], np.zeros(3, np.int64), 1)
    np.testing.assert_allclose(np.linalg.eigvalsh(scatter[0] / (n[0] - 1)), exact_variances(filters), rtol=1e-10)


def test_a_large_mean_costs_no_digits_over_many_units(rng):
    filters = 1 + 1e-4 * rng.normal(size=(150_000, 9))
    result = measure_moments(InMemory(filters), row_ranges_of([(0, 150_000)]))
    np.testing.assert_allclose(
        np.linalg.eigvalsh(result.scatter[0, 1]), np.linalg.eigvalsh(reference.moments(filters)[1]), rtol=1e-10
    )


@given(
    sizes=st.lists(st.integers(0, 40), min_size=1, max_size=12),
    groups=st.integers(1, 4),
    offset=st.sampled_from([0.0, 1.0, -100.0]),
    seed=st.integers(0, 2**32 - 1),
)
def test_merging_is_concatenating_in_any_order(sizes, groups, offset, seed):
    rng = np.random.default_rng(seed)
    sets = [offset + rng.normal(0, rng.uniform(0.1, 2), (size, 9)) for size in sizes]
    group = rng.integers(0, groups, len(sets))
    n = np.array(sizes)
    mean, scatter = (np.stack(part) for part in zip(*map(reference.moments, sets), strict=True))
    merged = merge(n, mean, scatter, group, groups)

    for k in range(groups):
        union = np.concatenate([np.empty((0, 9)), *(rows for rows, g in zip(sets, group, strict=True) if g == k)])
        expected = reference.moments(union)
        assert merged[0][k] == len(union)
        np.testing.assert_allclose(merged[1][k], expected[0], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(merged[2][k], expected[1], rtol=1e-9, atol=1e-9)

    s = rng.permutation(len(sets))
    for one, other in zip(merged, merge(n[s], mean[s], scatter[s], group[s], groups), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)

    # Associative: groups first, then all of them, is all at once.
    zero, zeros = np.zeros(groups, np.int64), np.zeros(len(sets), np.int64)
    for one, other in zip(merge(*merged, zero, 1), merge(n, mean, scatter, zeros, 1), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)


def test_an_empty_union_is_zero():
    n, mean, scatter = merge(np.zeros(0, np.int64), np.zeros((0, 9)), np.zeros((0, 9, 9)), np.zeros(0, np.int64), 2)
    assert n.tolist() == [0, 0]
    assert not mean.any()
    assert not scatter.any()


def test_the_moments_of_no_layer_have_the_types_of_any(hostile):
    filters, row_ranges = hostile
    some, none = (measure_moments(InMemory(filters), table) for table in (row_ranges, row_ranges[:0]))
    for name, values in vars(none).items():
        assert values.shape == (0, *getattr(some, name).shape[1:])
        assert values.dtype == getattr(some, name).dtype, name
