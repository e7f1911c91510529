"""Groupings that the columns and labels of a data set do not allow."""

import os
from pathlib import Path
from typing import Any

import pytest

from answer_schema import LayerwiseConfig
from columns import check_columns, check_trajectory, named_columns, without_labels
from filtershift.errors import FiltershiftError
from schema import Config, GroupingConfig, UncertaintyConfig

GIVEN = [{"Task": "Classification"}, {"epoch": 3}]


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    path = tmp_path / "layers.csv"
    path.write_text("layer,model,Task,Relu\n0,net,,\n")
    return path


def grouping(**keys: Any) -> dict[str, GroupingConfig]:
    return {"mine": GroupingConfig(**keys)}


@pytest.mark.parametrize(
    ("keys", "part"),
    [
        ({"by": ["taks"]}, "grouping.mine.by: there is no column 'taks', did you mean 'Task'?"),
        ({"by": ["Visual Category"]}, "grouping.mine.by: there is no column 'Visual Category'"),
        ({"by": [], "where": {"colour": ["a"]}}, "grouping.mine.where: there is no column 'colour'; there are: "),
    ],
)
def test_a_column_that_finished_results_do_not_have(layers: Path, keys: dict[str, Any], part: str) -> None:
    with pytest.raises(FiltershiftError) as error:
        check_columns(grouping(**keys), {}, layers, Path("none.h5"), [])
    assert part in str(error.value)


@pytest.mark.parametrize("column", ["Task", "Relu", "lineage", "batch_norm", "epoch"])
def test_columns_of_finished_results_and_new_labels(layers: Path, column: str) -> None:
    check_columns(grouping(by=[column]), {}, layers, Path("none.h5"), GIVEN)


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"maps_colour": "Tsk"}, "maps_colour: there is no column 'Tsk', did you mean 'Task'?"),
        ({"maps_colour": "Visual Category"}, ""),
        ({"importance": "imp"}, "importance: there is no column 'imp'; there are: "),
        ({"importance": "imp.csv"}, ""),
        ({"uncertainty": UncertaintyConfig(cluster="lineag")}, "uncertainty.cluster: there is no column 'lineag', did"),
        ({"uncertainty": UncertaintyConfig(cluster="mine")}, ""),
        ({"layerwise": LayerwiseConfig(pairs={"differ": "epohc", "same": []})}, "layerwise.pairs: there is no column"),
    ],
)
def test_columns_of_other_keys(layers: Path, changed: dict[str, Any], part: str) -> None:
    config = Config(grouping=grouping(), **changed)
    try:
        check_columns({}, named_columns(config), layers, Path("none.h5"), GIVEN)
        said = ""
    except FiltershiftError as error:
        said = str(error)
    assert part in said if part else not said


def test_results_that_are_older_than_the_data_set(layers: Path, tmp_path: Path) -> None:
    (tmp_path / "dataset.h5").touch()
    os.utime(layers, (0, 0))
    check_columns(grouping(by=["taks"]), {}, layers, tmp_path / "dataset.h5", [])


def test_before_there_are_results_only_what_is_like_a_known_column_is_refused(tmp_path: Path) -> None:
    check_columns(grouping(by=["Gemm"]), {}, tmp_path / "none.csv", Path("none.h5"), GIVEN)
    with pytest.raises(FiltershiftError, match="did you mean 'epoch'"):
        check_columns(grouping(by=["epochs"]), {}, tmp_path / "none.csv", Path("none.h5"), GIVEN)


@pytest.mark.parametrize(
    ("keys", "part"),
    [
        ({"by": ["Visual Category"]}, "no model has a label 'Visual Category'"),
        ({"by": ["model"], "where": {"Task": ["Segm*"]}}, "no model has a label 'Task' that is 'Segm*'"),
        ({"by": ["model"], "where": {"Task": ["Class*"]}}, "there is one model"),
        ({"by": ["model"], "where": {"Task": ["unknown"]}}, "there is one model"),
        ({"by": ["model"]}, ""),
        ({"by": ["task"]}, ""),
        ({"by": ["Name"]}, "no model has a label 'Name'; add it to dataset.models"),
        ({"by": ["epoch"]}, "no two models differ in the label 'epoch'"),
        ({"by": ["Visual Category", "Task"]}, "no two models differ in the label 'Visual Category' or 'Task'"),
        ({"by": ["epoch", "Task"]}, ""),
        ({"by": ["depth"], "where": {"Task": ["Class*"]}}, ""),
        ({"by": ["model"], "where": {"Relu": ["4"]}}, ""),
        ({"by": ["kernel"]}, ""),
        ({"by": []}, ""),
    ],
)
def test_groupings_without_a_label(keys: dict[str, Any], part: str) -> None:
    found = without_labels(grouping(**keys), GIVEN, [])
    assert (part in found["mine"]) if part else not found


def test_labels_decide_among_the_models_of_where() -> None:
    given = [{"Task": "a", "data": "x"}, {"Task": "b", "data": "x"}, {"Task": "b"}]
    keys = {"where": {"Task": ["b"]}}
    assert not without_labels(grouping(by=["Task"]), given, [])
    assert without_labels(grouping(by=["Task"], **keys), given, []) == {
        "mine": "no two models differ in the label 'Task'"
    }
    assert not without_labels(grouping(by=["model"], **keys), given, [])
    assert without_labels(grouping(by=["Name"]), [{"name": "a"}], []) == {
        "mine": "no model has a label 'Name', did you mean 'name'?"
    }


@pytest.mark.parametrize(
    ("override", "kept"),
    [
        ("grouping=[all,mine]", True),
        ("+grouping.mine.by=Name", True),
        ("grouping=[mine2]", False),
        ("maps=[mine]", False),
    ],
)
def test_groupings_of_the_command_line_are_kept(override: str, kept: bool) -> None:
    assert bool(without_labels(grouping(by=["Name"]), GIVEN, [override])) != kept


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ({"by": ["epcoh"]}, "trajectory.by: no model has a label 'epcoh', did you mean 'epoch'?"),
        ({"by": ["epoch"], "within": ["colour"]}, "trajectory.within: no model has a label 'colour'; give it under"),
    ],
)
def test_a_trajectory_over_labels_that_no_model_has(layers: Path, labels: dict[str, list[str]], said: str) -> None:
    for known in (layers, Path("none.csv")):
        with pytest.raises(FiltershiftError) as error:
            check_trajectory(labels, known, GIVEN)
        assert said in str(error.value)


def test_a_trajectory_over_labels_of_models_or_of_results(layers: Path) -> None:
    check_trajectory({"by": ["epoch"], "within": ["Relu"]}, layers, GIVEN)
    check_trajectory({"by": ["anything"], "within": []}, Path("none.csv"), [])
