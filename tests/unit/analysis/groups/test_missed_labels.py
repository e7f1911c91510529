"""New names for labels, and labels that a grouping names but no layer has."""

import pytest

from filtershift.analysis.groups.assign import UNKNOWN, assign
from filtershift.analysis.groups.definition import Grouping


def grouped(layers, **keys):
    return assign(layers, "mine", Grouping(**keys))


def filters_of(groups):
    return dict(zip(groups.sizes["group"], groups.sizes["n_filters"].tolist(), strict=True))


def left_out(groups):
    return dict(zip(groups.skipped["reason"], groups.skipped["count"].tolist(), strict=True))


def test_map_takes_the_first_pattern_that_matches(layers):
    groups = grouped(layers, by=["Task", "op_set"], map={"C*": "see", "?  9": "never", "* 9": "nine", "[AB]*": "rest"})
    assert filters_of(groups) == {"nine": 51, "rest": 12, "see": 192}
    [reason] = left_out(groups)
    assert reason.startswith("matches no pattern of 'map': 'unknown / ")


def test_map_ignores_case_and_may_name_the_missing(layers):
    groups = grouped(layers, by=["Task"], map={"a*": "first", UNKNOWN.upper(): "none", "*": "other"})
    assert filters_of(groups) == {"first": 51, "none": 768, "other": 204}


def test_map_can_tell_labels_apart_that_differ_in_case(layers):
    layers["Task"] = layers["Task"].replace("B", "a")
    groups = grouped(layers, by=["Task"], map={"a": "small", "A": "large", "*": "other"})
    assert filters_of(groups) == {"small": 12, "large": 51, "other": 768 + 192}


def test_a_label_that_map_makes_keeps_its_name(layers):
    groups = grouped(layers, by=["Task"], map={"B": "a", UNKNOWN: "none", "*": "C"})
    assert filters_of(groups) == {"a": 51 + 12, "none": 768, "C": 192}


def test_labels_without_a_pattern_are_named_largest_first(layers):
    assert left_out(grouped(layers, by=["Task"], map={"A": "a"})) == {
        "matches no pattern of 'map': 'unknown', 'C', 'B'": 768 + 192 + 12
    }


@pytest.mark.parametrize("key", ["where", "exclude"])
def test_labels_that_do_not_occur_are_named_with_those_that_do(layers, key):
    layers["Task"] = layers["Task"].replace({"A": "Segmentation", "B": "Classification"})
    skipped = grouped(layers, by=["Task"], **{key: {"Task": ["Clasification", "Seg*"]}}).skipped
    [reason] = skipped.loc[skipped["kind"] == "label", "reason"]
    assert reason.startswith(f"{key}: no Task equals 'Clasification', or matches it as a shell pattern")
    assert "there are: 'Classification', 'Segmentation'" in reason
