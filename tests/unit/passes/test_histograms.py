"""Pass 2 against numpy, its grids and its rule for coefficients on an edge."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import numpy_reference as reference
from filtershift.passes.extent import measure_extent
from filtershift.passes.histograms import (
    REFINE,
    WINDOW_BINS,
    Grid,
    coarsen,
    compared_counts,
    make_grids,
    measure_histograms,
)
from filtershift.passes.moments import measure_moments
from hostile_filters import NON_FINITE
from numpy_reference import STILL, InMemory, row_ranges_of
from taken import counts_of


def prepared(filters, row_ranges, bins):
    """Source, global bases and grids of a data set."""
    source, bases = InMemory(filters), reference.bases(filters)
    moments = measure_moments(source, row_ranges)
    extent = measure_extent(source, row_ranges, bases, moments)
    return source, bases, make_grids(moments, extent, bases, bins)


@pytest.mark.parametrize("bins", [70, 101])
def test_histograms_equal_those_of_the_filters(hostile, bins):
    filters, row_ranges = hostile
    source, bases, grids = prepared(filters, row_ranges, bins)
    results = counts_of(source, row_ranges, bases, grids)
    assert list(results) == row_ranges["layer"].unique().tolist()
    stored = bins * REFINE
    for layer, counts in results.items():
        assert counts.shape == (2, 9, stored + WINDOW_BINS)
        assert counts.dtype.kind == "i"
        for v, data in enumerate(reference.variants(reference.owned(filters, row_ranges, layer))):
            values = reference.coefficients(data, bases[v])
            for i in range(9):
                fine, window = counts[v, i, :stored], counts[v, i, stored:]
                expected = reference.histogram(values[:, i], grids[v].extent, bins, stored)
                np.testing.assert_array_equal(coarsen(fine, bins), expected)
                np.testing.assert_array_equal(
                    fine, reference.histogram(values[:, i], grids[v].extent, stored, stored), f"{layer} {v} {i}"
                )
                ends = grids[v].window
                np.testing.assert_array_equal(
                    window, reference.histogram(values[:, i], ends, WINDOW_BINS, WINDOW_BINS), f"{layer} {v} {i}"
                )
    assert not results[NON_FINITE].any()


@pytest.mark.parametrize("bins", [70, 101])
def test_histograms_equal_numpy_histogram(rng, bins):
    filters = (rng.standard_t(5, (20_000, 9)) @ rng.normal(0, 0.1, (9, 9))).astype(np.float32)
    row_ranges = row_ranges_of([(0, 20_000)])
    source, bases, grids = prepared(filters, row_ranges, bins)
    [counts] = counts_of(source, row_ranges, bases, grids).values()
    for v, data in enumerate(reference.variants(filters.astype(np.float64))):
        # numpy drops what its own rounding puts an ulp outside the extent.
        values = np.clip(reference.coefficients(data, bases[v]), *grids[v].extent)
        for i in range(9):
            expected = np.histogram(values[:, i], bins, tuple(grids[v].extent))[0]
            np.testing.assert_array_equal(coarsen(counts[v, i, : bins * REFINE], bins), expected)


@given(
    half=st.integers(1, 60),
    n=st.tuples(*[st.integers(1, 9)] * 3),
    offset=st.floats(-0.2, 0.2),
    seed=st.integers(0, 2**32 - 1),
)
def test_zero_filters_on_the_middle_edge_go_to_the_upper_bin(half, n, offset, seed):
    """Filters of +1 and of -1 set the scaled extent; then zero filters lie exactly on an edge of 2, 4, … bins."""
    rng = np.random.default_rng(seed)
    some = np.clip(offset + 0.2 * rng.normal(size=(30, 9)), -0.9, 0.9)
    some[:, 0] = 1  # else scaling would enlarge them
    blocks = [np.zeros((n[0], 9)), np.ones((n[1], 9)), -np.ones((n[2], 9)), some]
    filters = np.concatenate(blocks).astype(np.float32)
    ends = np.cumsum([0, n[0], n[1] + n[2], 30])
    row_ranges = row_ranges_of(*([(int(a), int(b))] for a, b in pairwise(ends)))
    source, bases, grids = prepared(filters, row_ranges, 2 * half)
    outermost = reference.coefficients(np.array([[-1.0] * 9, [1.0] * 9]), bases[0])[:, 0]
    assume(np.allclose(outermost, grids[0].extent, rtol=0, atol=1e-12))
    counts = counts_of(source, row_ranges, bases, grids)[0]
    assert coarsen(counts[0, 0, : 2 * half * REFINE], 2 * half)[half] == n[0]


def test_the_last_bin_is_closed_and_the_first_holds_the_minimum():
    filters = np.zeros((5, 9))
    filters[:, 0] = [-2, -1, 0, 1, 2]
    grids = tuple(Grid(np.array(ends), 4, np.array(ends)) for ends in ([-1.0, 1.0], [-2.0, 2.0]))
    [counts] = counts_of(InMemory(filters), row_ranges_of([(0, 5)]), (STILL, STILL), grids).values()
    assert coarsen(counts[1, 0, : 4 * REFINE], 4).tolist() == [1, 1, 1, 2]
    assert coarsen(counts[0, 0, : 4 * REFINE], 4).tolist() == [2, 0, 1, 2]
    assert coarsen(counts[1, 8, : 4 * REFINE], 4).tolist() == [0, 0, 5, 0]


def test_values_beyond_a_grid_go_to_its_end_bins(rng):
    filters = rng.normal(0, 1, (1000, 9))
    narrow = Grid(np.array([-0.1, 0.1]), 5, np.array([0.2, 0.3]))
    [counts] = counts_of(InMemory(filters), row_ranges_of([(0, 1000)]), (STILL, STILL), (narrow, narrow)).values()
    assert (counts[..., : 5 * REFINE].sum(axis=-1) == 1000).all()
    assert (counts[..., 5 * REFINE :].sum(axis=-1) == 1000).all()
    # Up to the width of one bin, whose inner values are counted there too.
    beyond = [(filters[:, 0] < 0.2).sum(), (filters[:, 0] < 0.2 + 0.1 / WINDOW_BINS).sum()]
    assert beyond[0] <= counts[1, 0, 5 * REFINE] <= beyond[1]


def test_small_layers_do_not_pile_up_in_memory(rng):
    filters = rng.normal(0, 1, (10_000, 9)).astype(np.float32)
    row_ranges = row_ranges_of(*([(k, k + 10)] for k in range(0, 10_000, 10)))
    grid = Grid(np.array([-3.0, 3.0]), 70, np.array([-3.0, 3.0]))
    source, moments = InMemory(filters), measure_moments(InMemory(filters), row_ranges)
    tracemalloc.start()
    try:
        layers = sum(1 for _ in measure_histograms(source, row_ranges, (STILL, STILL), (grid, grid), moments))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert layers == 1000
    assert peak < 100e6, f"{peak / 1e6:.0f} MB for 1,000 layers of 10 filters"


def test_a_grid_knows_its_edges_and_steps():
    grid = Grid(np.array([-1.0, 3.0]), 4, np.array([0.0, 2.0]))
    assert grid.edges.tolist() == [-1, 0, 1, 2, 3]
    assert grid.steps.tolist() == [[-1.0, REFINE], [0.0, WINDOW_BINS / 2]]


def test_coarsening_adds_neighbours():
    assert coarsen(np.arange(12), 4).tolist() == [3, 12, 21, 30]
    assert coarsen(np.arange(24).reshape(2, 12), 1).tolist() == [[66], [210]]
    with pytest.raises(ValueError, match="reshape"):
        coarsen(np.arange(12), 5)


def test_compared_counts_are_those_of_the_extent_in_64_bits():
    counts = np.full((2, 9, 3 * REFINE + WINDOW_BINS), 2**31 - 1, np.int32)
    counts[..., 3 * REFINE :] = 7
    for part in (counts, counts[1]):
        compared = compared_counts(part, 3)
        assert compared.shape == (*part.shape[:-1], 3)
        assert (compared == REFINE * (2**31 - 1)).all()
