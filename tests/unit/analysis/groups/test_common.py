import numpy as np
import pandas as pd

from filtershift.analysis.groups.common import SEVERAL, CommonLabels, common_labels

LAYERS = pd.DataFrame({"Task": ["B", "B", "A", "B", np.nan, np.nan, "A", "C"], "depth": range(8)}, range(10, 18))
GROUP = pd.Series(list("xxyyzzww"), LAYERS.index)


def test_a_group_has_the_label_of_all_of_its_layers_or_several_or_none():
    common = common_labels(LAYERS, GROUP, "Task")
    assert common.column == "Task"
    assert common.labels == ["A", "B", "C", "unknown"]
    assert common.of_group == {"x": "B", "y": SEVERAL, "z": "unknown", "w": SEVERAL}


def test_a_missing_label_is_one_more_label():
    common = common_labels(LAYERS, pd.Series(list("xyyz"), [10, 13, 14, 11]), "Task")
    assert common.of_group == {"x": "B", "y": SEVERAL, "z": "B"}


def test_layers_in_no_group_do_not_count():
    common = common_labels(LAYERS, pd.Series(list("xyz"), [11, 12, 16]), "Task")
    assert common.of_group == {"x": "B", "y": "A", "z": "A"}


def test_the_most_frequent_are_counted_first_and_those_of_no_label_last():
    of_group = {"a": "B", "b": "C", "c": SEVERAL, "d": "unknown", "e": "C", "f": "A", "g": "unknown"}
    common = CommonLabels("Task", ["A", "B", "C", "unknown"], of_group)
    assert list(common.counted(list("abcdefg")).items()) == [("C", 2), ("A", 1), ("B", 1), ("unknown", 2), (SEVERAL, 1)]
    assert common.counted(["b", "a"]) == {"B": 1, "C": 1}


def test_labels_that_tell_nothing_are_none():
    assert common_labels(LAYERS, GROUP, "Datatype") is None
    assert common_labels(LAYERS, GROUP, "depth") is None
    assert common_labels(LAYERS, LAYERS["Task"].dropna(), "Task") is None
    assert common_labels(LAYERS, pd.Series("all", LAYERS.index), "Task") is None
    assert common_labels(LAYERS, GROUP.iloc[:0], "Task") is None
