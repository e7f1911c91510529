"""The extent of layers and their sparse filters against numpy."""

import numpy as np
import pytest

import numpy_reference as reference
from filtershift.passes.extent import SPARSE_SIZES, measure_extent, size_edges, total_extent
from filtershift.passes.moments import measure_moments
from hostile_filters import DENORMAL, NON_FINITE, ZEROS
from numpy_reference import STILL, InMemory, made_basis, made_extent, row_ranges_of


def test_extents_and_sparse_filters_equal_those_of_the_filters(hostile):
    filters, row_ranges = hostile
    bases, source = reference.bases(filters), InMemory(filters)
    result = measure_extent(source, row_ranges, bases, measure_moments(source, row_ranges))
    assert result.layer.tolist() == row_ranges["layer"].unique().tolist()
    for k, layer in enumerate(result.layer):
        rows = reference.owned(filters, row_ranges, layer)
        for v, data in enumerate(reference.variants(rows)):
            values = reference.coefficients(data, bases[v])
            np.testing.assert_allclose(result.low[k, v], values.min(initial=np.inf), rtol=0, atol=1e-12)
            np.testing.assert_allclose(result.high[k, v], values.max(initial=-np.inf), rtol=0, atol=1e-12)
        largest = np.abs(reference.finite(rows)).max(axis=1, initial=0)
        sparse = largest < largest.max(initial=0) / 100
        assert result.sparse[k] == sparse.sum()
        for v, data in enumerate(reference.variants(rows)):
            mean, scatter = reference.moments(data[sparse])
            unit = np.abs(data[sparse]).max(initial=0)
            np.testing.assert_allclose(result.sparse_mean[k, v], mean, rtol=0, atol=1e-13 * unit)
            np.testing.assert_allclose(
                result.sparse_scatter[k, v], scatter, rtol=0, atol=1e-13 * unit**2 * sparse.sum()
            )
    assert result.sparse[ZEROS] == result.sparse[NON_FINITE] == 0


def test_sparse_is_strict_and_relative_to_the_layer():
    weights = np.array([1.0, 0.01, np.nextafter(0.01, 0), 0, 64, 0.64, 0.63], np.float64)
    filters = np.zeros((7, 9))
    filters[np.arange(7), np.arange(7)] = weights * [1, -1, 1, 1, -1, 1, 1]
    source, row_ranges = InMemory(filters), row_ranges_of([(0, 4)], [(4, 7)])
    result = measure_extent(source, row_ranges, (STILL, STILL), measure_moments(source, row_ranges))
    assert result.sparse.tolist() == [2, 1]


def test_filters_are_counted_by_size_exactly_at_octaves(rng):
    octaves = size_edges()[8::8]
    largest = np.concatenate([octaves, np.nextafter(octaves, 0), 2 ** rng.uniform(-14, 0, 5000), [0, 1]])
    filters = np.zeros((len(largest), 9))
    filters[np.arange(len(largest)), rng.integers(0, 9, len(largest))] = largest
    source, row_ranges = InMemory(filters), row_ranges_of([(0, len(filters))])
    result = measure_extent(source, row_ranges, (STILL, STILL), measure_moments(source, row_ranges))
    upto = result.sizes[0].cumsum()
    assert upto.tolist() == [(largest < edge).sum() for edge in size_edges()[1:]]
    assert upto[-1] == len(largest)
    assert size_edges()[SPARSE_SIZES] == 0.01
    assert upto[SPARSE_SIZES - 1] == result.sparse[0]


def test_denormals_have_an_extent(hostile):
    filters, row_ranges = hostile
    source = InMemory(filters)
    result = measure_extent(source, row_ranges, (STILL, STILL), measure_moments(source, row_ranges))
    raw = reference.owned(filters, row_ranges, DENORMAL)
    assert (result.low[DENORMAL, 1], result.high[DENORMAL, 1]) == (raw.min(), raw.max())
    assert max(-result.low[DENORMAL, 0], result.high[DENORMAL, 0]) == pytest.approx(1, abs=1e-15)


def extent_of(low, high):
    return made_extent(np.arange(len(low)), np.array(low), np.array(high), np.zeros(len(low), np.int64))


def test_the_total_extent_is_the_widest_of_both_variants():
    layers = extent_of([[-1.0, -3.0], [np.inf, np.inf], [-2.0, 0.5]], [[1.0, 0.0], [-np.inf, -np.inf], [0.5, 0.7]])
    assert total_extent(layers, np.ones(1)).tolist() == [[-2.0, 1.0], [-3.0, 0.7]]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (np.empty((0, 2)), np.empty((0, 2)), [-0.5, 0.5]),
        ([[np.inf, np.inf]], [[-np.inf, -np.inf]], [-0.5, 0.5]),
        ([[0.0, 0.0]], [[0.0, 0.0]], [-0.5, 0.5]),
        ([[2.0, 2.0]], [[2.0, 2.0]], [1.5, 2.5]),
    ],
    ids=["no layer", "no finite filter", "all at zero", "all at two"],
)
def test_an_empty_or_flat_extent_gets_a_width(low, high, expected):
    assert total_extent(extent_of(low, high), np.ones(1)).tolist() == [expected] * 2


def test_filters_all_the_same_have_a_flat_extent():
    filters = np.tile([0.1, 0.2, -0.3, 0.7, 0.123, 0.9, -0.11, 0.33, 0.05], (20, 1))
    row_ranges = row_ranges_of([(0, 3)], [(3, 20)])
    moments = measure_moments(InMemory(filters), row_ranges)
    scaled, unscaled = (moments.n[:, None, None] * moments.mean).sum(axis=0) / 20
    bases = made_basis(mean=scaled), made_basis(mean=unscaled)
    result = measure_extent(InMemory(filters), row_ranges, bases, moments)
    np.testing.assert_allclose(total_extent(result, np.ones(1)), [[-0.5, 0.5]] * 2, atol=1e-12)
