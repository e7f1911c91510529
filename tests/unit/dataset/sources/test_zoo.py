"""From packages on disk to a data set in the authors' schema."""

import dataclasses
import hashlib
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import yaml
from onnx import helper

from filtershift.dataset.models.labels import LABELS, LICENSE, LINEAGE
from filtershift.dataset.models.reading import read_model_file
from filtershift.dataset.sources.packages import Package, PackageModel
from filtershift.dataset.sources.zoo import build, read_zoo
from filtershift.errors import FiltershiftError
from tiny_models import conv, model_of, weights, write_source_archive, write_wheel

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
def packages(tmp_path):
    """One wheel, already in the folder of packages, with three models; the second has no 3×3 filters."""
    folder = tmp_path / "packages"
    folder.mkdir()
    path = write_wheel(folder, "p", "1", {member: model.SerializeToString() for member, model in MEMBERS.items()})
    models = [
        PackageModel("p/first.onnx", "first", {"Task": "Segmentation", "Visual Category": "a, b & (c)"}),
        PackageModel("p/none.onnx", "none"),
        PackageModel("p/second.onnx", "second", {"Paper": "https://example.org", "License": "BSD"}),
    ]
    shared = {"Task": "Classification", "License": "MIT"}
    return [Package("p", "1", path.name, hashlib.sha256(path.read_bytes()).hexdigest(), models, shared)]


@pytest.fixture
def built(packages, tmp_path):
    dataset, skipped = tmp_path / "dataset.h5", tmp_path / "skipped.csv"
    build(packages, tmp_path / "packages", dataset, skipped)
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


def test_labels_of_package_and_model(built):
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


def test_progress_names_the_package_on_stderr(packages, tmp_path, capsys):
    read_zoo(packages, tmp_path / "packages")
    out, err = capsys.readouterr()
    assert out == ""
    assert "3/3" in err
    assert packages[0].file in err


def test_a_zoo_without_filters_is_an_error_and_leaves_no_file(packages, tmp_path):
    only = dataclasses.replace(packages[0], models=packages[0].models[1:2])
    with pytest.raises(FiltershiftError, match=r"d\.h5: none of the 1 models of the zoo has a 3×3 filter"):
        build([only], tmp_path / "packages", tmp_path / "d.h5", tmp_path / "s.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["packages"]


def test_a_copy_is_left_out_and_listed(packages, tmp_path):
    """Even if its layers have other names and another order."""
    nodes = [conv("c", "x", "1", "second", group=4), conv("a", "1", "y", "first")]
    copy = model_of(nodes, {name: FIRST[name] for name in ("a", "c")}).SerializeToString()
    path = write_source_archive(tmp_path / "packages", "q", "2", {"copy.onnx": copy})
    models = [PackageModel("q-2/copy.onnx", "copy")]
    packages.append(Package("q", "2", path.name, hashlib.sha256(path.read_bytes()).hexdigest(), models))
    build(packages, tmp_path / "packages", tmp_path / "d.h5", tmp_path / "s.csv")
    assert set(pd.read_hdf(tmp_path / "d.h5", "/meta")["model"]) == {"first", "second"}
    [row] = pd.read_csv(tmp_path / "s.csv").query("name == 'copy'").values.tolist()
    assert row == ["model", "copy", "a copy of first: all filters are the same", 10]


def test_models_of_all_kinds_are_read(tmp_path):
    """Also from a source archive, and with weights in a second file."""
    param = Path(__file__).parents[3] / "data" / "models" / "ncnn" / "single.ncnn.param"
    files = {f"n/{part.name}": part.read_bytes() for part in (param, param.with_suffix(".bin"))}
    path = write_source_archive(tmp_path, "n", "1", files)
    package = Package("n", "1", path.name, hashlib.sha256(path.read_bytes()).hexdigest(), [])
    package.models.append(PackageModel(f"n-1/n/{param.name}", "small"))
    [model] = read_zoo([package], tmp_path)
    found, expected = (content.layers for content in (model.content, read_model_file(param, "small")))
    assert [layer.weights.tobytes() for layer in found] == [layer.weights.tobytes() for layer in expected] != []


def test_labels_that_are_columns_are_refused_by_name(packages, tmp_path):
    packages[0].models[0].labels["kernel"] = "regular"
    with pytest.raises(FiltershiftError, match=r"^zoo, first: the label 'kernel' is a column already"):
        read_zoo(packages, tmp_path / "packages")


def test_two_models_of_one_name_are_refused(packages, tmp_path):
    packages[0].models.append(packages[0].models[0])
    with pytest.raises(FiltershiftError, match=r"^zoo: 2 models are called 'first'"):
        read_zoo(packages, tmp_path / "packages")


def test_the_default_zoo_is_well_formed():
    path = Path(__file__).parents[4] / "config" / "dataset" / "zoo.yaml"
    for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["packages"]:
        package = Package(**{**entry, "models": [PackageModel(**model) for model in entry["models"]]})
        assert package.file.replace("-", "_").startswith(f"{package.package}-{package.version}".replace("-", "_"))
        assert len(package.sha256) == 64
        for model in package.models:
            labels = package.labels | model.labels
            assert {"Name", "Task", "Visual Category"} <= set(labels) <= {*LABELS, LICENSE, LINEAGE}
