"""Every key of a grouping on a table of layers."""

import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.groups.assign import UNKNOWN, assign
from filtershift.analysis.groups.definition import Grouping
from filtershift.errors import FiltershiftError


def grouped(layers, **keys):
    return assign(layers, "mine", Grouping(**keys))


def filters_of(groups):
    return dict(zip(groups.sizes["group"], groups.sizes["n_filters"].tolist(), strict=True))


def left_out(groups):
    assert groups.skipped.columns.tolist() == ["kind", "name", "reason", "count"]
    assert set(groups.skipped["kind"]) <= {"layers"}
    assert set(groups.skipped["name"]) <= {"mine"}
    return dict(zip(groups.skipped["reason"], groups.skipped["count"].tolist(), strict=True))


def test_no_two_combinations_of_labels_read_the_same():
    parts = ("a", "b", "/", "//", " / ", " // ", "a /", "/ a", "a/b", "a / b", "a // b")
    pairs = [(a, b) for a in parts for b in parts]
    table = pd.DataFrame(pairs, columns=["A", "B"]).assign(n_filters=1, model_id=0)
    assert grouped(table, by=["A", "B"]).group.nunique() == len(pairs)


def test_bins_of_a_column_of_text_say_so(layers):
    with pytest.raises(FiltershiftError, match="bins need numbers; the column 'Task' has none"):
        grouped(layers, by=["Task"], bins=[0, 1])


def test_by_one_column_with_missing_labels(layers):
    groups = grouped(layers, by=["Task"])
    assert groups.sizes.to_dict("list") == {
        "group": ["A", "B", "C", UNKNOWN],
        "n_filters": [51, 12, 192, 768],
        "n_layers": [4, 2, 2, 2],
        "n_models": [2, 1, 1, 1],
    }
    assert groups.group.tolist() == ["A", "A", "B", "B", "A", "A", "C", "C", UNKNOWN, UNKNOWN]
    assert groups.group.index.equals(layers.index)
    assert left_out(groups) == {}


def test_by_several_columns(layers):
    groups = grouped(layers, by=["Task", "Data", "op_set"])
    assert filters_of(groups) == {
        "A / x / 9": 3,
        "A / y / 9": 48,
        "B / x / 10": 12,
        "C / y / 11": 192,
        "unknown / y / 10": 768,
    }


def test_by_no_column_is_one_group(layers):
    groups = grouped(layers, by=[])
    assert groups.sizes.iloc[0].tolist() == ["all", 1023, 10, 5]
    assert len(groups.sizes) == 1


def test_where_keeps_and_lists_the_rest(layers):
    groups = grouped(layers, by=["Task"], where={"Data": ["y"], "op_set": [9, 10]})
    assert filters_of(groups) == {"A": 48, UNKNOWN: 768}
    assert left_out(groups) == {"Data not among those of 'where'": 15, "op_set not among those of 'where'": 192}
    assert groups.group.isna().tolist() == [True] * 4 + [False] * 2 + [True] * 2 + [False] * 2


def test_exclude_drops_and_lists(layers):
    groups = grouped(layers, by=["Data"], exclude={"Task": ["A", UNKNOWN], "op_set": [11]})
    assert filters_of(groups) == {"x": 12}
    assert left_out(groups) == {"Task among those of 'exclude'": 51 + 768, "op_set among those of 'exclude'": 192}


def test_what_is_left_out_twice_is_counted_once(layers):
    groups = grouped(layers, by=["Data"], where={"Task": ["A"]}, exclude={"Task": ["B"], "Data": ["y"]})
    assert filters_of(groups) == {"x": 3}
    assert sum(left_out(groups).values()) == 1023 - 3


TENTHS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
DECILES = ["[0, .1]", "(.1, .2]", "(.2, .3]", "(.3, .4]", "(.4, .5]"]
DECILES += ["(.5, .6]", "(.6, .7]", "(.7, .8]", "(.8, .9]", "(.9, 1]"]


