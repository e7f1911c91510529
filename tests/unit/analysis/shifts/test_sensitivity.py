"""Kendall's tau against SciPy, and the table against the shifts it summarises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from coefficient_moments import gaussians_like
from filtershift.analysis.shifts.choices import PAPER, Choices
from filtershift.analysis.shifts.divergences import chosen_parts
from filtershift.analysis.shifts.gaussian import Gaussians
from filtershift.analysis.shifts.sensitivity import CONFIGURED, kendall_tau, sensitivity
from filtershift.analysis.shifts.weighting import FineCounts
from filtershift.passes.histograms import REFINE, Grid

BINS = 6
RATIO = np.arange(9.0, 0, -1) / 45
NUMBERS = st.one_of(st.integers(0, 4).map(float), st.floats(-1e6, 1e6))


@given(pairs=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=60))
def test_tau_is_scipys_with_ties_of_any_kind(pairs):
    x, y = np.array(pairs).T
    np.testing.assert_allclose(kendall_tau(x, y), kendalltau(x, y).statistic, rtol=1e-12, atol=1e-12)


def test_tau_of_many_pairs_is_scipys():
    rng = np.random.default_rng(0)
    x = rng.random(20_000)
    y = np.round(x + rng.normal(0, 0.3, len(x)), 2)
    assert kendall_tau(x, y) == pytest.approx(kendalltau(x, y).statistic, rel=1e-12)
    assert kendall_tau(x, x) == 1
    assert kendall_tau(x, -x) == -1


@pytest.mark.parametrize("few", [[], [1.0]])
def test_fewer_than_two_pairs_have_no_ranking(few):
    assert np.isnan(kendall_tau(np.array(few), np.array(few)))


def fine_of(counts, grid):
    """The same histograms (groups, 9, bins) by filter, and other ones by layer and model, with made-up moments."""
    known = dict(zip(("filter", "layer", "model"), counts, strict=True))
    of_groups = {weighting: gaussians_like(own, seed) for seed, (weighting, own) in enumerate(known.items())}
    return FineCounts(known, counts[0].sum(axis=(0, 1)), grid, of_groups)


def made(groups, seed=0):
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(BINS * REFINE, 0.3), (3, groups, 9))
    counts = [rng.multinomial(10**4, share).astype(float) for share in shares]
    grid = Grid(np.array([-1.0, 2.0]), BINS, np.array([-1.0, 2.0]))
    return fine_of(counts, grid)


def test_a_row_says_what_one_other_choice_makes_of_the_shifts():
    fine, labels = made(5), list("vwxyz")
    table = sensitivity(fine, labels, PAPER, BINS, RATIO)
    assert table["choice"].tolist() == [
        CONFIGURED, "weighting", "weighting", "extent", "extent", "epsilon", "epsilon",
        "divergence", "divergence", "divergence", "divergence", "divergence", "weights", "bins", "bins", "bins",
    ]  # fmt: skip
    assert table["value"].tolist()[-3:] == ["3", "12", "24"]
    assert (table["n_pairs"] == 10).all()
    a, b = np.triu_indices(5, k=1)
    before = chosen_parts(fine, PAPER, BINS, RATIO)[:, a, b]
    after = chosen_parts(fine, Choices(weighting="layer"), BINS, RATIO)[:, a, b]
    x, y = before.sum(axis=0), after.sum(axis=0)
    row = table[table["value"] == "layer"].iloc[0]
    assert row["kendall_tau"] == pytest.approx(kendalltau(x, y).statistic)
    assert row["median_ratio"] == pytest.approx(np.median(y / x))
    far = int(np.argmax(np.abs(np.log(y / x))))
    assert row["largest_change"] == pytest.approx(y[far] / x[far] - 1)
    assert (row["a"], row["b"]) == (labels[a[far]], labels[b[far]])
    assert [row[f"share_{i}"] for i in range(9)] == pytest.approx((after / y).mean(axis=1))
    first = table.iloc[0]
    assert (first["kendall_tau"], first["median_ratio"], first["largest_change"]) == (1, 1, 0)
    assert [first[f"share_{i}"] for i in range(9)] == pytest.approx((before / x).mean(axis=1))


def test_shifts_of_another_unit_have_no_ratio():
    table = sensitivity(made(4), list("wxyz"), Choices(divergence="js"), BINS, RATIO)
    other = table["choice"] == "divergence"
    assert table.loc[other, "value"].tolist() == ["kl", "wasserstein", "tv", "frechet", "bures"]
    assert table.loc[other, ["median_ratio", "largest_change", "a", "b"]].isna().all(axis=None)
    assert table.loc[~other, ["median_ratio", "largest_change"]].notna().all(axis=None)
    assert table["kendall_tau"].notna().all()


def test_what_histograms_need_changes_no_distance_of_means_and_covariances():
    table = sensitivity(made(4), list("wxyz"), Choices(divergence="frechet"), BINS, RATIO).set_index("choice")
    for choice in ("extent", "epsilon", "weights", "bins"):
        assert (table.loc[choice, ["kendall_tau", "median_ratio"]] == 1).all(axis=None)
    assert (table.loc["weighting", "median_ratio"] != 1).all()
    assert table.loc["divergence", "value"].tolist() == ["kl", "js", "wasserstein", "tv", "bures"]


def test_groups_without_filters_take_no_part_and_one_group_has_no_pairs():
    fine = made(4)
    expected = sensitivity(fine, list("wxyz"), PAPER, BINS, RATIO)
    with_empty = FineCounts(
        {weighting: np.insert(counts, 2, 0, axis=0) for weighting, counts in fine.groups.items()},
        fine.every,
        fine.grid,
        {
            weighting: Gaussians(*(np.insert(values, 2, np.nan, axis=0) for values in vars(own).values()))
            for weighting, own in fine.gaussians.items()
        },
    )
    found = sensitivity(with_empty, ["w", "x", "-", "y", "z"], PAPER, BINS, RATIO)
    assert found["n_pairs"].tolist() == expected["n_pairs"].tolist()
    np.testing.assert_allclose(found["kendall_tau"], expected["kendall_tau"])
    assert found["a"].tolist()[1:] == expected["a"].tolist()[1:]
    alone = sensitivity(made(1), ["w"], PAPER, BINS, RATIO)
    assert (alone["n_pairs"] == 0).all()
    assert alone.drop(columns=["choice", "value", "n_pairs"]).isna().all(axis=None)


def test_an_odd_number_of_bins_is_not_halved():
    grid = Grid(np.array([-1.0, 1.0]), 5, np.array([-1.0, 1.0]))
    counts = np.random.default_rng(0).integers(1, 9, (3, 9, 40)).astype(float)
    fine = fine_of([counts] * 3, grid)
    table = sensitivity(fine, list("abc"), PAPER, 5, RATIO)
    assert table.loc[table["choice"] == "bins", "value"].tolist() == ["10", "20"]
