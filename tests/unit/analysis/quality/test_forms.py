"""Shapes of distributions against direct computation, and the normal filters they are compared with."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filtershift.analysis.quality.forms import coincidence, negentropy
from filtershift.analysis.quality.normal_reference import POINTS, normal_points, reference_quantiles, scaled_normal
from numpy_reference import made_basis

WINDOW = np.array([-3.0, 3.0])
BINS = 1024
SPECTRUM = np.array([0.8, 0.4, 0.3, 0.25, 0.2, 0.1, 0.1, 0.05, 0.05])


def counts_of(values):
    """Histogram (1, 1, BINS) of values over the window."""
    return np.histogram(values, BINS, WINDOW)[0].astype(float)[None, None]


def scaled(filters):
    return filters / np.abs(filters).max(axis=1, keepdims=True)


@given(values=st.lists(st.sampled_from([-2.0, -1.0, 0.5, 2.0]), min_size=2, max_size=30))
def test_coincidence_counts_pairs_of_equal_filters(values):
    pairs = [a == b for i, a in enumerate(values) for b in values[:i]]
    expected = np.mean(pairs) * 2 * np.sqrt(np.pi) * 0.7 / (6 / BINS)
    assert coincidence(counts_of(values), WINDOW, np.full((1, 1), 0.7))[0, 0] == pytest.approx(expected)


@pytest.mark.parametrize(("n", "layers"), [(20, 2_000), (20_000, 10)])
def test_coincidence_of_normal_values_is_one_whatever_their_number(n, layers):
    rng = np.random.default_rng(0)
    counts = np.concatenate([counts_of(rng.normal(0, 0.5, n)) for _ in range(layers)])
    assert coincidence(counts, WINDOW, np.full((len(counts), 1), 0.5)).mean() == pytest.approx(1, abs=0.05)


def test_negentropy_of_values_is_that_of_their_shares():
    rng = np.random.default_rng(1)
    values, edges = rng.uniform(-2.9, 2.9, 900), np.linspace(*WINDOW, BINS + 1)[[200, 300, 350, 500, 650, 700, 900]]
    share = np.histogram(values, [-3, *edges, 3])[0] / 900
    expected = np.sum(share * np.log(share * 8)) - 7 / 2 * (1 / 900 + 1 / POINTS)
    assert negentropy(counts_of(values), WINDOW, edges[None, None])[0, 0] == pytest.approx(expected)


def test_negentropy_within_a_bin_is_linear():
    counts = np.zeros((1, 1, BINS))
    counts[0, 0, 512] = 1e9
    quarter = np.full((1, 1, 1), 0.25 * 6 / BINS)
    expected = 0.25 * np.log(0.5) + 0.75 * np.log(1.5) - 1 / 2 / POINTS
    assert negentropy(counts, WINDOW, quarter)[0, 0] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("outside", [-9.0, 9.0])
def test_parts_outside_the_window_are_empty_or_full(outside):
    counts = counts_of(np.linspace(-2.9, 2.9, 500))
    assert negentropy(counts, WINDOW, np.full((1, 1, 1), outside))[0, 0] == pytest.approx(np.log(2), abs=0.01)


def test_coincidence_and_negentropy_without_filters_are_undefined():
    none = np.zeros((1, 9, BINS))
    assert np.isnan(coincidence(none, WINDOW, np.ones((1, 9)))).all()
    assert np.isnan(negentropy(none, WINDOW, np.zeros((1, 9, 3)))).all()


def test_points_are_standard_normal():
    points = normal_points()
    assert points.shape == (9, POINTS)
    share = (points[:, :, None] < [-1.0, 0.0, 1.0, 2.0]).mean(axis=1)
    np.testing.assert_allclose(share, np.tile([0.1587, 0.5, 0.8413, 0.9772], (9, 1)), atol=0.002)
    np.testing.assert_allclose(np.corrcoef(points), np.eye(9), atol=0.15)


@pytest.mark.parametrize("shift", [0.0, 0.5])
@pytest.mark.parametrize("spectrum", [np.ones(9), SPECTRUM])
def test_normal_filters_are_found_by_what_scaling_makes_of_them(spectrum, shift):
    rng = np.random.default_rng(2)
    turn = np.linalg.qr(rng.normal(size=(9, 9)))[0]
    sample = scaled(rng.normal(size=(100_000, 9)) * spectrum @ turn + shift * np.eye(9)[0])
    mean, covariance = sample.mean(axis=0), np.cov(sample.T)
    filters = scaled_normal(mean[None], covariance[None], normal_points())
    np.testing.assert_allclose(np.abs(filters).max(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(filters[0].mean(axis=1), mean, atol=0.02)
    np.testing.assert_allclose(np.cov(filters[0]), covariance, atol=0.02)
    quantiles = reference_quantiles(filters, made_basis(turn, mean), 8)[0]
    below = (((sample - mean) @ turn.T)[:, :, None] < quantiles).mean(axis=0)
    np.testing.assert_allclose(below, np.tile(np.arange(1, 8) / 8, (9, 1)), atol=0.03)


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_filters_of_few_patterns_have_a_reference_too(rank):
    sample = scaled(np.random.default_rng(4).normal(size=(500, 9)))[:, :rank] @ np.eye(9)[:rank]
    filters = scaled_normal(sample.mean(axis=0)[None], np.cov(sample.T)[None], normal_points())
    assert np.isfinite(filters).all()
