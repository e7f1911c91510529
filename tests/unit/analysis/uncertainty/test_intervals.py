"""Uncertainty against slow computations in full, and its edge cases."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from filtershift.analysis.shifts.d_matrix import component_shifts, probabilities
from filtershift.analysis.uncertainty import intervals
from filtershift.analysis.uncertainty.grouped_layers import grouped_layers
from filtershift.analysis.uncertainty.intervals import (
    Resampling,
    corrected_interval,
    measure_uncertainty,
    shifts_between,
)
from filtershift.analysis.uncertainty.noise import flags
from filtershift.analysis.uncertainty.resampling import ResamplingUnits
from filtershift.analysis.uncertainty.tables import placed_uncertainty, uncertainty_tables

RATIO = np.arange(9, 0, -1.0) / 45
WIDTH = 0.1
FEW = Resampling(resamples=100)
SEEDS = st.integers(0, 2**32 - 1)


def counts_of(rng, layers, bins=20, filters=400):
    """Histograms of layers that differ, with empty bins."""
    p = rng.dirichlet(np.full(bins, 0.5), size=(layers, 9))
    return rng.multinomial(rng.integers(1, filters, layers)[:, None], p)


def layers_of(counts, group, model, groups=None, cluster=None):
    group, model = np.asarray(group), np.asarray(model)
    groups = int(group.max(initial=-1)) + 1 if groups is None else groups
    return grouped_layers(counts, WIDTH, RATIO, group, groups, model, cluster)


def any_layers(seed, groups=4, models=3, layers=2):
    """Groups of models of layers, in a random order."""
    rng = np.random.default_rng(seed)
    model = rng.permutation(np.repeat(np.arange(groups * models), layers))
    return layers_of(counts_of(rng, len(model)), model // models, model)


def pairs_of(groups):
    return np.triu_indices(groups, 1)


def in_full(counts, group, groups):
    """The D-matrix of groups, as the method has it."""
    total = np.stack([counts[np.asarray(group) == g].sum(axis=0) for g in range(groups)])
    return np.einsum("i,iab->ab", RATIO, component_shifts(probabilities(total, WIDTH)))


@given(seed=SEEDS, groups=st.integers(2, 6))
def test_shifts_of_draws_equal_those_of_the_method(seed, groups):
    rng = np.random.default_rng(seed)
    counts, group = counts_of(rng, 3 * groups, bins=70, filters=10**6), rng.permutation(np.repeat(range(groups), 3))
    layers = layers_of(counts, group, np.arange(len(group)))
    expected = in_full(counts, group, groups)
    a, b = pairs_of(groups)
    [every] = shifts_between(layers, [ResamplingUnits(layers).observed[None]], a, b, 1)
    np.testing.assert_allclose(every, expected[a, b], rtol=1e-4)
    one = np.zeros(groups - 1, int), np.arange(1, groups)
    [row] = shifts_between(layers, [ResamplingUnits(layers).observed[None]], *one, 1)
    np.testing.assert_allclose(row, expected[one], rtol=1e-4)


def test_a_small_shift_is_exact_enough():
    """Of groups a thousandth apart, whose histograms are those of a hundred million filters."""
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.full(70, 2.0), size=9)
    near = p * (1 + 0.02 * np.sin(np.arange(70)))
    near /= near.sum(axis=1, keepdims=True)
    counts = rng.multinomial(10**8, np.stack([p, near, np.roll(p, 3, axis=1)]))
    layers = layers_of(counts, [0, 1, 2], [0, 1, 2])
    [found] = shifts_between(layers, [ResamplingUnits(layers).observed[None]], *pairs_of(3), 1)
    expected = in_full(counts, [0, 1, 2], 3)[pairs_of(3)]
    assert 1e-5 < expected[0] < 1e-3
    np.testing.assert_allclose(found, expected, rtol=2e-3)


def test_the_interval_is_the_wider_of_two_and_never_negative():
    drawn = np.random.default_rng(1).gamma(2.0, size=(4000, 3)).astype(np.float32) + np.float32([0, 5, 5])
    shift = np.array([2.0, 7.0, 6.0])
    corrected, low, high = intervals.corrected_interval(drawn, shift, 0.9)
    for k in range(3):
        five, ninety_five = np.percentile(drawn[:, k], [5, 95])
        bias = drawn[:, k].mean() - shift[k]
        first = five - 2 * bias, ninety_five - 2 * bias
        second = 2 * shift[k] - ninety_five, 2 * shift[k] - five
        assert low[k] == pytest.approx(max(0, min(first[0], second[0])), abs=1e-5)
        assert high[k] == pytest.approx(max(first[1], second[1]), abs=1e-5)
        assert corrected[k] == pytest.approx(max(0, shift[k] - bias), abs=1e-5)
    assert low[0] == 0 < low[1]


@pytest.mark.parametrize("is_length", [False, True])
@pytest.mark.parametrize("level", [0.05, 0.5, 0.95])
def test_the_corrected_shift_is_inside_its_interval_however_skewed_the_resamples(level, is_length):
    rng = np.random.default_rng(0)
    for skew in (0.1, 1.0, 5.0):
        drawn = rng.lognormal(sigma=skew, size=(41, 500)).astype(np.float32)
        drawn[:, ::50] = drawn[:1, ::50]  # resamples that are all the same
        shift = rng.lognormal(sigma=skew, size=500).astype(np.float32).astype(float)
        for resampled in (drawn, drawn.max(axis=0) - drawn):
            corrected, low, high = intervals.corrected_interval(resampled.copy(), shift, level, is_length)
            assert (low <= corrected).all()
            assert (corrected <= high).all()


def test_floors_are_those_of_all_splits():
    """Of three models there are three splits: one against two."""
    rng = np.random.default_rng(3)
    counts = counts_of(rng, 3)
    layers = layers_of(counts, [0, 0, 0], [0, 1, 2])
    splits = [in_full(counts, np.arange(3) == k, 2)[0, 1] for k in range(3)]
    found = measure_uncertainty(layers, "task", Resampling(1000, level=0.999), *pairs_of(1))
    assert found.median[0] == pytest.approx(np.median(splits), rel=1e-4)
    assert found.floor[0] == pytest.approx(max(splits), rel=1e-4)
    assert found.low.shape == (0,)


def test_the_same_bit_for_bit_on_any_number_of_threads_and_every_time():
    layers = any_layers(0, groups=30, models=4)
    results = []
    for threads in (1, 2, 2):
        with threadpool_limits(limits=threads, user_api="blas"):
            results.append(measure_uncertainty(layers, "task", FEW, *pairs_of(30)))
    for other in results[1:]:
        for name, values in vars(results[0]).items():
            np.testing.assert_array_equal(values, getattr(other, name), err_msg=name)


def test_another_seed_or_name_draws_anew():
    layers, pairs = any_layers(0), pairs_of(4)
    first = measure_uncertainty(layers, "task", FEW, *pairs)
    for name, seed in (("data_type", 0), ("task", 1)):
        other = measure_uncertainty(layers, name, Resampling(100, seed), *pairs)
        assert not np.isclose(other.high, first.high).any()
        assert not np.isclose(other.null, first.null).any()
        np.testing.assert_array_equal(other.shift, first.shift)


def test_what_is_held_at_once_changes_nothing(monkeypatch):
    layers, pairs = any_layers(1, groups=12), pairs_of(12)
    first = measure_uncertainty(layers, "task", FEW, *pairs)
    monkeypatch.setattr(intervals, "_SHIFTS", 700)
    other = measure_uncertainty(layers, "task", FEW, *pairs)
    for name, values in vars(first).items():
        np.testing.assert_allclose(values, getattr(other, name), rtol=1e-4, atol=1e-5, err_msg=name)


def test_groups_of_equal_members_have_no_shift_and_no_noise():
    counts = np.repeat(counts_of(np.random.default_rng(0), 1), 6, axis=0)
    found = measure_uncertainty(layers_of(counts, [0, 0, 0, 1, 1, 1], range(6)), "task", FEW, *pairs_of(2))
    for name, values in vars(found).items():
        np.testing.assert_allclose(values, 0, atol=1e-6, err_msg=name)


def test_groups_without_filters_have_no_values_and_change_no_other():
    rng = np.random.default_rng(0)
    counts, group, model = counts_of(rng, 12), np.repeat([0, 1, 3], 4), np.arange(12) // 2
    without = measure_uncertainty(layers_of(counts, group, model, 5), "task", FEW, *pairs_of(5))
    a, b = pairs_of(5)
    missing = np.isin(a, (2, 4)) | np.isin(b, (2, 4))
    for name in ("shift", "corrected", "low", "high", "null"):
        np.testing.assert_array_equal(np.isnan(getattr(without, name)), missing, err_msg=name)
    assert np.isnan(without.floor).tolist() == [False, False, True, False, True]
    # A layer without filters is as good as none.
    empty = np.zeros((1, 9, 20), int)
    other = layers_of(np.concatenate([counts, empty]), np.append(group, 2), np.append(model, 9), 5)
    for name, values in vars(measure_uncertainty(other, "task", FEW, a, b)).items():
        np.testing.assert_array_equal(values, getattr(without, name), err_msg=name)


def test_nothing_at_all_is_no_error():
    found = measure_uncertainty(layers_of(np.zeros((2, 9, 20), int), [0, 1], [0, 1]), "task", FEW, *pairs_of(2))
    assert all(np.isnan(values).all() for values in vars(found).values())


@pytest.mark.parametrize("filters", [1, 2, 3])
def test_groups_of_one_two_or_three_filters(filters):
    rng = np.random.default_rng(filters)
    tiny = rng.multinomial(filters, np.full(20, 0.05), size=(1, 9))
    layers = layers_of(np.concatenate([counts_of(rng, 6, filters=5000), tiny]), [0, 0, 0, 1, 1, 1, 2], range(7))
    found = measure_uncertainty(layers, "task", FEW, *pairs_of(3))
    assert layers.resampled == ["models", "models", "filters"]
    for name in ("shift", "low", "high", "null"):
        assert np.isfinite(getattr(found, name)).all(), name
    assert np.isfinite(found.floor[2]) == (filters > 1)
    flag = flags(found.shift, np.maximum(found.floor[[0, 0, 1]], found.floor[[1, 2, 2]]), found.null, np.zeros(3))
    assert set(flag[1:]) == {"too small" if filters == 1 else "below floor"}


def tables(labels, layers, n_filters):
    a, b = np.triu_indices(len(labels), 1)
    a, b = b[::-1], a[::-1]  # in some other order than that of numbers
    pairs = pd.DataFrame({"a": np.take(labels, a), "b": np.take(labels, b), "shift": 0.5, "component_0": 0.1})
    sizes = pd.DataFrame({"group": labels[::-1], "n_filters": n_filters[::-1], "n_layers": 6, "n_models": 3})
    return uncertainty_tables(layers, labels, "task", FEW, pairs, sizes)


def test_tables_have_what_a_reader_needs_beside_every_shift():
    layers, labels = any_layers(5, groups=3), ["1", "01", "a, b"]
    totals = np.bincount(layers.group, layers.n).astype(int).tolist()
    intervals, floor = tables(labels, layers, totals)
    assert ",".join(intervals.columns) == (
        "a,b,shift,corrected,low,high,floor,null,flag,n_filters_a,n_layers_a,n_models_a,n_filters_b,n_layers_b,n_models_b,"
        "resampled_a,resampled_b"
    )
    assert ",".join(floor.columns) == "group,resampled,n_filters,n_layers,n_models,median,floor"
    assert list(zip(intervals["a"], intervals["b"], strict=True)) == [("a, b", "01"), ("a, b", "1"), ("01", "1")]
    assert floor["group"].tolist() == labels[::-1]
    found = measure_uncertainty(layers, "task", FEW, np.array([2, 2, 1]), np.array([1, 0, 0]))
    for name in ("corrected", "low", "high", "null"):
        np.testing.assert_array_equal(intervals[name], getattr(found, name))
    np.testing.assert_array_equal(floor["floor"], found.floor[::-1])
    of_group = floor.set_index("group")
    for row in intervals.itertuples():
        assert row.floor == max(of_group["floor"][row.a], of_group["floor"][row.b])
        assert row.n_filters_a == totals[labels.index(row.a)]
        assert row.n_filters_b == totals[labels.index(row.b)]
        assert (row.resampled_a, row.n_layers_b, row.n_models_a) == ("models", 6, 3)
        assert row.flag == flags(np.array([0.5]), np.array([row.floor]), np.array([row.null]), np.array([row.low]))[0]


def test_one_group_has_a_floor_and_no_pair():
    intervals, floor = tables(["all"], any_layers(0, groups=1), [100])
    assert intervals.empty
    assert len(intervals.columns) == 17
    assert floor["floor"].notna().tolist() == [True]


def test_a_group_without_filters_is_empty_in_the_tables():
    layers = layers_of(counts_of(np.random.default_rng(0), 4), [0, 0, 2, 2], [0, 1, 2, 3], 3)
    intervals, floor = tables(["a", "b", "c"], layers, [10, 0, 10])
    with_b = intervals[(intervals["a"] == "b") | (intervals["b"] == "b")]
    assert with_b[["corrected", "low", "high", "floor", "null"]].isna().all(axis=None)
    assert with_b["flag"].tolist() == ["too small", "too small"]
    assert floor.set_index("group")["resampled"].isna().tolist() == [False, True, False]


def test_a_model_beside_a_data_set_is_one_more_group():
    rng = np.random.default_rng(0)
    counts, group, model = counts_of(rng, 12), np.repeat([0, 1, 2], 4), np.arange(12) // 2
    own = counts_of(rng, 3)
    found = placed_uncertainty(own, counts, WIDTH, RATIO, group, 3, model, "task", FEW)
    joined = layers_of(np.concatenate([counts, own]), [*group, 3, 3, 3], [*model, 99, 99, 99])
    expected = measure_uncertainty(joined, "task", FEW, np.full(3, 3), np.arange(3))
    for name in ("shift", "corrected", "low", "high", "null"):
        np.testing.assert_array_equal(found[name], getattr(expected, name))
    np.testing.assert_array_equal(found["floor"], np.maximum(expected.floor[:3], expected.floor[3]))
    np.testing.assert_allclose(
        found["shift"], in_full(np.concatenate([counts, own]), [*group, 3, 3, 3], 4)[3, :3], 1e-4
    )
    assert found["resampled_own"].tolist() == ["layers"] * 3
    assert found["resampled"].tolist() == ["models"] * 3


def test_few_models_stretch_an_interval_by_students_t():
    resampled, shift = np.array([[1.0], [2.0], [3.0]]), np.array([2.0])
    corrected, low, high = corrected_interval(resampled, shift, 0.95)[:, 0]
    assert corrected_interval(resampled, shift, 0.95, stretch=np.array([1.5]))[:, 0] == pytest.approx(
        [corrected, max(corrected - 1.5 * (corrected - low), 0), corrected + 1.5 * (high - corrected)]
    )
    assert np.isnan(corrected_interval(resampled, shift, 0.95, stretch=np.array([np.nan]))[1:]).all()
