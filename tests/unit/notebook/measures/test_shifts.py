"""Shifts between groups, against scikit-learn, numpy and scipy on all filters at once."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import entropy
from sklearn.decomposition import PCA

import filtershift
from filtershift import FiltershiftError
from six_layers import LAYERS, TASK, scaled


def reference_shift(groups: dict[str, np.ndarray], bins: int) -> pd.DataFrame:
    """D by scikit-learn, numpy and scipy."""
    fitted = PCA().fit(np.concatenate(list(groups.values())))
    coefficients = {label: fitted.transform(filters) for label, filters in groups.items()}
    ends = [f(c) for f, c in zip((np.min, np.max), [np.concatenate(list(coefficients.values()))] * 2, strict=True)]
    eps = float(np.finfo(np.float32).eps)
    densities = {
        label: [np.histogram(c[:, i], bins, ends, density=True)[0] for i in range(9)]
        for label, c in coefficients.items()
    }
    p = {label: [np.where(d == 0, eps, d) for d in rows] for label, rows in densities.items()}
    weights = fitted.explained_variance_ratio_
    d = {
        a: {b: sum(w * (entropy(x, y) + entropy(y, x)) for w, x, y in zip(weights, p[a], p[b], strict=True)) for b in p}
        for a in p
    }
    return pd.DataFrame(d)


@pytest.mark.parametrize("variant", ["scaled", "unscaled"])
def test_shift_by_a_column_is_that_of_independent_libraries(dataset, variant) -> None:
    prepare = scaled if variant == "scaled" else lambda filters: filters.reshape(-1, 9).astype(float)
    groups = {
        label: np.concatenate([prepare(layer) for layer, own in zip(LAYERS, TASK, strict=True) if own == label])
        for label in "abc"
    }
    expected = reference_shift(groups, bins=31)
    found = filtershift.shift(dataset, by="Task", variant=variant, bins=31)
    pd.testing.assert_frame_equal(found.loc[list("abc"), list("abc")], expected, rtol=1e-6, atol=1e-9)
    assert found.mean().is_monotonic_increasing


def test_groups_given_by_label_are_those_of_a_column(dataset) -> None:
    by_label = {
        "a": dataset.where(Task="a"),
        "b": np.concatenate([LAYERS[1].reshape(-1, 9), LAYERS[4].reshape(-1, 9)]),
        "c": [LAYERS[3]],
    }
    by_column = filtershift.shift(dataset, by="Task")
    found = filtershift.shift(by_label)
    pd.testing.assert_frame_equal(found, by_column.loc[found.index, found.columns], rtol=1e-9)


def test_groups_of_two_columns(dataset) -> None:
    by_label = {
        f"{task} / {model}": dataset.where(Task=task, model=model)
        for task, model in dataset.layers[["Task", "model"]].drop_duplicates().itertuples(index=False)
    }
    expected = filtershift.shift(by_label)
    found = filtershift.shift(dataset, by=["Task", "model"])
    pd.testing.assert_frame_equal(found, expected.loc[found.index, found.columns], rtol=1e-9)


def test_numbers_and_missing_labels_are_groups(dataset) -> None:
    assert sorted(filtershift.shift(dataset, by="epoch").index) == ["1", "10", "unknown"]


def test_intervals_are_a_table_of_pairs(dataset) -> None:
    matrix = filtershift.shift(dataset, by="Task")
    pairs = filtershift.shift(dataset, by="Task", intervals=True, resamples=60, seed=3)
    columns = ["a", "b", "shift", "low", "high", "floor", "null", "flag", "resampled_a", "n_models_b"]
    assert set(columns) <= set(pairs.columns)
    assert [matrix.loc[a, b] for a, b in zip(pairs["a"], pairs["b"], strict=True)] == pytest.approx(pairs["shift"])
    assert (pairs["low"] <= pairs["high"]).all()
    assert pairs.loc[(pairs["a"] == "b") | (pairs["b"] == "b"), ["floor", "null"]].notna().all(axis=None)
    sides = [pairs[[end, f"resampled_{end}"]].set_axis(["group", "resampled"], axis=1) for end in "ab"]
    resampled = pd.concat(sides).drop_duplicates().set_index("group")["resampled"]
    assert resampled.to_dict() == {"a": "models", "b": "models", "c": "filters"}
    pd.testing.assert_frame_equal(pairs, filtershift.shift(dataset, by="Task", intervals=True, resamples=60, seed=3))
    other = filtershift.shift(dataset, by="Task", intervals=True, resamples=60, seed=4)
    assert (other["high"] != pairs["high"]).any()


def test_models_of_one_lineage_are_resampled_as_one(dataset) -> None:
    dataset.layers["lineage"] = ["old", "old", "old", "old", None, None]
    pairs = filtershift.shift(dataset.where(Task=["a", "b"]), by="Task", intervals=True, resamples=20)
    assert pairs[["resampled_a", "resampled_b"]].to_numpy().tolist() == [["clusters", "clusters"]]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (filtershift.shift, "name the column to group by, as in by='model'"),
        (lambda data: filtershift.shift(data, by="task"), r"no column 'task' \(did you mean 'Task'\?\); theirs are"),
        (lambda data: filtershift.shift(data, by=["Task", 3]), "no column 3"),
        (lambda data: filtershift.shift(data, by=[]), r"name the column to group by.*not \[\]"),
        (lambda data: filtershift.shift(data, by=lambda layers: layers), "name the column.*of type function"),
        (lambda data: filtershift.shift(data, by=data.layers["Task"]), "name the column.*of type Series"),
        (lambda data: filtershift.shift(data, by="Task", variant="raw"), "scaled or unscaled, not 'raw'"),
        (lambda data: filtershift.shift({}), "no group given"),
        (lambda data: filtershift.shift({"a": data}, by="Task"), "given by label already; leave out by='Task'"),
        (lambda data: filtershift.shift({"a": data, "b": "b.h5"}), "group 'b': 'b.h5' is a path, not filters"),
        (
            lambda data: filtershift.shift({"a": data, "b": np.full((4, 9), np.nan)}),
            "no finite filter in the group",
        ),
        (lambda data: filtershift.shift("data.h5", by="Task"), "'data.h5' is a path, not filters"),
        (lambda data: filtershift.shift(data.layers, by="Task"), "not an object of type DataFrame"),
        (lambda data: filtershift.shift(data, by="Task", bins=0), "from 1 to 10,000, not 0"),
        (lambda data: filtershift.shift(data, by="Task", bins=2.5), "from 1 to 10,000, not 2.5"),
        (lambda data: filtershift.shift(data, by="Task", intervals=True, resamples=0), "from 1 to 1,000,000, not 0"),
        (lambda data: filtershift.shift(data, by="Task", seed=-1), "seed must be a whole number from 0 to"),
    ],
)
def test_mistakes_are_one_line(dataset, wrong, said) -> None:
    with pytest.raises(FiltershiftError, match=said) as error:
        wrong(dataset)
    assert "\n" not in str(error.value)


def test_groups_without_a_finite_filter_are_named(dataset) -> None:
    odd = filtershift.from_arrays([np.full((4, 9), np.nan), np.full((4, 9), np.inf)])
    odd.layers["Task"] = ["x", "y"]
    with pytest.raises(FiltershiftError, match="no finite filter in the groups 'x', 'y'; leave such groups out"):
        filtershift.shift(dataset + odd, by="Task")


def test_too_many_groups(dataset, monkeypatch) -> None:
    monkeypatch.setattr("filtershift.notebook.measures.measuring.MOST", 2)
    with pytest.raises(FiltershiftError, match="by='Task' makes 3 groups; at most 2 can be compared"):
        filtershift.shift(dataset, by="Task")
