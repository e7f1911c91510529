"""Labels no one hopes for stay apart, in order, and themselves after a file."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filtershift.analysis.groups.assign import assign, interval_labels, natural_key
from filtershift.analysis.groups.definition import Grouping
from filtershift.analysis.groups.membership import load_membership
from filtershift.files import write_table

ODD = [
    "a",
    "A",
    "a ",
    " a",
    "a/b",
    "a\\b",
    "a%2Fb",
    ".",
    "..",
    "a\nb",
    "a b",
    "a\tb",
    "\u00e9",
    "e\u0301",
    "1",
    "01",
    "1.0",
    "1e0",
]
ODD += [
    "NA",
    "nan",
    "None",
    "null",
    "True",
    "-",
    '"',
    "'",
    "a,b",
    "$x$",
    "<b>",
    "*",
    "?",
    "[a]",
    "漢字",
    "\u202ea",
    "x" * 500,
]


def table(**columns):
    size = len(next(iter(columns.values())))
    return pd.DataFrame({"n_filters": range(1, size + 1), "model_id": range(size), **columns})


@pytest.mark.parametrize("order", ["natural", "label", "shift"])
def test_odd_labels_do_not_merge(order):
    layers = table(label=pd.Series(ODD, dtype=object))
    groups = assign(layers, "odd", Grouping(["label"], order=order))
    assert groups.group.tolist() == ODD
    assert sorted(groups.sizes["group"]) == sorted(ODD)
    assert (groups.sizes["n_models"] == 1).all()


def test_odd_labels_are_read_back_in_order(tmp_path):
    layers = table(label=pd.Series(ODD * 2, dtype=object)).rename_axis("layer")
    groups = assign(layers, "odd", Grouping(["label"]))
    write_table(tmp_path / "groups.csv", groups.group.dropna().rename("group").reset_index())
    write_table(tmp_path / "sizes.csv", groups.sizes)
    read = load_membership(tmp_path / "groups.csv", tmp_path / "sizes.csv")
    assert read.labels == groups.sizes["group"].tolist()
    assert read.n_models == [2] * len(ODD)
    assert [read.labels[read.group_of[layer]] for layer in range(len(layers))] == ODD * 2


def test_layers_left_out_have_no_group_when_read_back(tmp_path):
    layers = table(label=["a", "b", None, "c"]).rename_axis("layer")
    groups = assign(layers, "some", Grouping(["label"], exclude={"label": ["b"]}))
    write_table(tmp_path / "groups.csv", groups.group.dropna().rename("group").reset_index())
    write_table(tmp_path / "sizes.csv", groups.sizes)
    read = load_membership(tmp_path / "groups.csv", tmp_path / "sizes.csv")
    assert read.labels == ["a", "c", "unknown"]
    assert read.group_of == {0: 0, 2: 2, 3: 1}


@pytest.mark.parametrize(
    "values",
    [
        [1234567.0, 1234568.0],
        [0.12345678, 0.12345679],
        pd.array([1234567, 1234568], "Int64"),
        [True, False],
    ],
    ids=["large", "fine", "integers", "truth"],
)
def test_different_values_are_different_groups(values):
    assert len(assign(table(value=values), "values", Grouping(["value"])).sizes) == 2


def test_whole_numbers_are_written_as_such_whatever_their_type():
    for kind in (float, int, "Int64", object):
        layers = table(op_set=pd.Series([9, 13], dtype=kind))
        assert assign(layers, "n", Grouping(["op_set"])).sizes["group"].tolist() == ["9", "13"]


def test_labels_of_several_columns_do_not_merge():
    layers = table(first=["a / b", "a"], second=["c", "b / c"])
    assert len(assign(layers, "pairs", Grouping(["first", "second"])).sizes) == 2


def test_interval_labels():
    assert interval_labels([0, 0.1, 0.30000000000000004, 1]) == ["[0, .1]", "(.1, .3]", "(.3, 1]"]
    assert interval_labels([-1, -0.5, 0, 2.5, 10]) == ["[-1, -.5]", "(-.5, 0]", "(0, 2.5]", "(2.5, 10]"]


@pytest.mark.parametrize("edges", [[0, 1234567, 1234568, 1234569], [0.1234561, 0.1234562, 0.1234563, 0.1234564]])
def test_labels_of_different_intervals_differ(edges):
    assert len(set(interval_labels(edges))) == 3


@given(labels=st.lists(st.text()))
def test_any_labels_have_a_natural_order(labels):
    ordered = sorted(labels, key=natural_key)
    assert sorted(ordered) == sorted(labels)


@given(labels=st.lists(st.one_of(st.integers().map(str), st.from_regex(r"[a-z²Ⅷ٣५]*[0-9.]*-?[0-9]*", fullmatch=True))))
def test_mixed_labels_have_a_natural_order(labels):
    assert sorted(sorted(labels, key=natural_key)) == sorted(labels)


@given(numbers=st.lists(st.integers(0, 10**12)), prefix=st.text("abc- "))
def test_numbers_in_labels_are_ordered_by_value(numbers, prefix):
    labels = [f"{prefix}{n}" for n in numbers]
    assert sorted(labels, key=natural_key) == [f"{prefix}{n}" for n in sorted(numbers)]


def test_natural_order_of_common_labels():
    labels = ["resnet101", "resnet18", "9", "10", "v1.10", "v1.9", "op 2", "op 10", ""]
    assert sorted(labels, key=natural_key) == ["", "9", "10", "op 2", "op 10", "resnet18", "resnet101", "v1.10", "v1.9"]


def test_as_many_labels_as_the_paper_has_models():
    layers = table(label=[f"model {k % 391}" for k in range(13_015)])
    groups = assign(layers, "model", Grouping(["label"]))
    assert groups.sizes["group"].tolist() == [f"model {k}" for k in range(391)]
    assert np.isfinite(groups.sizes["n_filters"]).all()
