"""Two data sets, each measured by itself in a fixed basis, against all their filters in one place."""

import numpy as np
import pytest

from filtershift.analysis.shifts.choices import Choices
from filtershift.analysis.shifts.divergences import divergences, rebinned, smoothed
from filtershift.analysis.shifts.weighting import FineCounts
from filtershift.passes.bases import global_bases
from filtershift.passes.extent import measure_extent
from filtershift.passes.filter_array import FilterArray
from filtershift.passes.histograms import REFINE, make_grids, measure_histograms
from filtershift.passes.moments import measure_moments
from filtershift.passes.patterns import symmetry_patterns

BINS, RANGE = 20, [-1.0, 1.5]


def measured(filters: np.ndarray) -> tuple[np.ndarray, float]:
    """The histograms (9, bins) of raw filters on the fixed range, from passes of their own, and the width of a bin."""
    source = FilterArray([filters])
    moments = measure_moments(source, source.row_ranges)
    bases = global_bases(moments, "symmetry")
    extent = measure_extent(source, source.row_ranges, bases, moments)
    grids = make_grids(moments, extent, bases, 40 * BINS)
    [found] = measure_histograms(source, source.row_ranges, bases, grids, moments)
    fine = found.counts[1, :, : 40 * BINS * REFINE][None].astype(float)
    counts, width = rebinned(FineCounts({"filter": fine}, fine.sum(axis=(0, 1)), grids[1], {}), CHOSEN, BINS)
    return counts[0], width


CHOSEN = Choices(extent=RANGE, weights="equal")


def test_two_data_sets_compare_without_a_common_run(rng: np.random.Generator) -> None:
    sets = [rng.normal(mean, size, (4000, 3, 3)) for mean, size in ((0.0, 0.3), (0.1, 0.5))]
    found, widths = zip(*map(measured, sets), strict=True)
    edges = np.linspace(*RANGE, BINS + 1)
    assert widths == pytest.approx(np.diff(edges)[:2])
    expected = np.stack(
        [[np.histogram(row, edges)[0] for row in symmetry_patterns() @ own.reshape(-1, 9).T] for own in sets]
    )
    # An edge misplaces less than the coefficients of one of the 320 stored bins in each.
    assert np.stack(found) == pytest.approx(expected, abs=4000 / 320)
    shift, true = (
        divergences(smoothed(counts.astype(float), widths[0], "pseudocount"), widths[0], "kl")[:, 0, 1]
        for counts in (np.stack(found), expected)
    )
    assert shift == pytest.approx(true, rel=0.02)
