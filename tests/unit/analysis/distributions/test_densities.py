"""Kernel densities from window histograms against KDEpy on the coefficients themselves."""

import warnings

import numpy as np
import pytest
from KDEpy import FFTKDE
from KDEpy.bw_selection import silvermans_rule

from filtershift.analysis.distributions.densities import POINTS, bandwidth, densities, density, quantile
from filtershift.passes.bases import Basis

BINS = 1024

DISTRIBUTIONS = {
    "normal": lambda rng, n: rng.normal(0, 1, n),
    "laplace": lambda rng, n: rng.laplace(0, 1, n),
    "uniform": lambda rng, n: rng.uniform(-1, 1, n),
    "skewed": lambda rng, n: rng.gamma(3, 0.5, n),
    "two modes": lambda rng, n: rng.normal(rng.choice([-2, 2], n), 0.5),
    "peaked": lambda rng, n: rng.normal(0, np.where(rng.random(n) < 0.8, 0.1, 1)),
    "heavy tails": lambda rng, n: rng.standard_t(3, n),
}


def window_of(values):
    """Four standard deviations about the mean, as far as there are values."""
    middle, spread = values.mean(), 4 * values.std()
    return np.array([max(middle - spread, values.min()), min(middle + spread, values.max())])


def counted(values, window, bins=BINS):
    """A window's histogram: what lies outside is in the first and last bin."""
    return np.histogram(np.clip(values, *window), bins, tuple(window))[0]


@pytest.mark.parametrize("n", [300, 10_000, 1_000_000])
@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_densities_equal_those_of_the_coefficients(name, n, rng):
    values = DISTRIBUTIONS[name](rng, n)
    window = window_of(values)
    x = np.linspace(*window, POINTS)
    result = density(counted(values, window), window, values.std(ddof=1), x)
    ends = values.min() - 1, values.max() + 1
    grid = np.linspace(*ends, 1 << 15)
    expected = np.interp(x, grid, FFTKDE(bw="silverman").fit(values).evaluate(grid))
    error = np.abs(result - expected) / expected.max()
    # The window's first and last bin are not drawn, which shows within a few bandwidths of its ends.
    assert error.max() < 0.025
    assert error[100:-100].max() < (0.01 if n < 1000 else 0.0025)


@pytest.mark.parametrize("scale", [1e-44, 1e38])
def test_coefficients_of_any_size(scale, rng):
    """From the smallest to the largest numbers of float32."""
    values = rng.normal(0, 1, 1000)
    window = window_of(values)
    counts, x = counted(values, window), np.linspace(*window, POINTS)
    expected = density(counts, window, values.std(), x)
    np.testing.assert_allclose(density(counts, scale * window, scale * values.std(), scale * x) * scale, expected)


@pytest.mark.parametrize("n", [1000, 100_000])
@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_the_bandwidth_is_silvermans(name, n, rng):
    values = DISTRIBUTIONS[name](rng, n)
    window = window_of(values)
    edges = np.linspace(*window, BINS + 1)
    result = bandwidth(counted(values, window), edges, values.std(ddof=1))
    assert result == pytest.approx(silvermans_rule(values[:, None]), rel=0.01)


def test_the_bandwidth_is_a_bin_at_least():
    edges = np.linspace(-1, 1, 101)
    counts = np.zeros(100, np.int64)
    counts[40] = 10**9
    assert bandwidth(counts, edges, 0.0) == pytest.approx(0.02)
    assert bandwidth(counts, edges, 5.0) == pytest.approx(0.02)


def test_quantiles_are_linear_within_a_bin():
    counts, edges = np.array([1, 0, 2, 1]), np.array([0.0, 1, 2, 4, 5])
    assert [quantile(counts, edges, share) for share in (0, 0.125, 0.5, 0.75, 1)] == [0, 0.5, 3, 4, 5]


def test_mass_outside_the_window_is_not_drawn_but_counts(rng):
    values = np.concatenate([rng.normal(0, 1, 30_000), np.full(6000, 50.0), np.full(4000, -80.0)])
    window = np.array([-5.0, 5.0])
    x = np.linspace(-10, 10, POINTS)
    result = density(counted(values, window), window, values.std(ddof=1), x)
    assert result.sum() * (x[1] - x[0]) == pytest.approx(0.75, rel=1e-3)
    assert result[np.abs(x) > 7].max() < 1e-6


def test_nothing_inside_the_window_is_zero():
    counts = np.zeros(BINS, np.int64)
    counts[[0, -1]] = 5, 7
    x = np.linspace(-1, 1, POINTS)
    assert not density(counts, np.array([-1.0, 1.0]), 3.0, x).any()
    assert not density(0 * counts, np.array([-1.0, 1.0]), 0.0, x).any()


@pytest.mark.parametrize("position", [1, 500, BINS - 2])
@pytest.mark.parametrize("n", [1, 10**9])
def test_all_mass_in_one_bin_is_a_peak_there(position, n):
    counts = np.zeros(BINS, np.int64)
    counts[position] = n
    window = np.array([-1.0, 1.0])
    x = np.linspace(-1.5, 1.5, POINTS)
    result = density(counts, window, 0.0, x)
    assert result.sum() * (x[1] - x[0]) == pytest.approx(1, rel=1e-3)
    assert abs(x[result.argmax()] - (-1 + (position + 0.5) * 2 / BINS)) <= x[1] - x[0]


@pytest.mark.parametrize("narrow", [0.3, 0.1, 0.03, 0.01, 0.001])
def test_a_component_much_narrower_than_the_window_keeps_its_mass(narrow, rng):
    values = rng.normal(0, narrow, 100_000)
    window = np.array([-4.0, 4.0])
    x = np.linspace(*window, POINTS)
    result = density(counted(values, window), window, values.std(ddof=1), x)
    assert result.sum() * (x[1] - x[0]) == pytest.approx(1, rel=1e-3)
    assert abs(x[result.argmax()]) < 3 * narrow + (x[1] - x[0])


def test_densities_of_groups_use_their_deviation_along_the_global_components(rng):
    basis = np.linalg.qr(rng.normal(size=(9, 9)))[0]
    filters = rng.normal(size=(50_000, 9)) @ rng.normal(0, 0.5, (9, 9))
    variance, vectors = np.linalg.eigh(np.cov(filters.T))
    coefficients = filters @ basis.T
    window = np.array([coefficients.min(), coefficients.max()])
    counts = np.stack([counted(column, window) for column in coefficients.T])
    unknown = np.full(9, np.nan)
    without = Basis(np.eye(9), np.zeros(9), unknown, unknown, 1)
    whole = Basis(vectors.T[::-1], filters.mean(axis=0), variance[::-1], variance[::-1] / variance.sum(), len(filters))
    bases = {"all": whole, "one": without, "none": without}
    one = np.zeros_like(counts)
    one[:, 300] = 1
    x, result = densities({"all": counts, "one": one, "none": 0 * counts}, bases, window, basis)
    np.testing.assert_allclose(x, np.linspace(*window, POINTS))
    assert list(result) == ["all", "one", "none"]
    for i, column in enumerate(coefficients.T):
        expected = density(counts[i], window, column.std(ddof=1), x)
        np.testing.assert_allclose(result["all"][i], expected, atol=1e-6 * expected.max())
    np.testing.assert_allclose(result["one"].sum(axis=1) * (x[1] - x[0]), 1, rtol=1e-3)
    assert not result["none"].any()


def test_no_warning_is_raised(rng):
    values = rng.normal(0, 1, 1000)
    window = window_of(values)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        density(counted(values, window), window, 1.0, np.linspace(*window, POINTS))
