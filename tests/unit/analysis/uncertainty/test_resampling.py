"""What is drawn: units, resamples, halves and groups without their labels."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filtershift.analysis.uncertainty.grouped_layers import grouped_layers
from filtershift.analysis.uncertainty.null_groups import ENOUGH, MANY, null_groups
from filtershift.analysis.uncertainty.resampling import ResamplingUnits

RATIO = np.full(9, 1 / 9)
SEEDS = st.integers(0, 2**32 - 1)


def layers_of(counts, group, model, cluster=None):
    group, model = np.asarray(group), np.asarray(model)
    cluster = None if cluster is None else np.asarray(cluster)
    return grouped_layers(counts, 0.1, RATIO, group, int(group.max()) + 1, model, cluster)


def told_apart(filters):
    """Layers that each have a bin of their own, so that a histogram tells which layers are in it."""
    counts = np.zeros((len(filters), 9, len(filters)), int)
    counts[np.arange(len(filters)), :, np.arange(len(filters))] = np.asarray(filters)[:, None]
    return counts


def first_component(samples, layers):
    return np.concatenate(list(samples))[..., layers.component == 0]


def test_layers_are_sorted_by_group_and_model_and_lose_empty_bins():
    counts = told_apart([5, 0, 7, 9])
    counts = np.pad(counts, ((0, 0), (0, 0), (2, 3)))
    layers = layers_of(counts, [1, 0, 0, 1], [8, 3, 4, 2])
    assert layers.group.tolist() == [0, 1, 1]
    assert layers.n.tolist() == [7, 9, 5]
    assert layers.counts.shape == (3, 27)
    assert layers.component.tolist() == np.repeat(range(9), 3).tolist()


@pytest.mark.parametrize(
    ("group", "model", "cluster", "resampled", "units"),
    [
        ([0, 0, 0, 1, 1, 2], [0, 0, 1, 2, 2, 3], None, ["models", "layers", "filters"], [0, 0, 1, 2, 3, 4]),
        ([0, 0, 0, 0, 1, 1], [0, 1, 2, 2, 3, 4], [7, 7, 8, 8, 9, 9], ["clusters", "models"], [0, 0, 1, 1, 2, 3]),
        ([0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 2, 2], None, ["models", "models", "layers"], [0, 1, 2, 3, 4, 5]),
        ([0, 2, 2], [0, 0, 1], [5, 5, 5], ["filters", "filters", "models"], [0, 1, 2]),
    ],
)
def test_units_are_models_or_layers_or_filters(group, model, cluster, resampled, units):
    layers = layers_of(told_apart([1] * len(group)), group, model, cluster)
    assert layers.resampled == resampled
    assert layers.unit.tolist() == units


def test_a_model_counts_as_often_in_every_group_and_its_layers_together():
    model = np.repeat(np.arange(5), 4)
    layers = layers_of(told_apart([10] * 20), np.tile([0, 0, 1, 1], 5), model)
    drawn = first_component(ResamplingUnits(layers).resamples(np.random.default_rng(0), 300), layers)
    # Each layer has a bin: in the order of layers of the table, here of models.
    times = drawn.reshape(300, 2, 5, 2, 2) / 10
    own = np.stack([times[:, 0, :, 0], times[:, 1, :, 1]])
    assert (own == own[:, :, :, :1]).all()
    some = own[0, :, :, 0].sum(axis=1) > 1  # else it may be a stray
    np.testing.assert_array_equal(own[0, some], own[1, some])
    assert own.mean() == pytest.approx(1, abs=0.1)
    assert own.var() == pytest.approx(1, abs=0.15)
    assert (times[:, 0, :, 1] == 0).all()


def test_no_group_is_ever_empty():
    layers = layers_of(told_apart([10, 10, 1, 1, 3]), [0, 0, 1, 1, 2], [0, 1, 2, 3, 4])
    drawn = first_component(ResamplingUnits(layers).resamples(np.random.default_rng(0), 400), layers)
    assert (drawn.sum(axis=-1) > 0).all()
    strays = (drawn[:, 0] / 10).sum(axis=-1) == 1
    assert strays.mean() == pytest.approx(3 * np.exp(-2), abs=0.08)  # one drawn, or none and then one of them


def test_filters_of_a_single_layer_are_drawn_anew_as_many_in_every_component():
    counts = np.random.default_rng(0).multinomial(50, np.full(12, 1 / 12), size=(1, 9))
    layers = layers_of(counts, [0], [0])
    drawn = np.concatenate(list(ResamplingUnits(layers).resamples(np.random.default_rng(0), 500)))[:, 0]
    by_component = np.stack([drawn[:, layers.component == i].sum(axis=1) for i in range(9)])
    np.testing.assert_allclose(by_component, 50, rtol=1e-5)
    np.testing.assert_allclose(drawn.mean(axis=0), layers.counts[0], atol=1.2)
    assert (drawn.std(axis=0)[layers.counts[0] > 2] > 1).all()


@given(seed=SEEDS, models=st.integers(2, 7))
def test_halves_of_models_are_a_partition(seed, models):
    layers = layers_of(told_apart([3] * (2 * models)), np.zeros(2 * models, int), np.arange(2 * models) // 2)
    one, other = ResamplingUnits(layers).halves(np.random.default_rng(seed), 0, 40)
    np.testing.assert_array_equal(one + other, np.broadcast_to(layers.counts.sum(axis=0), one.shape))
    of_models = one[:, layers.component == 0].reshape(40, models, 2)
    assert np.isin(of_models, (0, 3)).all()
    assert (of_models[:, :, 0] == of_models[:, :, 1]).all()
    assert (of_models[:, :, 0].sum(axis=1) / 3 == models // 2).all()


@given(seed=SEEDS, filters=st.integers(2, 60))
def test_halves_of_a_layer_are_of_its_filters(seed, filters):
    counts = np.random.default_rng(seed).multinomial(filters, np.full(8, 1 / 8), size=(1, 9))
    layers = layers_of(counts, [0], [0])
    one, other = ResamplingUnits(layers).halves(np.random.default_rng(seed), 0, 30)
    np.testing.assert_array_equal(one + other, np.broadcast_to(layers.counts[0], one.shape))
    assert (one >= 0).all()
    assert (other >= 0).all()
    for i in range(9):
        assert (one[:, layers.component == i].sum(axis=1) == filters // 2).all()


def dealt(layers, count=200, seed=0):
    """How many filters of every layer are in every group, (count, groups, L)."""
    return first_component(null_groups(layers, np.random.default_rng(seed), count), layers)


def test_groups_without_labels_keep_their_sizes():
    rng = np.random.default_rng(0)
    model = np.repeat(np.arange(12), 3)
    filters = rng.integers(ENOUGH, 3 * ENOUGH, 36)
    layers = layers_of(told_apart(filters), model // 4, model)
    drawn = dealt(layers)
    wanted = np.bincount(layers.group, layers.n)
    np.testing.assert_allclose(drawn.sum(axis=-1), np.broadcast_to(wanted, drawn.shape[:2]), rtol=1e-4)
    of_models = (drawn.reshape(200, 3, 12, 3) > 0).sum(axis=-1)
    assert ((of_models > 0).sum(axis=2) <= 4).all()
    # A model comes with all of its layers, since all have three.
    assert set(np.unique(of_models)) == {0, 3}
    # Any model may come to any place.
    assert ((of_models > 0).mean(axis=0) > 0.1).all()


def test_a_group_gets_as_many_layers_as_it_had():
    model = np.array([0, 0, 0, 0, 1, 2, 2, 2, 2, 3])
    layers = layers_of(told_apart([ENOUGH] * 10), model // 2, model)
    drawn = dealt(layers)
    came = (drawn > 0).sum(axis=-1)
    # In the place of four comes one of four or of one, and of those the first, or another, in the place of one.
    assert set(np.unique(came)) == {1, 2, 4, 5}


def test_groups_that_share_models_share_the_newcomers():
    model = np.repeat(np.arange(8), 2)
    layers = layers_of(told_apart([ENOUGH] * 16), np.tile([0, 1], 8), model)
    drawn = (dealt(layers).reshape(200, 2, 8, 2) > 0).sum(axis=-1)
    np.testing.assert_array_equal(drawn[:, 0] > 0, drawn[:, 1] > 0)
    assert ((dealt(layers) > 0).sum(axis=1) <= 1).all()  # each with another layer


def test_where_all_groups_have_one_model_layers_take_places():
    layers = layers_of(told_apart([ENOUGH] * 30), np.arange(30) // 3, np.arange(30) // 3)
    of_models = (dealt(layers).reshape(200, 10, 10, 3) > 0).any(axis=-1).sum(axis=2)
    assert of_models.mean() > 2.5


def test_models_too_small_for_a_place_do_not_come():
    filters = [20, 30, ENOUGH, 2 * ENOUGH, MANY, 4 * MANY]
    layers = layers_of(told_apart(filters), [0, 1, 0, 1, 0, 1], range(6))
    only = layers_of(told_apart(filters), [0, 0, 1, 1, 2, 2], range(6))
    assert (dealt(only)[:, 1:, :2] == 0).all()
    assert (dealt(layers) > 0).any(axis=(0, 1)).all()


def test_small_groups_are_thinned_to_their_filters():
    counts = np.random.default_rng(0).multinomial([[50], [40_000], [60_000], [90_000]], np.full((4, 1, 30), 1 / 30))
    counts = np.repeat(counts, 9, axis=1)
    layers = layers_of(counts, [0, 1, 1, 2], range(4))
    drawn = np.concatenate(list(null_groups(layers, np.random.default_rng(0), 600)))
    np.testing.assert_allclose(drawn[:, 0][:, layers.component == 3].sum(axis=1), 50, rtol=1e-4)
    # Thinned by chance, as many filters of 30 equal bins are, not scaled.
    spread = drawn[:, 0].std(axis=0).mean()
    assert spread == pytest.approx(np.sqrt(50 / 30), rel=0.15)
    assert (drawn[:, 0].round() != drawn[:, 0]).mean() > 0.5  # evened to 50 in each component


def test_draws_follow_from_the_seed():
    layers = layers_of(told_apart([40, 50, 60, 70]), [0, 0, 1, 1], range(4))
    for kind in (lambda rng: null_groups(layers, rng, 20), lambda rng: ResamplingUnits(layers).resamples(rng, 20)):
        first, again, other = (np.concatenate(list(kind(np.random.default_rng(seed)))) for seed in (1, 1, 2))
        np.testing.assert_array_equal(first, again)
        assert (first != other).any()
    assert all(low <= high for low, high in pairwise(layers.unit.tolist()))
