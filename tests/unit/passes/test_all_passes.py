"""All passes at once: the same as one by one, and the last only where its results are taken."""

import numpy as np
import pytest

from filtershift.passes import kernels
from filtershift.passes.all_passes import measure, measure_in
from filtershift.passes.bases import global_bases
from filtershift.passes.extent import measure_extent
from filtershift.passes.histograms import REFINE, WINDOW_BINS, make_grids
from filtershift.passes.moments import measure_moments
from numpy_reference import InMemory, assert_identical, row_ranges_of
from taken import counts_of, taken


def assert_same_counts(counted, expected):
    assert [one.layer for one in counted] == list(expected)
    for one in counted:
        np.testing.assert_array_equal(one.counts, expected[one.layer])


def test_all_at_once_are_one_by_one(hostile):
    filters, row_ranges = hostile
    source, found = InMemory(filters), taken(measure(InMemory(filters), row_ranges, 31, threads=2))
    moments = measure_moments(source, row_ranges)
    bases = global_bases(moments)
    extent = measure_extent(source, row_ranges, bases, moments)
    grids = make_grids(moments, extent, bases, 31)
    assert_identical(found.moments, moments)
    assert_identical(found.extent, extent)
    for one, other in zip(found.bases, bases, strict=True):
        np.testing.assert_array_equal(one.components, other.components)
    for one, other in zip(found.grids, grids, strict=True):
        np.testing.assert_array_equal(one.edges, other.edges)
        np.testing.assert_array_equal(one.window, other.window)
    assert_same_counts(found.counted, counts_of(source, row_ranges, bases, grids))


def test_in_bases_and_on_grids_of_its_own_a_data_set_measures_the_same(hostile):
    filters, row_ranges = hostile
    source = InMemory(filters)
    found = taken(measure(source, row_ranges))
    again = taken(measure_in(source, row_ranges, found.bases, found.grids))
    assert_identical(again.moments, found.moments)
    assert_identical(again.extent, found.extent)
    assert_same_counts(again.counted, {one.layer: one.counts for one in found.counted})


def test_models_beyond_the_grids_of_a_data_set_count_in_their_outermost_bins(rng):
    row_ranges = row_ranges_of([(0, 600)], [(600, 1000)])
    filters = rng.normal(0, 0.1, (1000, 9))
    known = measure(InMemory(filters), row_ranges, 20)
    placed = taken(measure_in(InMemory(100 * filters), row_ranges, known.bases, known.grids))
    for one, n in zip(placed.counted, (600, 400), strict=True):
        whole = one.counts[1, :, : 20 * REFINE]
        assert (whole.sum(axis=-1) == n).all()
        assert (whole[:, [0, -1]].sum(axis=-1) > 0.9 * n).all()
        assert (one.counts[1, :, -WINDOW_BINS:].sum(axis=-1) == n).all()
    assert (placed.extent.low[:, 1] < known.grids[1].extent[0]).all()


def test_the_last_pass_runs_while_its_results_are_taken(hostile, monkeypatch):
    found = measure(InMemory(hostile[0]), hostile[1])

    def never(*_):
        raise AssertionError("pass 2 runs")

    monkeypatch.setattr(kernels, "coefficients", never)
    with pytest.raises(AssertionError, match="pass 2 runs"):
        next(found.counted)


def test_progress_sees_the_work_of_every_pass(hostile):
    seen = []

    def progress(items):
        seen.append(len(items))
        return iter(items)

    found = measure(InMemory(hostile[0]), hostile[1], progress=progress)
    extent = len(seen)
    assert len(list(found.counted)) == 9
    assert len(seen) == extent + 1
    assert seen[0] == seen[-1]
