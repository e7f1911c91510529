"""From model files to a data set in the authors' schema, alone and after the layers of another."""

import tracemalloc
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save

from filtershift.analysis.groups.assign import assign
from filtershift.analysis.groups.definition import Grouping
from filtershift.dataset.layer_table import load_layers
from filtershift.dataset.layers import read_layers
from filtershift.dataset.model_table import model_table
from filtershift.dataset.models.listed import ModelFile
from filtershift.dataset.sources import own_models
from filtershift.dataset.sources.own_models import build
from filtershift.dataset.writer import write_dataset
from filtershift.errors import FiltershiftError
from filtershift.files import write_table
from tiny_models import conv, model_of, weights

DATA = Path(__file__).parents[3] / "data"
STORED = {"a": weights(4, 2, 3, 3), "b": weights(2, 4, 1, 1), "c": weights(3, 2, 3, 3)}
TORCH = ModelFile(str(DATA / "torch/module.pt"), "torch", {"Task": "Segmentation", "License": "MIT"})
N_TORCH = 22


@pytest.fixture
def files(tmp_path):
    """A model of each kind; the last has no filters."""
    nodes = [conv("a", "x", "1", "A"), conv("b", "1", "2"), conv("c", "2", "y", "C")]
    (tmp_path / "a.onnx").write_bytes(model_of(nodes, STORED).SerializeToString())
    (tmp_path / "b.safetensors").write_bytes(save({"s.weight": weights(2, 2, 3, 3), "t.weight": weights(2, 2, 5, 5)}))
    (tmp_path / "none.safetensors").write_bytes(save({"q.weight": np.ones((2, 2, 3, 3), np.int8)}))
    names = ("a.onnx", "b.safetensors", "none.safetensors")
    return [*(ModelFile(str(tmp_path / name), Path(name).stem) for name in names), TORCH]


def filters_of(path):
    with h5py.File(path) as file:
        return file["filters"][:].reshape(-1, 3, 3)


def test_models_of_all_kinds(files, tmp_path, capsys):
    build(files, tmp_path / "d.h5", tmp_path / "s.csv")
    meta = pd.read_hdf(tmp_path / "d.h5", "/meta").reset_index()
    assert meta["model"].tolist() == ["a", "a", "b", "torch", "torch", "torch"]
    assert meta["model_id"].tolist() == [0, 0, 1, 2, 2, 2]
    assert meta["conv_depth_norm"].tolist() == [0, 1, 0, 0, 0.25, 0.75]
    assert meta["depth_source"].tolist() == ["graph", "graph", "names", "order", "order", "order"]
    assert meta["filter_ids"].tolist() == ["0:7", "8:13", "14:17", "18:25", "26:29", "30:39"]
    assert meta["op_set"].notna().tolist() == meta["Conv"].notna().tolist() == [True, True, *[False] * 4]
    assert meta["(5, 5) filters"].tolist() == [0, 0, 4, 0, 0, 0]
    assert meta["layer_name"].tolist() == ["A", "C", "s", "first", "depth", "last"]
    assert meta["kernel"].tolist()[3:] == ["regular", "depthwise", "regular"]
    assert meta["kernel"].isna().tolist() == [False, False, True, False, False, False]
    assert meta["Task"].tolist()[3:] == ["Segmentation"] * 3
    np.testing.assert_array_equal(filters_of(tmp_path / "d.h5")[:8], STORED["a"].reshape(8, 3, 3))
    skipped = pd.read_csv(tmp_path / "s.csv")
    assert skipped["name"].tolist() == ["none: q", "none", "torch: up", "torch: tied"]
    assert "torch" in capsys.readouterr().err


def test_labels_of_ones_own_are_columns_and_numbers_stay_numbers(files, tmp_path):
    labels = [{"epoch": 3, "accuracy": 0.5, "run": "01"}, {"epoch": 12}, {}, {"run": "b"}]
    build([replace(f, labels=own) for f, own in zip(files, labels, strict=True)], tmp_path / "d.h5", tmp_path / "s.csv")
    layers = read_layers(tmp_path / "d.h5").layers
    write_table(tmp_path / "layers.csv", layers, index=True)
    layers = load_layers(tmp_path / "layers.csv")
    table = model_table(layers).set_index("model")[["epoch", "accuracy", "run"]].astype(object)
    assert table.where(table.notna(), None).T.to_dict("list") == {
        "a": ["3", "0.5", "01"],
        "b": ["12", None, None],
        "torch": [None, None, "b"],
    }
    by_epoch = assign(layers, "epoch", Grouping(by=["epoch"]))
    assert by_epoch.sizes["group"].tolist() == ["3", "12", "unknown"]


def test_a_label_with_the_name_of_an_operator_is_refused(files, tmp_path):
    with pytest.raises(FiltershiftError, match="a: the label 'Conv' is a column already"):
        build([replace(files[0], labels={"Conv": 1})], tmp_path / "d.h5", tmp_path / "s.csv")


def test_what_is_known_of_batch_norm_is_a_column(files, tmp_path):
    build(files, tmp_path / "d.h5", tmp_path / "s.csv", DATA / "v1_tiny.h5")
    table = read_layers(tmp_path / "d.h5")
    assert set(table.layers["batch_norm"][table.layers["model"] == "a"]) == {"absorbed"}
    base = table.layers["batch_norm"] == "unknown"
    [row] = table.skipped[table.skipped["kind"] == "batch norm"].itertuples()
    assert row.name == f"{base.sum()} layers of {table.layers['model_id'][base].nunique()} models"
    assert row.count == table.layers["n_filters"][base].sum()
    assert "batch norm" not in set(read_layers(DATA / "v1_tiny.h5").skipped["kind"])


