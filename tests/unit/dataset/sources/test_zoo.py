"""From wheels on disk to a data set in the authors' schema."""

import dataclasses
import hashlib
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import yaml
from onnx import helper

from filtershift.dataset.sources.wheels import Wheel, WheelModel
from filtershift.dataset.sources.zoo import build, read_zoo
from filtershift.errors import FiltershiftError
from tiny_models import conv, model_of, weights, write_wheel

FIRST = {"a": weights(2, 3, 3, 3), "b": weights(4, 2, 1, 1), "c": weights(4, 1, 3, 3)}
SECOND = {"d": weights(5, 1, 3, 3), "e": weights(5, 2, 7, 7)}
MEMBERS = {
    "p/first.onnx": model_of([conv("a", "x", "1", "A"), conv("b", "1", "2"), conv("c", "2", "y", "C", group=4)], FIRST),
    "p/second.onnx": model_of(
        [conv("d", "x", "1"), conv("e", "1", "2"), helper.make_node("Relu", ["2"], ["y"])], SECOND
    ),
    "p/none.onnx": model_of(
        [helper.make_node("ConvInteger", ["x", "q"], ["y"], name="Q")], {"q": np.ones((2, 3, 3, 3), np.uint8)}
    ),
}


@pytest.fixture
def wheels(tmp_path):
    """One wheel, already in the folder of wheels, with three models; the second has no 3×3 filters."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    path = write_wheel(folder, "p", "1", {member: model.SerializeToString() for member, model in MEMBERS.items()})
    models = [
        WheelModel("p/first.onnx", "first", {"Task": "Segmentation", "Visual Category": "a, b & (c)"}),
        WheelModel("p/none.onnx", "none"),
        WheelModel("p/second.onnx", "second", {"Paper": "https://example.org", "License": "BSD"}),
    ]
    shared = {"Task": "Classification", "License": "MIT"}
    return [Wheel("p", "1", path.name, hashlib.sha256(path.read_bytes()).hexdigest(), models, shared)]


@pytest.fixture
def built(wheels, tmp_path):
    dataset, skipped = tmp_path / "dataset.h5", tmp_path / "skipped.csv"
    build(wheels, tmp_path / "wheels", dataset, skipped)
    return dataset, pd.read_hdf(dataset, "/meta"), pd.read_csv(skipped)


def test_filters_and_their_ids(built):
    dataset, meta, _ = built
    assert meta.index.names == ["model_id", "conv_depth", "conv_depth_norm"]
    assert meta.index.tolist() == [(0, 0, 0.0), (0, 2, 1.0), (1, 0, 0.0)]
    assert meta["filter_ids"].tolist() == ["0:5", "6:9", "10:14"]
    expected = np.concatenate([tensor.reshape(-1, 3, 3) for tensor in (FIRST["a"], FIRST["c"], SECOND["d"])])
    with h5py.File(dataset) as file:
        np.testing.assert_array_equal(file["filters"][:].reshape(-1, 3, 3), expected)


def test_the_authors_columns(built):
    _, meta, _ = built
    authors = [
        *("model", "producer", "op_set", "depth", "Name", "Paper", "Pretraining-Dataset", "Training-Dataset"),
        *("Visual Category", "Task", "Accessible", "Dataset URL", "total_filters", "3x3_filter_share"),
        *("(1, 1) filters", "(3, 3) filters", "(7, 7) filters", "Conv", "Relu", "filter_ids"),
    ]
    assert meta.columns.tolist()[: len(authors)] == authors
    first, second = meta.iloc[0], meta.iloc[2]
    assert (first["model"], first["producer"], first["depth"], first["Conv"], first["Relu"]) == (
        "first",
        "tool 1.2",
        3,
        3,
        0,
    )
    assert (first["total_filters"], first["3x3_filter_share"], first["(1, 1) filters"]) == (10, 1.0, 8)
    assert (second["total_filters"], second["3x3_filter_share"], second["(7, 7) filters"]) == (15, 1 / 3, 10)
    assert (first["(7, 7) filters"], second["(1, 1) filters"]) == (0, 0)


def test_labels_of_wheel_and_model(built):
    _, meta, _ = built
    assert meta["Task"].tolist() == ["Segmentation", "Segmentation", "Classification"]
    assert meta["License"].tolist() == ["MIT", "MIT", "BSD"]
    assert meta["Visual Category"].tolist()[:2] == ["a, b & (c)"] * 2
    assert meta["Visual Category"].isna().tolist() == [False, False, True]
    assert meta["Dataset URL"].isna().all()


def test_columns_of_a_layer(built):
    _, meta, _ = built
    own = meta[["layer_name", "kernel", "groups", "in_channels", "out_channels"]].values.tolist()
    assert own == [["A", "regular", 1, 3, 2], ["C", "depthwise", 4, 4, 4], ["conv", "regular", 1, 1, 5]]


def test_the_quantised_model_is_listed(built):
    _, meta, skipped = built
    assert skipped.values.tolist() == [
        ["convolution", "none: Q", "quantised (ConvInteger)", 6],
        ["model", "none", "no readable 3×3 convolution; 1 × quantised (ConvInteger)", 0],
    ]
    assert skipped.columns.tolist() == ["kind", "name", "reason", "count"]
    assert "none" not in set(meta["model"])


def test_progress_names_the_wheel_on_stderr(wheels, tmp_path, capsys):
    read_zoo(wheels, tmp_path / "wheels")
    out, err = capsys.readouterr()
    assert out == ""
    assert "3/3" in err
    assert wheels[0].file in err


def test_a_zoo_without_filters_is_an_error_and_leaves_no_file(wheels, tmp_path):
    only = dataclasses.replace(wheels[0], models=wheels[0].models[1:2])
    with pytest.raises(FiltershiftError, match=r"d\.h5: none of the 1 models of the zoo has a 3×3 filter"):
        build([only], tmp_path / "wheels", tmp_path / "d.h5", tmp_path / "s.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["wheels"]


def test_labels_that_are_columns_are_refused_by_name(wheels, tmp_path):
    wheels[0].models[0].labels["kernel"] = "regular"
    with pytest.raises(FiltershiftError, match=r"^zoo, first: the label 'kernel' is a column already"):
        read_zoo(wheels, tmp_path / "wheels")


def test_two_models_of_one_name_are_refused(wheels, tmp_path):
    wheels[0].models.append(wheels[0].models[0])
    with pytest.raises(FiltershiftError, match=r"^zoo: 2 models are called 'first'"):
        read_zoo(wheels, tmp_path / "wheels")


def test_the_default_zoo_is_well_formed():
    path = Path(__file__).parents[4] / "config" / "dataset" / "zoo.yaml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))["wheels"]
    wheels = [Wheel(**{**entry, "models": [WheelModel(**model) for model in entry["models"]]}) for entry in entries]
    assert sum(len(wheel.models) for wheel in wheels) == 25
    for wheel in wheels:
        assert wheel.file.startswith(f"{wheel.package.replace('-', '_')}-{wheel.version}-")
        assert len(wheel.sha256) == 64
        assert all({"Name", "Task", "Visual Category"} <= set(wheel.labels | model.labels) for model in wheel.models)
