"""Every choice against SciPy and against its definition, on raw coefficients."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy, wasserstein_distance

from filtershift.analysis.shifts.choices import GAUSSIAN, KNOWN, PAPER, Choices, check_choices
from filtershift.analysis.shifts.d_matrix import component_shifts, probabilities
from filtershift.analysis.shifts.divergences import HELD, chosen_parts, divergences, rebinned, smoothed
from filtershift.analysis.shifts.weighting import FineCounts
from filtershift.errors import FiltershiftError
from filtershift.passes.histograms import REFINE, Grid, coarsen

BINS, FINE = 10, 10 * REFINE
LOW, HIGH = -1.0, 3.0
FINE_EDGES = np.linspace(LOW, HIGH, FINE + 1)
RATIO = np.arange(9.0, 0, -1) / 45
SEEDS = st.integers(0, 2**32 - 1)
FLOAT32_EPS = 1.1920929e-07
# Those of means and covariances are in test_gaussian.py.
OF_HISTOGRAMS = [kind for kind in KNOWN["divergence"] if kind not in GAUSSIAN]


def coefficients(seed, groups=3):
    """Coefficients (groups, 9, n) on the centres of fine bins, of distributions of several places and widths."""
    rng = np.random.default_rng(seed)
    drawn = rng.normal(rng.uniform(-0.5, 2, (groups, 9, 1)), rng.uniform(0.02, 1, (groups, 9, 1)), (groups, 9, 200))
    centres = (FINE_EDGES[1:] + FINE_EDGES[:-1]) / 2
    return centres[np.digitize(np.clip(drawn, LOW, HIGH - 1e-9), FINE_EDGES) - 1]


def histograms(values, edges):
    return np.apply_along_axis(lambda row: np.histogram(row, edges)[0], -1, values)


def fine_of(values):
    counts = histograms(values, FINE_EDGES).astype(float)
    grid = Grid(np.array([LOW, HIGH]), BINS, np.array([LOW, HIGH]))
    return FineCounts(dict.fromkeys(KNOWN["weighting"], counts), counts.sum(axis=(0, 1)), grid, {})


def naive(counts, width, choices):
    """The parts (9, groups, groups) of histograms (groups, 9, bins), by the book."""

    def probability(count):
        p = count / count.sum()
        if choices.epsilon == "floor":
            p = np.maximum(p, FLOAT32_EPS)
        elif choices.epsilon == "pseudocount":
            p = count + 0.5
        else:
            p = np.where(count > 0, p / width, FLOAT32_EPS)
        return p / p.sum()

    def between(p, q):
        if choices.divergence == "kl":
            return entropy(p, q) + entropy(q, p)
        if choices.divergence == "js":
            return jensenshannon(p, q) ** 2
        if choices.divergence == "tv":
            return np.abs(p - q).sum() / 2
        places = np.arange(len(p)) * width
        return wasserstein_distance(places, places, p, q)

    p = [[probability(count) for count in group] for group in counts]
    groups = range(len(counts))
    return np.array([[[q * between(p[a][i], p[b][i]) for b in groups] for a in groups] for i, q in enumerate(RATIO)])


@pytest.mark.parametrize("epsilon", KNOWN["epsilon"])
@pytest.mark.parametrize("divergence", OF_HISTOGRAMS)
def test_every_epsilon_and_divergence_equals_scipys(epsilon, divergence):
    values, choices = coefficients(1), Choices(epsilon=epsilon, divergence=divergence)
    expected = naive(histograms(values, np.linspace(LOW, HIGH, BINS + 1)), (HIGH - LOW) / BINS, choices)
    np.testing.assert_allclose(chosen_parts(fine_of(values), choices, BINS, RATIO), expected, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("bins", [5, 10, 20, 40])
def test_other_numbers_of_bins_are_those_of_the_coefficients(bins):
    values = coefficients(2)
    expected = naive(histograms(values, np.linspace(LOW, HIGH, bins + 1)), (HIGH - LOW) / bins, PAPER)
    np.testing.assert_allclose(chosen_parts(fine_of(values), PAPER, bins, RATIO), expected, rtol=1e-6, atol=1e-12)


def test_the_symmetric_extent_bins_the_coefficients_around_zero():
    # 12 bins from -3 to 3 have edges that are edges of fine bins.
    values, choices = coefficients(3), Choices(extent="symmetric")
    edges = np.linspace(-3, 3, 13)
    counts, width = rebinned(fine_of(values), choices, 12)
    np.testing.assert_allclose(counts, histograms(values, edges), rtol=1e-12)
    assert width == pytest.approx(0.5)
    expected = naive(histograms(values, edges), 0.5, choices)
    np.testing.assert_allclose(chosen_parts(fine_of(values), choices, 12, RATIO), expected, rtol=1e-6, atol=1e-12)


def test_the_quantile_extent_holds_its_share_with_a_bin_for_the_rest_on_each_side():
    values = coefficients(4, groups=6)
    counts, width = rebinned(fine_of(values), Choices(extent="quantile"), BINS)
    assert counts.shape == (6, 9, BINS + 2)
    np.testing.assert_allclose(counts.sum(axis=-1), values.shape[-1])
    whole = counts.sum(axis=(0, 1)) / values.size
    assert whole[1:-1].sum() == pytest.approx(HELD)
    assert whole[0] == pytest.approx(whole[-1]) == pytest.approx((1 - HELD) / 2)
    # Within one fine bin it is the range between the quantiles of the coefficients themselves.
    low, high = np.quantile(values, [(1 - HELD) / 2, (1 + HELD) / 2])
    assert width * BINS == pytest.approx(high - low, abs=2 * (HIGH - LOW) / FINE)


@given(seed=SEEDS, bins=st.integers(2, 60))
def test_an_edge_misplaces_less_than_the_coefficients_of_a_fine_bin(seed, bins):
    values = coefficients(seed, groups=1)
    counts, _ = rebinned(fine_of(values), Choices(extent="symmetric"), bins)
    edges = np.linspace(-3, 3, bins + 1)
    below = np.cumsum(counts[0], axis=-1)
    true = (values[0][:, None, :] < edges[1:, None]).sum(axis=-1)
    crossed = np.clip(np.digitize(edges[1:], FINE_EDGES) - 1, 0, FINE - 1)
    assert (np.abs(below - true) <= histograms(values[0], FINE_EDGES)[:, crossed] + 1e-9).all()


def test_the_papers_choices_are_the_papers_shift_bit_for_bit():
    fine = fine_of(coefficients(5, groups=4))
    edges = fine.grid.edges
    whole = coarsen(fine.groups["filter"].astype(np.int64), BINS)
    expected = component_shifts(probabilities(whole, edges[1] - edges[0])) * RATIO[:, None, None]
    np.testing.assert_array_equal(chosen_parts(fine, PAPER, BINS, RATIO), expected)


@pytest.mark.parametrize("extent", KNOWN["extent"])
@pytest.mark.parametrize("epsilon", KNOWN["epsilon"])
@pytest.mark.parametrize("divergence", OF_HISTOGRAMS)
@given(seed=SEEDS)
@settings(max_examples=5, deadline=None)
def test_whatever_is_chosen_is_a_divergence(extent, epsilon, divergence, seed):
    values = coefficients(seed, groups=4)
    values[3] = values[0]
    parts = chosen_parts(fine_of(values), Choices("filter", extent, epsilon, divergence), BINS, RATIO)
    assert (parts >= 0).all()
    np.testing.assert_array_equal(parts, parts.transpose(0, 2, 1))
    np.testing.assert_allclose(np.diagonal(parts, axis1=1, axis2=2), 0, atol=1e-14)
    np.testing.assert_allclose(parts[:, 0, 3], 0, atol=1e-13)
    np.testing.assert_allclose(parts[:, 0, 1], parts[:, 3, 1], rtol=1e-9, atol=1e-13)
    bound = {"js": np.log(2), "tv": 1}.get(divergence, np.inf)
    assert (parts <= bound * RATIO[:, None, None] + 1e-12).all()


def test_groups_that_share_nothing_are_as_far_apart_as_can_be():
    p = np.zeros((2, 9, 4))
    p[0, :, 0] = p[1, :, 3] = 1
    p = smoothed(p * 1e9, 1.0, "floor")
    apart = {kind: divergences(p, 0.5, kind)[0, 0, 1] for kind in ("js", "tv", "wasserstein")}
    assert apart == pytest.approx({"js": np.log(2), "tv": 1, "wasserstein": 1.5}, rel=1e-4)


@pytest.mark.parametrize("divergence", OF_HISTOGRAMS)
@pytest.mark.parametrize("epsilon", KNOWN["epsilon"])
def test_a_group_without_filters_has_no_shift_and_changes_no_other(epsilon, divergence):
    fine, choices = fine_of(coefficients(6, groups=4)), Choices(epsilon=epsilon, divergence=divergence)
    expected = chosen_parts(fine, choices, BINS, RATIO)
    counts = fine.groups["filter"].copy()
    counts[2] = 0
    parts = chosen_parts(replace(fine, groups={"filter": counts}), choices, BINS, RATIO)
    assert np.isnan(parts[:, 2]).all()
    rest = np.ix_(range(9), [0, 1, 3], [0, 1, 3])
    np.testing.assert_allclose(parts[rest], expected[rest], rtol=1e-12)


@pytest.mark.parametrize("ends", [(-0.5, 1.5), (-2.0, 4.0), (-0.98, 0.03)])
def test_a_fixed_range_leaves_out_what_lies_beyond(ends):
    values, choices = coefficients(8), Choices(extent=list(ends))
    counts, width = rebinned(fine_of(values), choices, BINS)
    edges = np.linspace(*ends, BINS + 1)
    assert width == pytest.approx(edges[1] - edges[0])
    true = histograms(values, edges)
    # What an edge misplaces lies in the stored bin that it cuts.
    crossed = np.array([np.histogram(edges, [low, high])[0].any() for low, high in pairwise(FINE_EDGES)])
    wrong = np.abs(np.cumsum(counts, axis=-1) - np.cumsum(true, axis=-1)).max(axis=-1)
    assert (wrong <= 2 * histograms(values, FINE_EDGES)[:, :, crossed].max(axis=-1) + 1e-9).all()
    if ends == (-0.5, 1.5):  # edges that are edges of stored bins
        np.testing.assert_allclose(counts, true, atol=1e-9)
        parts = chosen_parts(fine_of(values), choices, BINS, RATIO)
        np.testing.assert_allclose(parts, naive(true, width, choices), rtol=1e-6, atol=1e-12)


def test_a_range_without_coefficients_is_told():
    with pytest.raises(FiltershiftError, match=r"no coefficient lies in \[5, 6\]; they are -1 to 3"):
        rebinned(fine_of(coefficients(8)), Choices(extent=[5, 6]), BINS)


def test_components_may_count_the_same():
    fine = fine_of(coefficients(9))
    equal = chosen_parts(fine, Choices(weights="equal"), BINS, RATIO)
    np.testing.assert_allclose(equal, chosen_parts(fine, PAPER, BINS, RATIO) / RATIO[:, None, None] / 9, rtol=1e-12)


@pytest.mark.parametrize("extent", [[3, -3], [1], [0, 1, 2], ["a", "b"], [0, float("inf")], []])
def test_a_fixed_range_is_two_rising_numbers(extent):
    check_choices(Choices(extent=[-3, 3.5]))
    with pytest.raises(FiltershiftError, match=r"choices\.extent takes two rising numbers, as in \[-3,3\], not \["):
        check_choices(Choices(extent=extent))


def test_unknown_choices_are_told():
    check_choices(PAPER)
    check_choices(Choices(divergence="js"))
    with pytest.raises(FiltershiftError, match=r"choices\.weighting must be one of filter, layer, model, not groups"):
        check_choices(Choices(weighting="groups"))
