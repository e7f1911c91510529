"""The range of each component that densities are drawn over."""

from itertools import pairwise

import numpy as np
import numpy_reference as reference
import pytest
from numpy_reference import InMemory, runs_of
from scipy.stats import norm

from filtershift.statistics.histograms import windows
from filtershift.statistics.moments import measure_moments


def windows_of(layers, extent=(-100.0, 100.0)):
    """Windows of layers of filters in the basis of the weights themselves."""
    ends = np.cumsum([0, *map(len, layers)]).tolist()
    moments = measure_moments(InMemory(np.concatenate(layers)), runs_of(*([run] for run in pairwise(ends))))
    return windows(moments, 1, np.eye(9), np.zeros(9), np.array(extent))


def test_a_window_holds_99_percent_of_a_normal_distribution_and_half_as_much_again(rng):
    filters = 0.5 + rng.normal(size=(20_000, 9)) * np.linspace(0.1, 0.9, 9)
    middle, spread = filters.mean(axis=0), 1.5 * norm.ppf(0.995) * filters.std(axis=0)
    expected = np.stack([middle - spread, middle + spread], axis=1)
    np.testing.assert_allclose(windows_of([filters]), expected, atol=1e-6)


def test_windows_weigh_layers_by_their_filters(rng):
    layers = [
        rng.normal(rng.normal(0, 0.5, 9), rng.uniform(0.05, 0.4), (n, 9)) for n in (3000, 200, 1000, 40, 1, 500, 900)
    ]
    result = windows_of(layers)
    inner = result + np.diff(result, axis=1) * np.array([1, -1]) / 6
    share = [
        sum(len(rows) * norm.cdf(ends, rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-9)) for rows in layers)
        / sum(map(len, layers))
        for ends in inner.T
    ]
    np.testing.assert_allclose(share, [[0.005] * 9, [0.995] * 9], atol=1e-6)
    for i in range(9):
        values = np.concatenate(layers)[:, i]
        assert ((values > inner[i, 0]) & (values < inner[i, 1])).mean() == pytest.approx(0.99, abs=0.005)


def test_few_outlying_filters_do_not_widen_a_window(rng):
    layers = [rng.normal(0, 0.1, (50, 9)) for _ in range(400)]
    plain = windows_of(layers)
    np.testing.assert_allclose(windows_of([*layers, rng.normal(0, 30, (20, 9))]), plain, rtol=0.1)
    assert (np.abs(windows_of([*layers, rng.normal(0, 30, (2000, 9))])) > 10).all()


def test_windows_stay_within_the_extent_and_are_never_flat(hostile):
    filters, runs = hostile
    moments = measure_moments(InMemory(filters), runs)
    components, mean = reference.bases(filters)
    for extent in ([-0.3, 0.4], [-0.5, 9.0], [4.0, 5.0]):
        for v in range(2):
            result = windows(moments, v, components[v], mean[v], np.array(extent))
            assert (result >= extent[0]).all()
            assert (result <= extent[1]).all()
            assert (result[:, 1] > result[:, 0]).all()


def test_a_window_of_equal_filters_is_narrow_and_about_them():
    result = windows_of([np.zeros((30, 9)), np.zeros((5, 9))], (-0.5, 0.5))
    assert (result[:, 0] < 0).all()
    assert (result[:, 1] > 0).all()
    assert (np.diff(result) < 1e-4).all()


def test_without_filters_a_window_is_the_extent():
    assert windows_of([np.full((9, 9), np.nan)], (-0.5, 0.5)).tolist() == [[-0.5, 0.5]] * 9
