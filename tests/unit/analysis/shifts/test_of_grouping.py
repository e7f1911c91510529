"""The shifts of a grouping from stored histograms, against the functions they are made of."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from coefficient_moments import made_moments
from filtershift.analysis.distributions.densities import POINTS
from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.shifts.choices import Choices
from filtershift.analysis.shifts.d_matrix import shift_tables
from filtershift.analysis.shifts.of_grouping import measure_shifts
from filtershift.analysis.shifts.sensitivity import CONFIGURED
from filtershift.passes.bases import Basis
from filtershift.passes.histograms import REFINE, WINDOW_BINS, Grid, coarsen
from filtershift.passes.stored.histograms import group_counts, load_grid, save_histograms
from taken import without_extents

BINS = 4
# Layer 4 is in no group, layer 5 has no filters and is alone in its group.
SIZES = [100, 300, 50, 2000, 400, 0]
LABELS = ["far", "near", "none", "also near"]
GROUPS = Membership(LABELS, [1, 2, 1, 1], {0: 1, 1: 1, 2: 0, 3: 3, 5: 2})
MODEL = pd.Series([7, 3, 7, 3, 3, 5])
TABLE = pd.DataFrame({"group": LABELS, "n_filters": [50, 400, 0, 2000], "n_layers": [1, 2, 1, 1], "n_models": 1})
RATIO = np.arange(9, 0, -1) / 45
BASIS = Basis(np.eye(9), np.zeros(9), RATIO, RATIO, sum(SIZES))
OWN = Basis(np.eye(9), np.zeros(9), np.full(9, 0.04), np.full(9, 1 / 9), 100)


@pytest.fixture(scope="module")
def histograms(tmp_path_factory):
    """The files of two shards; layer 2 is of another distribution than the others."""
    folder, rng = tmp_path_factory.mktemp("histograms"), np.random.default_rng(0)
    grid = Grid(np.array([-1.0, 1.0]), BINS, np.array([-0.5, 0.5]))
    likely = [np.full((9, bins), 1 / bins) for bins in (BINS * REFINE, WINDOW_BINS)]
    other = [rng.dirichlet(np.ones(part.shape[1]), 9) for part in likely]
    counted = without_extents(
        (k, np.stack([np.concatenate([rng.multinomial(n, p) for p in (other if k == 2 else likely)], axis=1)] * 2))
        for k, n in enumerate(SIZES)
    )
    paths = [folder / "scaled.0.h5", folder / "scaled.1.h5"]
    for path, part in zip(paths, (counted[:3], counted[3:]), strict=True):
        save_histograms((path, folder / "unscaled.h5"), (grid, grid), part)
    return paths


def measured(histograms, **options):
    return measure_shifts(
        histograms, made_moments(SIZES), GROUPS, TABLE, MODEL, BASIS, dict.fromkeys(LABELS, OWN), **options
    )


def expected(histograms, order="shift"):
    counts = coarsen(group_counts(histograms, "extent", GROUPS.group_of, len(LABELS)), BINS)
    edges = load_grid(histograms[0]).edges
    matrix, n, components = shift_tables(dict(zip(LABELS, counts, strict=True)), edges, RATIO, TABLE, order)
    return SimpleNamespace(matrix=matrix, n=n, components=components)


@pytest.mark.parametrize("order", ["shift", "natural"])
def test_the_papers_choices_give_the_d_matrix_of_the_summed_histograms(histograms, order):
    found, by_hand = measured(histograms, order=order), expected(histograms, order)
    pd.testing.assert_frame_equal(found.matrix, by_hand.matrix, check_exact=True)
    pd.testing.assert_frame_equal(found.n, by_hand.n, check_exact=True)
    pd.testing.assert_frame_equal(found.components, by_hand.components, check_exact=True)
    assert found.n["n_filters"].tolist() == [
        dict(zip(LABELS, [50, 400, 0, 2000], strict=True))[g] for g in found.matrix
    ]


def test_groups_are_shown_by_mean_shift_and_those_without_filters_last(histograms):
    found = measured(histograms)
    assert list(found.matrix.index) == ["also near", "near", "far", "none"]
    assert found.matrix["none"].isna().all()
    assert list(found.counts) == list(found.window_counts) == list(found.densities) == LABELS


def test_choices_change_the_matrix_and_not_the_histograms(histograms):
    paper, chosen = measured(histograms), measured(histograms, choices=Choices(weighting="layer", divergence="tv"))
    assert not np.allclose(paper.matrix.loc["near", "far"], chosen.matrix.loc["near", "far"])
    for label in LABELS:
        np.testing.assert_array_equal(paper.counts[label], chosen.counts[label])
    assert paper.sensitivity["choice"].iloc[0] == chosen.sensitivity["choice"].iloc[0] == CONFIGURED
    tried = paper.sensitivity.set_index(["choice", "value"])
    assert tried["kendall_tau"].notna().all()
    assert {("weighting", "layer"), ("divergence", "tv"), ("bins", "8")} <= set(tried.index)


def test_histograms_and_densities_are_those_of_the_groups(histograms):
    found = measured(histograms)
    window = group_counts(histograms, "window", GROUPS.group_of, len(LABELS))
    for k, label in enumerate(LABELS):
        np.testing.assert_array_equal(found.window_counts[label], window[k])
        assert found.counts[label].dtype == np.int64
        assert found.counts[label].shape == (9, BINS)
        assert found.densities[label].shape == (9, POINTS)
    assert found.x[[0, -1]].tolist() == found.grid.window.tolist() == [-0.5, 0.5]
    # Nearly all of a density is within the window, and nothing where there are no filters.
    assert np.trapezoid(found.densities["near"], found.x) == pytest.approx(1, abs=0.15)
    assert not found.densities["none"].any()
