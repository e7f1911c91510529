"""Weighted histograms of groups against sums by hand."""

import numpy as np
import pandas as pd
import pytest

from coefficient_moments import made_layers, made_moments, moments_of
from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.shifts.weighting import load_fine_counts
from filtershift.passes.stored.histograms import group_counts
from stored_histograms import FINE, saved

ALL = ("filter", "layer", "model")
# Layers 0 … 5; layer 5 has no filters, layer 4 is in no group, model 7 is in both groups.
SIZES = [10, 30, 5, 200, 40, 0]
MODEL = pd.Series([7, 7, 3, 7, 3, 5])
GROUPS = Membership(["a", "b", "none"], [2, 1, 0], {3: 1, 0: 0, 1: 0, 2: 0, 5: 0})


MOMENTS = made_moments(SIZES)


@pytest.fixture
def layers(rng):
    return np.stack([rng.multinomial(n, rng.dirichlet(np.ones(FINE)), 9) for n in SIZES]).astype(np.int32)


@pytest.mark.parametrize("shards", [1, 3])
def test_each_filter_layer_or_model_counts_the_same(layers, tmp_path, shards):
    fine = load_fine_counts(saved(tmp_path, layers, shards), MOMENTS, GROUPS, ALL, MODEL)
    p = layers / np.maximum(np.array(SIZES), 1)[:, None, None]
    both = (layers[0] + layers[1]) / 40
    by_hand = {
        "filter": layers[0] + layers[1] + layers[2],
        "layer": 45 * (p[0] + p[1] + p[2]) / 3,
        "model": 45 * (both + p[2]) / 2,
    }
    for weighting, expected in by_hand.items():
        np.testing.assert_allclose(fine.groups[weighting][0], expected, rtol=1e-12)
        np.testing.assert_allclose(fine.groups[weighting][1], layers[3], rtol=1e-12)
        assert not fine.groups[weighting][2].any()
    np.testing.assert_array_equal(fine.every, layers.sum(axis=(0, 1)))


def test_moments_are_those_of_the_filters_each_with_its_weight(layers, tmp_path):
    fine, filters = load_fine_counts(saved(tmp_path, layers), MOMENTS, GROUPS, ALL, MODEL), made_layers(SIZES)
    weights = {"filter": [1, 1, 1], "layer": [1 / 10, 1 / 30, 1 / 5], "model": [1 / 40, 1 / 40, 1 / 5]}
    for weighting, each in weights.items():
        found, weight = fine.gaussians[weighting], np.repeat(each, SIZES[:3])
        of_group = np.concatenate(filters[:3])
        np.testing.assert_allclose(found.mean[0], np.average(of_group, axis=0, weights=weight), rtol=1e-12)
        np.testing.assert_allclose(found.covariance[0], np.cov(of_group.T, ddof=0, aweights=weight), rtol=1e-12)
        np.testing.assert_allclose(found.covariance[1], np.cov(filters[3].T, ddof=0), rtol=1e-12)
        assert np.isnan(found.mean[2]).all()
        assert np.isnan(found.covariance[2]).all()


def test_by_filter_the_sums_are_exactly_the_groups(layers, tmp_path):
    paths = saved(tmp_path, layers)
    fine = load_fine_counts(paths, MOMENTS, GROUPS, ["filter"])
    np.testing.assert_array_equal(fine.groups["filter"], group_counts(paths, "extent", GROUPS.group_of, 3))


def test_layers_twice_as_large_change_nothing_by_layer(layers, tmp_path):
    (tmp_path / "twice").mkdir()
    twice = layers * np.array([2, 1, 5, 1, 1, 1])[:, None, None]
    once, more = (
        load_fine_counts(saved(folder, counts), MOMENTS, GROUPS, ["layer"]).groups["layer"][0]
        for folder, counts in ((tmp_path, layers), (tmp_path / "twice", twice))
    )
    np.testing.assert_allclose(more / more[0].sum(), once / once[0].sum(), rtol=1e-12)


def test_a_model_given_twice_changes_nothing_by_layer_and_the_same_model_longer_nothing_by_model(layers, tmp_path):
    pairs = np.concatenate([layers, layers])
    group_of = {**GROUPS.group_of, **{layer + 6: group for layer, group in GROUPS.group_of.items()}}
    again = Membership(GROUPS.labels, GROUPS.n_models, group_of)
    once = load_fine_counts(saved(tmp_path, layers), MOMENTS, GROUPS, ALL, MODEL)
    paths, twice = saved(tmp_path, pairs), moments_of([*made_layers(SIZES), *made_layers(SIZES)])
    same = load_fine_counts(paths, twice, again, ALL, pd.concat([MODEL, MODEL], ignore_index=True))
    for weighting in ALL:
        np.testing.assert_allclose(same.groups[weighting], 2 * once.groups[weighting], rtol=1e-12)
        for name, values in vars(same.gaussians[weighting]).items():
            np.testing.assert_allclose(values, vars(once.gaussians[weighting])[name], rtol=1e-12)


def test_without_layers_there_are_no_counts(layers, tmp_path):
    fine = load_fine_counts(saved(tmp_path, layers), MOMENTS, Membership(["a"], [0], {}), ALL, MODEL)
    assert all(not counts.any() and counts.shape == (1, 9, FINE) for counts in fine.groups.values())
