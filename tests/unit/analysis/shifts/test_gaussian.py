"""Fréchet and Bures distances against matrix square roots of the filters themselves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import sqrtm

from coefficient_moments import made_layers, moments_of
from filtershift.analysis.shifts.choices import GAUSSIAN
from filtershift.analysis.shifts.gaussian import (
    Gaussians,
    coefficient_moments,
    gaussian_distances,
    gaussian_parts,
    gaussians,
)
from filtershift.passes.bases import pca
from filtershift.passes.moments import LayerMoments

LAYERS = made_layers([400, 60, 900, 0, 150, 30])
GROUP = np.array([0, 0, 1, 2, 3, 3])
WEIGHT = np.ones(6)


def of_groups():
    return gaussians(moments_of(LAYERS), WEIGHT, GROUP, 4)


def by_hand(x, y, divergence):
    """The distance of filters (n, 9), by the definition."""
    own, other = np.cov(x.T, ddof=0), np.cov(y.T, ddof=0)
    root = sqrtm(own)
    found = np.trace(own + other - 2 * sqrtm(root @ other @ root)).real
    return found + (((x.mean(axis=0) - y.mean(axis=0)) ** 2).sum() if divergence == "frechet" else 0)


@pytest.mark.parametrize("divergence", GAUSSIAN)
def test_the_parts_add_up_to_the_distance_of_the_filters(divergence):
    filters = [np.concatenate([x for x, own in zip(LAYERS, GROUP, strict=True) if own == g]) for g in (0, 1, 3)]
    parts = gaussian_parts(of_groups(), divergence)[:, [[0], [1], [3]], [0, 1, 3]]
    for a, b in ((0, 1), (0, 2), (1, 2)):
        expected = by_hand(filters[a], filters[b], divergence)
        assert parts[:, a, b].sum() == pytest.approx(expected, rel=1e-10)
        np.testing.assert_array_equal(parts[:, a, b], parts[:, b, a])
    assert (parts >= 0).all()
    assert (parts[:, range(3), range(3)] == 0).all()


@pytest.mark.parametrize("divergence", GAUSSIAN)
def test_a_group_without_filters_has_no_distance(divergence):
    parts = gaussian_parts(of_groups(), divergence)
    assert np.isnan(parts[:, 2]).all()
    assert np.isnan(parts[:, :, 2]).all()
    assert np.isfinite(np.delete(np.delete(parts, 2, axis=1), 2, axis=2)).all()


def test_a_part_is_how_far_filters_move_along_one_component():
    """By the map that takes one normal distribution to the other: y = m₂ + S₁^-½ (S₁^½ S₂ S₁^½)^½ S₁^-½ (x - m₁)."""
    groups = of_groups()
    mean, covariance = groups.mean, groups.covariance
    root = sqrtm(covariance[0])
    back = np.linalg.inv(root)
    move = back @ sqrtm(root @ covariance[1] @ root) @ back - np.eye(9)
    moved = np.diag(move @ covariance[0] @ move.T).real + (mean[1] - mean[0]) ** 2
    np.testing.assert_allclose(gaussian_parts(groups, "frechet")[:, 0, 1], moved, rtol=1e-9)


def test_distances_are_the_sums_of_the_parts_also_of_groups_that_do_not_vary():
    some = [0, 1, 3]
    groups = of_groups()
    line = np.outer(np.arange(9.0), np.arange(9.0)) / 100
    mean = np.concatenate([groups.mean[some], np.zeros((2, 9))])
    covariance = np.concatenate([groups.covariance[some], line[None], np.zeros((1, 9, 9))])
    parts = gaussian_parts(Gaussians(mean, covariance), "frechet").sum(axis=0)
    every = Gaussians(np.tile(mean, (5, 1, 1)), np.tile(covariance, (5, 1, 1, 1)))
    found = gaussian_distances(Gaussians(mean, covariance), every, "frechet")
    np.testing.assert_allclose(found, parts, rtol=1e-6, atol=1e-6)
    # All that varies has to vanish.
    np.testing.assert_allclose(parts[:3, 4], np.trace(covariance[:3], axis1=1, axis2=2) + (mean[:3] ** 2).sum(axis=1))


def test_it_is_a_distance_of_normal_distributions_in_one_dimension():
    """(m₁ - m₂)² + (s₁ - s₂)² along each axis where components do not correlate."""
    mean, deviation = np.random.default_rng(0).uniform(0.1, 2, (2, 2, 9))
    groups = Gaussians(mean, np.stack([np.diag(own**2) for own in deviation]))
    apart = np.diff(deviation, axis=0)[0] ** 2
    np.testing.assert_allclose(gaussian_parts(groups, "bures")[:, 0, 1], apart, rtol=1e-9)
    np.testing.assert_allclose(
        gaussian_parts(groups, "frechet")[:, 0, 1], apart + np.diff(mean, axis=0)[0] ** 2, rtol=1e-9
    )


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_its_root_is_a_metric_and_the_same_in_every_basis(seed):
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(4, 9, rng.integers(1, 12)))
    groups = Gaussians(rng.normal(size=(4, 9)), factor @ factor.transpose(0, 2, 1))
    root = np.sqrt(gaussian_parts(groups, "frechet").sum(axis=0))
    assert (root[:, :, None] <= root[:, None, :] + root[None] + 1e-9).all()
    turn = np.linalg.qr(rng.normal(size=(9, 9)))[0]
    turned = Gaussians(groups.mean @ turn.T, turn @ groups.covariance @ turn.T)
    np.testing.assert_allclose(gaussian_parts(turned, "frechet").sum(axis=0), root**2, rtol=1e-9, atol=1e-9)


def test_moments_along_a_basis_are_those_of_the_coefficients():
    filters = made_layers([50, 80], seed=3)
    raw = moments_of(filters)
    moments = LayerMoments(
        raw.layer, raw.n, *(np.stack([x, x], axis=1) for x in (raw.mean, raw.scatter)), *[np.ones(2)] * 5
    )
    basis = pca(50, raw.mean[0], raw.scatter[0])
    expected = moments_of([(x - basis.mean) @ basis.components.T for x in filters])
    found = coefficient_moments(moments, 1, basis)
    for name, values in vars(expected).items():
        np.testing.assert_allclose(vars(found)[name], values, rtol=1e-10, atol=1e-12)
