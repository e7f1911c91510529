"""Data sets, folders of results and model files."""

import os
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import yaml

import filtershift
from filtershift import FiltershiftError
from filtershift.dataset.fingerprint import fingerprint
from filtershift.dataset.layers import read_layers
from six_layers import LAYERS, write_six_layers

MODELS = Path(__file__).parents[3] / "data/models"


def test_columns_of_numbers_are_numbers(dataset) -> None:
    assert dataset.layers["epoch"].dtype == "Int64"
    assert dataset.layers["epoch"].tolist() == [1, 1, 10, 10, pd.NA, pd.NA]
    assert dataset.layers["version"].tolist() == ["01", "1", "2", "2", "2", "2"]


@pytest.fixture(params=["file of the user", "file of the workflow"])
def results(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The files of a finished run that opening it needs, with a label that only its layers.csv has."""
    file = tmp_path / "resources/mine/dataset.h5"
    file.parent.mkdir(parents=True)
    write_six_layers(file)
    folder = tmp_path / "results/mine"
    folder.mkdir(parents=True)
    read_layers(file).layers.assign(width=[1, 2, 3, 1, 2, 3]).to_csv(folder / "layers.csv")
    config = {
        "dataset": {"name": "mine", "path": None},
        "fingerprint": fingerprint(file) if "user" in request.param else "",
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    return folder


def test_a_folder_of_results_opens_its_data_set_with_its_labels(results: Path, monkeypatch) -> None:
    monkeypatch.chdir(results.parent)
    for path in (results, "mine", Path("mine/../mine")):
        opened = filtershift.open_dataset(path)
        assert opened.where(width=2).layers["model"].tolist() == ["x", "z"]
        assert np.array_equal(opened[3], LAYERS[3].reshape(-1, 3, 3))


def test_a_folder_of_results_whose_data_set_changed(results: Path) -> None:
    file = results.parents[1] / "resources/mine/dataset.h5"
    filtershift.from_arrays(LAYERS).save(file)
    os.utime(file, (2e9, 2e9))
    with pytest.raises(FiltershiftError, match=r"dataset\.h5 has changed since"):
        filtershift.open_dataset(results)
    file.unlink()
    with pytest.raises(FiltershiftError, match=r"its filters are read from .*dataset.h5, which is not there"):
        filtershift.open_dataset(results)


def test_a_bundle_has_no_filters(results: Path) -> None:
    config = {"dataset": {"name": "mine", "path": "theirs.zip", "bundled": True}}
    (results / "config.yaml").write_text(yaml.safe_dump(config))
    with pytest.raises(FiltershiftError, match=r"was made from the bundle .*theirs\.zip, which has no filters"):
        filtershift.open_dataset(results)


def test_home(results: Path, monkeypatch) -> None:
    monkeypatch.setitem(os.environ, "HOME", str(results.parents[1]))
    assert len(filtershift.open_dataset("~/results/mine")) == 6
    assert len(filtershift.open_dataset("~/resources/mine/dataset.h5")) == 6


def test_what_a_model_file_holds_besides_is_listed() -> None:
    model = filtershift.read_model(MODELS / "torch_graphs/unet.pt2")
    assert len(model.skipped) > 0
    assert f"skipped: {len(model.skipped)} " in repr(model)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: filtershift.open_dataset("nowhere.h5"), "nowhere.h5: no such file"),
        (lambda: filtershift.open_dataset(MODELS), "holds no results: expected a folder such as results/zoo"),
        (lambda: filtershift.open_dataset(MODELS / "torch/checkpoint.pt"), "open models with read_model"),
        (lambda: filtershift.open_dataset(3), "open_dataset expects a path, not 3"),
        (lambda: filtershift.open_dataset(LAYERS), "of type list; from_arrays takes arrays"),
        (lambda: filtershift.read_model("nowhere.onnx"), "nowhere.onnx"),
        (lambda: filtershift.read_model(3), "read_model expects a path, not 3"),
        (lambda: filtershift.read_model("a.onnx", batch_norm="raw"), "folded or stored, not 'raw'"),
    ],
)
def test_mistakes_are_one_line(wrong, said) -> None:
    with pytest.raises(FiltershiftError, match=said) as error:
        wrong()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["empty.pt", "text.onnx", "cut.onnx", "other.h5", "net.xml", "net.param", "a.json"])
def test_a_bad_model_file_is_named_with_its_path(name, tmp_path, monkeypatch) -> None:
    """The path as it was given; two folders may have files of one name."""
    contents = {
        "text.onnx": b"text",
        "cut.onnx": b"\x08\x07\x12",
        "net.xml": b'<net name="a" version="11"></net>',
        "net.param": b"7767517\n1 1\nConvolution c 0 1 a 0=8 1=3 6=72\n",
        "a.json": b'{"weight_map": {"a": "gone.safetensors"}}',
    }
    monkeypatch.chdir(tmp_path)
    Path("runs").mkdir()
    Path("runs", name).write_bytes(contents.get(name, b""))
    if name == "other.h5":
        with h5py.File("runs/other.h5", "w") as file:
            file["x"] = np.ones(3)
    for read in (filtershift.read_model, lambda path: filtershift.layerwise(path, path)):
        with pytest.raises(FiltershiftError, match=f"runs/{name}"):
            read(f"runs/{name}")