def test_equal_files_make_equal_data_sets(files, tmp_path):
    for name in "de":
        build(files, tmp_path / f"{name}.h5", tmp_path / "s.csv", DATA / "v1_tiny.h5")
    assert (tmp_path / "d.h5").read_bytes() == (tmp_path / "e.h5").read_bytes()


@pytest.mark.parametrize("name", ["v1_tiny", "v1table_tiny", "v0_tiny", "csv_tiny"])
def test_another_data_set_is_kept(name, files, tmp_path, monkeypatch):
    monkeypatch.setattr(own_models, "BLOCK", 300)
    base, dataset = DATA / f"{name}.h5", tmp_path / "d.h5"
    build(files, dataset, tmp_path / "s.csv", base)
    before, after = read_layers(base), read_layers(dataset)
    n, n_filters = len(before.layers), len(filters_of(dataset)) - 18 - N_TORCH
    columns = list(before.layers)
    pd.testing.assert_frame_equal(before.layers, after.layers[columns][:n], check_dtype=False)
    added = after.layers[n:]
    assert added["model_id"].drop_duplicates().tolist() == [before.layers["model_id"].max() + k for k in (1, 2, 3)]
    assert added["filter_ids"].iloc[0] == f"{n_filters}:{n_filters + 7}"
    assert set(added["Task"].dropna()) == {"Segmentation"}
    assert ((after.layers["depth_source"] != "file") == (after.layers.index >= n)).all()
    with h5py.File(base) as file:
        node = file["filters" if "filters" in file else "filter"]
        np.testing.assert_array_equal(filters_of(dataset)[:n_filters], node[:].reshape(-1, 3, 3))


def test_counts_beside_text_are_written_alike(tmp_path):
    """The columns of a CSV are text; 13 would be another label than 13.0."""
    build([TORCH], tmp_path / "d.h5", tmp_path / "s.csv", DATA / "csv_tiny.h5")
    layers = read_layers(tmp_path / "d.h5").layers
    assert layers["total_filters"].astype(str).str.fullmatch(r"\d+").all()


def base_of(path, dtype, n=1000, **columns):
    """A data set of one layer and a filter that no layer owns."""
    meta = pd.DataFrame(
        {"model_id": [7], "conv_depth": 0, "conv_depth_norm": 0.0, "filter_ids": f"0:{n - 2}", **columns}
    )
    with h5py.File(path, "w") as file:
        file["filters"] = np.random.default_rng(0).normal(size=(n, 9)).astype(dtype)
        file["meta"] = np.frombuffer(meta.to_csv(index=False).encode(), np.uint8)
    return path


@pytest.mark.parametrize(("dtype", "written"), [("f8", "f8"), ("f4", "f4"), ("f2", "f4")])
def test_weights_keep_their_precision_and_filters_their_ids(dtype, written, tmp_path):
    base = base_of(tmp_path / "base.h5", dtype)
    build([TORCH], tmp_path / "d.h5", tmp_path / "s.csv", base)
    filters = filters_of(tmp_path / "d.h5")
    assert filters.dtype == written
    np.testing.assert_array_equal(filters[:1000], filters_of(base))
    assert read_layers(tmp_path / "d.h5").layers["filter_ids"].tolist() == [
        "0:998",
        "1000:1007",
        "1008:1011",
        "1012:1021",
    ]


def test_columns_of_the_base_that_give_way_are_listed(tmp_path):
    build([TORCH], tmp_path / "d.h5", tmp_path / "s.csv", base_of(tmp_path / "base.h5", "f4", n_filters=3))
    first = pd.read_csv(tmp_path / "s.csv").iloc[0]
    assert (first["kind"], first["name"]) == ("column", "n_filters")


def test_memory_does_not_grow_with_the_base(tmp_path):
    n = 2_000_000
    meta = pd.DataFrame({"model_id": [0], "conv_depth": 0, "conv_depth_norm": 0.0, "filter_ids": f"0:{n - 1}"})
    write_dataset(tmp_path / "base.h5", (np.zeros((n // 10, 9), np.float32) for _ in range(10)), meta)  # 72 MB
    tracemalloc.start()
    try:
        build([TORCH], tmp_path / "d.h5", tmp_path / "s.csv", tmp_path / "base.h5")
        assert tracemalloc.get_traced_memory()[1] < 25e6
    finally:
        tracemalloc.stop()


def test_no_filters_at_all_is_one_line_and_no_file(files, tmp_path):
    with pytest.raises(FiltershiftError) as refused:
        build([files[2]], tmp_path / "d.h5", tmp_path / "s.csv")
    assert str(refused.value) == (
        f"{tmp_path}/d.h5: no 3×3 filters in none: no readable 3×3 convolution; 1 × quantised (weights are I8)"
    )
    assert not (tmp_path / "d.h5").exists()


def test_the_name_of_a_model_of_the_base_is_taken(tmp_path):
    base = base_of(tmp_path / "base.h5", "f4", model="torch")
    with pytest.raises(FiltershiftError, match=r"base\.h5: 2 models are called 'torch'; each needs its own name$"):
        build([TORCH], tmp_path / "d.h5", tmp_path / "s.csv", base)


def test_a_full_disk_is_noticed_before(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 100}))
    with pytest.raises(FiltershiftError, match=r"d\.h5: 0\.0 MB of disk are needed, 0\.0 MB are free"):
        build([TORCH], tmp_path / "d.h5", tmp_path / "s.csv")
