"""Shifts against SciPy and against their definition."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from filtershift.analysis.shifts.d_matrix import (
    by_mean_shift,
    component_shifts,
    load_matrix,
    probabilities,
    shift_tables,
)
from filtershift.files import write_table

FLOAT32_EPS = 1.1920929e-07
NUMBERS = np.arange(1.0, 10) / 45
SEEDS = st.integers(0, 2**32 - 1)


def counts_of(seed, groups, bins=20):
    """Histograms (groups, 9, bins) of any size, with many empty bins and none that is empty altogether."""
    rng = np.random.default_rng(seed)
    largest = 10.0 ** rng.uniform(0, 9, (groups, 9, 1))
    counts = (rng.random((groups, 9, bins)) ** rng.integers(1, 30, (groups, 9, 1)) * largest).astype(np.int64)
    counts[..., 0] += counts.sum(axis=-1) == 0
    return counts


def sizes_of(labels):
    return pd.DataFrame({"group": labels, "n_filters": 0, "n_layers": range(len(labels)), "n_models": 1})


def tables(counts, order="shift", edges=None):
    groups = {f"group {k}": count for k, count in enumerate(counts)}
    edges = np.linspace(-1, 1, counts.shape[-1] + 1) if edges is None else edges
    return shift_tables(groups, edges, NUMBERS, sizes_of(list(groups)), order)


@given(seed=SEEDS, width=st.floats(1e-6, 1e3))
def test_empty_bins_get_epsilon_as_a_density(seed, width):
    counts = counts_of(seed, 1)[0, 0]
    density = [count / (sum(counts) * width) or FLOAT32_EPS for count in counts]
    np.testing.assert_allclose(probabilities(counts, width), np.array(density) / sum(density), rtol=1e-7)


def test_a_bin_of_one_may_be_less_likely_than_an_empty_one():
    narrow = probabilities(np.array([10**9, 1, 0]), 0.01)
    assert narrow[1] < narrow[2]


def test_a_histogram_without_filters_has_no_probabilities():
    result = probabilities(np.array([[0, 0], [1, 1]]), 0.5)
    assert np.isnan(result[0]).all()
    assert result[1].tolist() == [0.5, 0.5]


@pytest.mark.slow
@given(seed=SEEDS, width=st.floats(1e-3, 1e1))
def test_shifts_equal_scipys_entropy_in_both_directions(seed, width):
    counts = counts_of(seed, 4)
    probability = probabilities(counts, width)
    result = component_shifts(probability)
    assert result.shape == (9, 4, 4)
    for i in range(9):
        for a in range(4):
            for b in range(4):
                p, q = probability[a, i], probability[b, i]
                np.testing.assert_allclose(result[i, a, b], entropy(p, q) + entropy(q, p), rtol=1e-9, atol=1e-12)


@given(seed=SEEDS)
def test_shifts_are_a_symmetric_divergence_of_relabelled_groups(seed):
    counts = counts_of(seed, 5)
    shifts = component_shifts(probabilities(counts, 0.1))
    assert (shifts >= 0).all()
    np.testing.assert_array_equal(np.diagonal(shifts, axis1=1, axis2=2), 0)
    np.testing.assert_array_equal(shifts, shifts.transpose(0, 2, 1))
    order = np.random.default_rng(seed).permutation(5)
    relabelled = component_shifts(probabilities(counts[order], 0.1))
    np.testing.assert_allclose(relabelled, shifts[:, order][:, :, order], rtol=1e-12, atol=1e-12)


@given(seed=SEEDS, factor=st.integers(2, 1000))
def test_equal_histograms_have_no_shift_however_many_filters(seed, factor):
    counts = counts_of(seed, 2)
    counts[1] = counts[0] * factor
    np.testing.assert_allclose(component_shifts(probabilities(counts, 0.1)), 0, atol=1e-13)


def test_bins_in_any_order_give_the_same_shift(rng):
    counts = rng.integers(0, 9, (3, 9, 40))
    mixed = counts[:, :, rng.permutation(40)]
    np.testing.assert_allclose(
        component_shifts(probabilities(mixed, 0.1)), component_shifts(probabilities(counts, 0.1)), atol=1e-12
    )


def test_a_group_without_filters_has_no_shift_and_changes_no_other(rng):
    counts = rng.integers(0, 9, (4, 9, 40))
    expected = component_shifts(probabilities(counts, 0.1))
    counts[2] = 0
    shifts = component_shifts(probabilities(counts, 0.1))
    assert np.isnan(shifts[:, 2]).all()
    assert np.isnan(shifts[:, :, 2]).all()
    rest = np.ix_(range(9), [0, 1, 3], [0, 1, 3])
    np.testing.assert_allclose(shifts[rest], expected[rest], rtol=1e-12)


def test_the_drawn_order_is_by_column_mean_with_the_diagonal():
    shift = np.array([[0.0, 4, 1], [4, 0, 3], [1, 3, 0]])
    assert by_mean_shift(shift).tolist() == [2, 0, 1]
    assert by_mean_shift(np.zeros((5, 5))).tolist() == [0, 1, 2, 3, 4]
    # The diagonal counts: without it the mean of the first column would be the larger one.
    assert by_mean_shift(np.array([[0.0, 9, 9], [2, 8, 1], [3, 7, 9]])).tolist() == [0, 2, 1]


@given(seed=SEEDS)
def test_tables_are_in_drawn_order_and_parts_add_up(seed):
    counts = counts_of(seed, 6)
    matrix, n, components = tables(counts)
    means = matrix.to_numpy().mean(axis=0)
    assert (np.diff(means) >= -1e-12).all()
    assert matrix.index.tolist() == matrix.columns.tolist() == n["group"].tolist()
    assert sorted(matrix.index) == [f"group {k}" for k in range(6)]
    number = [int(label.split()[1]) for label in n["group"]]
    assert n.columns.tolist() == ["group", "n_filters", "n_layers", "n_models"]
    assert n["n_filters"].tolist() == counts[number, 0].sum(axis=1).tolist()
    assert n["n_layers"].tolist() == number

    assert components.columns.tolist() == ["a", "b", "shift", *(f"component_{i}" for i in range(9))]
    assert len(components) == 15
    assert len(set(zip(components["a"], components["b"], strict=True))) == 15
    parts = components.filter(regex="^component_").sum(axis=1)
    np.testing.assert_allclose(parts, components["shift"], rtol=1e-12, atol=1e-15)
    for a, b, shift in zip(components["a"], components["b"], components["shift"], strict=True):
        assert matrix.loc[a, b] == shift


def test_the_shift_weighs_components_by_the_global_ratio(rng):
    counts = rng.integers(0, 9, (2, 9, 40))
    matrix, _, components = tables(counts, "natural", np.linspace(0, 2, 41))
    p = probabilities(counts, 2 / 40)
    parts = [NUMBERS[i] * (entropy(p[0, i], p[1, i]) + entropy(p[1, i], p[0, i])) for i in range(9)]
    assert matrix.iloc[0, 1] == pytest.approx(sum(parts), rel=1e-10)
    np.testing.assert_allclose(components.filter(regex="^component_").iloc[0], parts, rtol=1e-10)


@pytest.mark.parametrize("order", ["natural", "label"])
def test_other_orders_are_that_of_the_groups(rng, order):
    matrix, n, components = tables(rng.integers(0, 9, (4, 9, 10)) ** 4, order)
    labels = [f"group {k}" for k in range(4)]
    assert matrix.index.tolist() == matrix.columns.tolist() == n["group"].tolist() == labels
    assert components["a"].tolist() == [labels[k] for k in (0, 0, 0, 1, 1, 2)]


def test_one_group_alone(rng):
    matrix, n, components = tables(rng.integers(1, 9, (1, 9, 10)))
    assert matrix.to_numpy().tolist() == [[0.0]]
    assert len(n) == 1
    assert components.empty
    assert components.columns.tolist() == ["a", "b", "shift", *(f"component_{i}" for i in range(9))]


def test_a_group_without_filters_is_drawn_last_and_disorders_no_other(rng):
    counts = rng.integers(0, 50, (5, 9, 20)) ** rng.integers(1, 4, (5, 1, 1))
    alone = tables(counts[[0, 1, 3, 4]])[0].set_axis(range(4)).set_axis(range(4), axis=1)
    counts[2] = 0
    matrix, n, _ = tables(counts)
    assert matrix.index[-1] == "group 2"
    assert n["n_filters"].iloc[-1] == 0
    np.testing.assert_allclose(matrix.iloc[:4, :4], alone, rtol=1e-12)


def test_a_matrix_is_read_back_with_its_labels(tmp_path, rng):
    labels = ["1", "01", "NA", "nan", "True", "a,b", 'say "so"', "line\nbreak", "1.0", "Ωμέγα", "Unnamed: 0", " "]
    shift = rng.random((12, 12))
    write_table(tmp_path / "shift.csv", pd.DataFrame(shift, labels, labels), index=True)
    matrix = load_matrix(tmp_path / "shift.csv")
    assert matrix.index.tolist() == matrix.columns.tolist() == labels
    np.testing.assert_array_equal(matrix.to_numpy(), shift)


def test_missing_shifts_are_read_back_as_missing(tmp_path):
    shift = pd.DataFrame([[0.0, np.nan], [np.nan, np.nan]], ["a", "b"], ["a", "b"])
    write_table(tmp_path / "shift.csv", shift, index=True)
    np.testing.assert_array_equal(load_matrix(tmp_path / "shift.csv").to_numpy(), shift.to_numpy())


def test_merged_histograms_give_the_shift_of_the_raw_coefficients(rng):
    layers = [rng.normal(rng.normal(0, 0.3), rng.uniform(0.2, 0.6), (n, 9)) for n in (300, 20, 900, 1500, 80, 700)]
    groups = [[0, 3], [1, 2, 5], [4]]
    low, high = min(c.min() for c in layers), max(c.max() for c in layers)
    edges = np.linspace(low, high, 71)
    per_layer = np.stack([[np.histogram(c[:, i], 70, (low, high))[0] for i in range(9)] for c in layers])
    merged = np.stack([per_layer[members].sum(axis=0) for members in groups])
    matrix, _, _ = tables(merged, "natural", edges)
    for a in range(3):
        for b in range(3):
            shift = 0
            for i in range(9):
                p, q = (
                    np.histogram(np.concatenate([layers[k][:, i] for k in groups[g]]), edges, density=True)[0]
                    for g in (a, b)
                )
                p[p == 0], q[q == 0] = FLOAT32_EPS, FLOAT32_EPS
                shift += NUMBERS[i] * (entropy(p, q) + entropy(q, p))  # entropy divides by the sums
            assert matrix.iloc[a, b] == pytest.approx(shift, rel=1e-9, abs=1e-12)
