"""Clusters of models that are not independent."""

import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.uncertainty.clusters import (
    clusters_by_column,
    clusters_by_grouping,
    clusters_by_shared_layers,
)
from filtershift.errors import FiltershiftError


def together(cluster):
    """The sets of models in a cluster."""
    return {frozenset(members) for members in cluster.groupby(cluster).groups.values()}


def sets(*members):
    return {frozenset(some) for some in members}


def test_models_of_a_label_are_together_and_those_without_alone():
    models = pd.DataFrame({"model_id": [3, 5, 9, 10, 11], "Pretraining-Dataset": ["x", None, "y", "x", None]})
    cluster = clusters_by_column(models, "Pretraining-Dataset")
    assert together(cluster) == sets([3, 10], [5], [9], [11])
    assert (cluster.index.name, cluster.name) == ("model_id", "cluster")
    with pytest.raises(
        FiltershiftError, match=r"'Family' is neither a grouping nor a column .*model_id, Pretraining-Dataset"
    ):
        clusters_by_column(models, "Family")


def layer_table():
    return pd.DataFrame(
        {"model_id": [1, 1, 2, 2, 3, 4], "model": ["a", "a", "b", "b", "c", "d"]}, [10, 11, 12, 13, 14, 15]
    )


def test_models_of_a_group_are_together_and_those_left_out_alone():
    group = pd.Series({10: "u", 12: "u", 13: "u", 14: "v"})
    assert together(clusters_by_grouping(layer_table(), group, "family")) == sets([1, 2], [3], [4])
    group = group.replace({"u": "unknown"})
    assert together(clusters_by_grouping(layer_table(), group, "family")) == sets([1], [2], [3], [4])
    with pytest.raises(FiltershiftError, match="'depth' puts layers of 'b' into several groups"):
        clusters_by_grouping(layer_table(), pd.Series({10: "u", 12: "u", 13: "v"}), "depth")


def test_models_that_share_layers_are_together(layers_of_filters, moments_of, rng):
    a, b, c, d = layers_of_filters[3:7]
    zeros, ones = np.zeros((7, 9)), np.ones((7, 9))
    layers = [a, b, zeros, b.copy(), c, zeros, c.copy(), d, ones, a[rng.permutation(len(a))] + 1e-9, ones, zeros]
    model = pd.Series([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4], np.arange(12) * 10)
    # 1 and 2 share a layer, 2 and 3 another; layers of equal filters and layers that are almost the same link nothing.
    assert together(clusters_by_shared_layers(model, moments_of(layers))) == sets([1, 2, 3], [4])
    alone = clusters_by_shared_layers(model, moments_of([rng.normal(size=(20, 9)) for _ in range(12)]))
    assert together(alone) == sets([1], [2], [3], [4])
    assert alone.index.tolist() == [1, 2, 3, 4]


def test_no_layer_that_varies_leaves_all_models_alone(moments_of):
    model = pd.Series([1, 2], [0, 10])
    assert together(clusters_by_shared_layers(model, moments_of([np.zeros((3, 9)), np.zeros((3, 9))]))) == sets(
        [1], [2]
    )