@pytest.mark.parametrize("edges", [TENTHS, np.arange(0, 1.05, 0.1).tolist(), np.linspace(0, 1, 11).tolist()])
def test_depth_deciles(edges):
    depths = [0, 0.05, 0.1, 0.1 + 1e-9, 0.2, 0.25, 0.3, 0.1 + 0.2, 0.35, 0.5, 0.6, 3 * 0.2, 0.7, 0.1 * 7, 0.8, 0.9, 1]
    expected = [0, 0, 0, 1, 1, 2, 2, 2, 3, 4, 5, 5, 6, 6, 7, 8, 9]
    layers = pd.DataFrame({"conv_depth_norm": depths, "n_filters": 1, "model_id": 1})
    groups = grouped(layers, by=["conv_depth_norm"], bins=edges, order="natural")
    assert groups.group.tolist() == [DECILES[k] for k in expected]
    assert groups.sizes["group"].tolist() == DECILES


@pytest.mark.parametrize("depth", range(2, 40))
def test_every_tenth_of_a_depth_falls_into_its_decile(depth):
    """conv_depth / (depths - 1) as a model has it, against whole numbers."""
    k = np.arange(depth)
    layers = pd.DataFrame({"conv_depth_norm": k / (depth - 1), "n_filters": 1, "model_id": 1})
    groups = grouped(layers, by=["conv_depth_norm"], bins=TENTHS)
    tenth = np.maximum(-(-10 * k // (depth - 1)) - 1, 0)
    assert groups.group.tolist() == [DECILES[t] for t in tenth]


def test_edges_just_below_a_value_are_the_value():
    layers = pd.DataFrame({"depth": [0.1, 0.2], "n_filters": 1, "model_id": 1})
    groups = grouped(layers, by=["depth"], bins=[0, 1 - 0.9, 1])  # 0.09999999999999998
    assert groups.group.tolist() == ["[0, .1]", "(.1, 1]"]


def test_bins_leave_out_and_list_what_lies_outside_or_is_missing(layers):
    layers["depth"] = ["1", "2", "x", None, "-5", "10", "11", "1e1", "nan", "0"]
    groups = grouped(layers, by=["depth"], bins=[-5, 0, 10], order="natural")
    assert filters_of(groups) == {"[-5, 0]": 16 + 512, "(0, 10]": 1 + 2 + 32 + 128}
    assert left_out(groups) == {"depth missing or outside the bins": 4 + 8 + 64 + 256}


@pytest.mark.parametrize("kind", ["Int64", "float64", "object", "str"])
def test_bins_of_any_type_of_column(layers, kind):
    layers["depth"] = pd.Series([1, 2, None, 4, 5, 6, 7, 8, 9, 10], layers.index).astype("Int64")
    layers["depth"] = layers["depth"].astype("float64" if kind == "str" else kind).astype(kind)
    groups = grouped(layers, by=["depth"], bins=[0, 5, 10])
    assert filters_of(groups) == {"[0, 5]": 27, "(5, 10]": 992}


def test_natural_order_of_bins_and_map_is_as_written(layers):
    layers["Task"] = ["b", "b", "c", "c", "a", "a", "d", "d", "c", "c"]
    groups = grouped(
        layers, by=["Task"], map={"c": "third", "a": "first", "d": "third", "b": "second"}, order="natural"
    )
    assert groups.sizes["group"].tolist() == ["third", "first", "second"]


def test_natural_order_of_mapped_bins_is_that_of_the_map(layers):
    names = {"(.5, 1]": "late", "[[]0, .2]": "early", "*": "middle"}
    groups = grouped(layers, by=["conv_depth_norm"], bins=[0, 0.2, 0.5, 1], map=names, order="natural")
    assert groups.sizes["group"].tolist() == ["late", "early", "middle"]


@pytest.mark.parametrize("order", ["natural", "shift"])
def test_numbers_are_ordered_by_value(layers, order):
    assert grouped(layers, by=["op_set"], order=order).sizes["group"].tolist() == ["9", "10", "11"]


def test_order_by_label(layers):
    assert grouped(layers, by=["op_set"], order="label").sizes["group"].tolist() == ["10", "11", "9"]
    groups = grouped(layers, by=["Task"], map={"C": "z", "*": "a"}, order="label")
    assert groups.sizes["group"].tolist() == ["a", "z"]


def test_small_groups_are_left_out_and_listed(layers):
    groups = grouped(layers, by=["Task"], min_filters=51, min_models=2)
    assert filters_of(groups) == {"A": 51}
    assert left_out(groups) == {
        "group 'B' has fewer than 51 filters": 12,
        "group 'C' has fewer than 2 models": 192,
        "group 'unknown' has fewer than 2 models": 768,
    }
    assert groups.group.notna().sum() == 4


def test_filters_are_in_a_group_or_listed(layers):
    groups = grouped(
        layers,
        by=["Task"],
        where={"Data": ["x", "y"]},
        exclude={"op_set": ["11"]},
        map={"A": "a", "u*": "u"},
        min_filters=60,
    )
    assert sum(filters_of(groups).values()) + sum(left_out(groups).values()) == layers["n_filters"].sum()


@pytest.mark.parametrize(
    "keys", [{"by": ["task"]}, {"by": ["Task"], "where": {"task": ["A"]}}, {"by": [], "exclude": {"task": ["A"]}}]
)
def test_an_unknown_column_is_named_with_the_nearest(layers, keys):
    with pytest.raises(FiltershiftError) as error:
        grouped(layers, **keys)
    assert str(error.value) == "grouping 'mine': the data set has no column 'task', did you mean 'Task'?"


def test_a_column_like_none_is_named_with_those_there_are(layers):
    with pytest.raises(FiltershiftError) as error:
        grouped(layers, by=["colour"])
    message = str(error.value)
    assert "\n" not in message
    assert all(word in message for word in ("'mine'", "'colour'", *layers.columns))


@pytest.mark.parametrize(
    "keys",
    [
        {"by": ["Task"], "where": {"Task": ["Z"]}},
        {"by": ["Task"], "map": {"Z": "z"}},
        {"by": ["conv_depth_norm"], "bins": [5, 6]},
        {"by": ["Task"], "min_filters": 10_000},
        {"by": [], "exclude": {"Data": ["x", "y"]}},
    ],
)
def test_nothing_left_is_an_error(layers, keys):
    with pytest.raises(FiltershiftError, match=r"^grouping 'mine': no layer is left in any group; \w+"):
        grouped(layers, **keys)


@pytest.mark.parametrize("count", [1000, 1001, 5000])
def test_more_groups_than_can_be_compared_are_an_error(count):
    numbers = np.arange(count)
    layers = pd.DataFrame({"model_id": numbers, "Name": [f"net {k}" for k in numbers], "n_filters": 10})
    if count == 1000:
        assert len(assign(layers, "mine", Grouping(["Name"])).sizes) == 1000
    else:
        with pytest.raises(FiltershiftError, match=rf"^grouping 'mine': {count:,} groups are more than the 1,000"):
            assign(layers, "mine", Grouping(["Name"]))


@pytest.mark.parametrize(
    ("by", "bins", "message"),
    [
        (["Task", "Data"], [0, 1], "one column"),
        ([], [0, 1], "one column"),
        (["conv_depth_norm"], [1], "rising"),
        (["conv_depth_norm"], [0, 0.5, 0.5], "rising"),
        (["conv_depth_norm"], [1, 0], "rising"),
        (["conv_depth_norm"], [0, float("nan"), 1], "rising"),
    ],
)
def test_wrong_bins_are_an_error(layers, by, bins, message):
    with pytest.raises(FiltershiftError, match=rf"^grouping 'mine': .*{message}"):
        grouped(layers, by=by, bins=bins)


def test_the_layer_table_stays_as_it_was(layers):
    before = layers.copy()
    grouped(layers, by=["Task"], where={"Data": ["y"]}, map={"*": "a"})
    grouped(layers, by=["conv_depth_norm"], bins=[0, 0.5])
    pd.testing.assert_frame_equal(layers, before)


def test_where_and_exclude_take_patterns_and_labels_that_look_like_them(layers):
    layers["Task"] = ["[ab]", "[ab]", "a", "a", "ResNet-1", "ResNet-2", "VGG", "VGG", None, None]
    assert set(filters_of(grouped(layers, by=["Task"], where={"Task": ["ResNet*"]}))) == {"ResNet-1", "ResNet-2"}
    assert set(filters_of(grouped(layers, by=["Task"], exclude={"Task": ["ResNet*", "unknown", "VGG"]}))) == {
        "[ab]",
        "a",
    }
    assert "[ab]" in filters_of(grouped(layers, by=["Task"], where={"Task": ["[ab]"]}))
