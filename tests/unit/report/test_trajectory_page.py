"""The page of a trajectory, in words."""

from dataclasses import replace

import numpy as np
import pytest

from filtershift.analysis.trajectory.trace import Trajectory, trace
from filtershift.report.page import render
from filtershift.report.trajectory import facts, sections
from made_checkpoints import layer_table, measured, seeds


def traced(**keys) -> Trajectory:
    checkpoints = seeds(**keys)
    return trace(layer_table(checkpoints), *measured(checkpoints), "epoch", ["seed"])


def texts(found: Trajectory) -> dict[str, str]:
    return {section.title: " ".join(section.text) for section in sections(found)}


@pytest.fixture(scope="module")
def planted() -> Trajectory:
    return traced(epochs={"a": [0, 1, 2, 3], "b": [0, 1, 2, 3], "c": [9]}, layers=2, change=("conv1", 2))


def test_it_begins_with_what_changed_and_when(planted) -> None:
    told = sections(planted)[0].text[0].replace("\u2068", "").replace("\u2069", "")
    assert told.startswith("The most sudden change is that of layer conv1 between epoch 1 and 2 (D = ")
    assert "times as large as expected in each of 2 runs, and is above noise in 2 of them." in told
    assert "1 of 2 layers changed by more than noise in a step: 1 layer from epoch 1 to 2." in texts(planted)["Changes"]


def test_a_change_above_noise_need_not_be_sudden(planted) -> None:
    found = replace(planted, changes=planted.changes.assign(sudden=False))
    assert texts(found)["Changes"].startswith("No change is sudden. The most sudden one above noise is that of layer")


def test_which_layers_settled_when(planted) -> None:
    told = texts(planted)["Settled"].replace("\u2068", "").replace("\u2069", "")
    assert "2 of 2 layers settled before the last checkpoint; these are conv1 at epoch 2 and conv0 at epoch 0" in told


def test_layers_that_move_to_the_end_are_named() -> None:
    found = traced(epochs={"a": [0, 1, 2]}, layers=2, change=("conv0", 2))
    told = texts(found)["Settled"].replace("\u2068", "").replace("\u2069", "")
    assert "1 of 2 layers settled" in told
    assert "Still moving to the end: conv0." in told
    assert "There is one run, so there are no intervals over runs." in texts(found)["Shifts"]


def test_nothing_changed() -> None:
    found = traced(epochs={"a": [0, 1]}, layers=2)
    assert texts(found)["Changes"].startswith("No layer changed by more than noise")
    same = {key: layers for key in (("a", 0), ("a", 1)) for layers in seeds({"a": [0]}).values()}
    found = trace(layer_table(same), *measured(same), "epoch", ["seed"])
    assert texts(found)["Changes"].startswith("No layer changed at all")


def test_no_layer_is_found_again() -> None:
    checkpoints = {("a", 0.0): {"x": np.ones((30, 9))}, ("a", 1.0): {"y": np.zeros((40, 9))}}
    found = trace(layer_table(checkpoints), *measured(checkpoints), "epoch", ["seed"])
    assert texts(found)["Changes"].startswith("No layer is found again in another checkpoint")
    assert "(noise" in texts(found)["Shifts"]


def test_the_whole_page(planted, tmp_path) -> None:
    page = render(tmp_path, "Trajectories", "lead", facts(planted), sections(planted))
    assert "has one checkpoint, epoch 9" in page
    for name in planted.tables:
        assert f"{name}.csv" in page or name in ("checkpoints", "layers.over_runs")
    assert facts(planted) == {"runs": "2", "checkpoints": "8", "epoch": "0 to 3", "layers followed": "2"}


def test_missing_values_are_no_obstacle() -> None:
    checkpoints = seeds({"a": [0, 1]}, layers=2)
    histograms, moments, quality = measured(checkpoints)
    quality = quality.assign(orthogonality=np.nan, state=None)
    found = trace(layer_table(checkpoints), histograms, moments, quality, "epoch", ["seed"])
    assert "orthogonality" not in texts(found)["Quality"]
