"""The range that densities are drawn over."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import norm

import numpy_reference as reference
from filtershift.passes.histograms import density_window
from filtershift.passes.moments import measure_moments
from numpy_reference import STILL, InMemory, row_ranges_of


def window_of(layers, extent=(-100.0, 100.0)):
    """The window of layers of filters in the basis of the weights themselves."""
    ends = np.cumsum([0, *map(len, layers)]).tolist()
    moments = measure_moments(InMemory(np.concatenate(layers)), row_ranges_of(*([run] for run in pairwise(ends))))
    return density_window(moments, 1, STILL, np.array(extent))


def test_the_window_holds_99_percent_of_every_coefficient_and_half_of_the_widest_again(rng):
    filters = rng.uniform(-1, 1, 9) + rng.normal(size=(20_000, 9)) * np.linspace(0.1, 0.9, 9)
    middle, spread = filters.mean(axis=0), norm.ppf(0.995) * filters.std(axis=0)
    margin = spread.max() / 2
    expected = [(middle - spread).min() - margin, (middle + spread).max() + margin]
    np.testing.assert_allclose(window_of([filters]), expected, atol=1e-6)


def test_the_window_weighs_layers_by_their_filters(rng):
    sizes = (3000, 200, 1000, 40, 1, 500, 900)
    layers = [rng.normal(rng.normal(0, 0.5), rng.uniform(0.05, 0.4), (n, 1)) + np.zeros(9) for n in sizes]
    window = window_of(layers)
    inner = window + np.diff(window) * np.array([1, -1]) / 6

    def share_below(end):
        shares = [norm.cdf(end, rows[:, 0].mean(), max(rows[:, 0].std(), 1e-9)) for rows in layers]
        return np.average(shares, weights=sizes)

    np.testing.assert_allclose([share_below(end) for end in inner], [0.005, 0.995], atol=1e-6)
    values = np.concatenate(layers)[:, 0]
    assert ((values > inner[0]) & (values < inner[1])).mean() == pytest.approx(0.99, abs=0.005)


def test_few_outlying_filters_do_not_widen_the_window(rng):
    layers = [rng.normal(0, 0.1, (50, 9)) for _ in range(400)]
    plain = window_of(layers)
    np.testing.assert_allclose(window_of([*layers, rng.normal(0, 30, (20, 9))]), plain, rtol=0.1)
    assert (np.abs(window_of([*layers, rng.normal(0, 30, (2000, 9))])) > 10).all()


def test_the_window_is_that_of_coefficients(rng):
    """Turned and moved with the basis."""
    filters = rng.normal(size=(5000, 9)) @ rng.normal(0, 0.3, (9, 9)) + 2
    bases = reference.bases(filters)
    source, row_ranges = InMemory(filters), row_ranges_of([(0, 2000)], [(2000, 5000)])
    moments, extent = measure_moments(source, row_ranges), np.array([-50.0, 50.0])
    for v, data in enumerate(reference.variants(filters)):
        values = reference.coefficients(data, bases[v])
        expected = window_of([values[:2000], values[2000:]], extent)
        np.testing.assert_allclose(density_window(moments, v, bases[v], extent), expected, atol=1e-6)


@pytest.mark.parametrize("extent", [[-0.3, 0.4], [-0.5, 9.0], [4.0, 5.0]])
def test_the_window_stays_within_the_extent_and_is_never_flat(hostile, extent):
    filters, row_ranges = hostile
    moments = measure_moments(InMemory(filters), row_ranges)
    bases = reference.bases(filters)
    for v in range(2):
        low, high = density_window(moments, v, bases[v], np.array(extent))
        assert extent[0] <= low < high <= extent[1]


def test_the_window_of_equal_filters_is_narrow_and_about_them():
    low, high = window_of([np.zeros((30, 9)), np.zeros((5, 9))], (-0.5, 0.5))
    assert -1e-4 < low < 0 < high < 1e-4


def test_without_filters_the_window_is_the_extent():
    assert window_of([np.full((9, 9), np.nan)], (-0.5, 0.5)).tolist() == [-0.5, 0.5]
