"""The layer table says what the file says, and survives CSV."""

import re
from itertools import chain

import h5py
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filtershift.dataset.filters import FilterFile
from filtershift.dataset.layer_table import load_layers, row_ranges_of
from filtershift.dataset.layers import FIRST, _label, read_layers
from layer_files import DATA, FIXTURES, dataset

TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from("\r\n\"',;$\\\t \0")).filter(bool)


def spelled_out(row_ranges):
    """Layer to its ids."""
    owned = {}
    for layer, start, stop in row_ranges.itertuples(index=False):
        owned.setdefault(layer, []).extend(range(start, stop))
    return owned


@pytest.mark.parametrize("name", FIXTURES)
def test_fixtures(name):
    table = read_layers(DATA / f"{name}.h5")
    layers = table.layers
    assert tuple(layers.columns[: len(FIRST)]) == FIRST
    assert layers.index.equals(pd.RangeIndex(21, name="layer"))
    assert "Datatype" not in layers
    assert "medical ct & mri" in set(layers["Visual Category"])
    assert set(layers["layer_position"][layers["conv_depth_norm"] == 0]) == {"first"}
    assert set(layers["depth_source"]) == {"file"}
    assert table.skipped.empty
    assert list(table.skipped) == ["kind", "name", "reason", "count"]
    with FilterFile(DATA / f"{name}.h5") as filters:
        assert sorted(chain(*spelled_out(table.row_ranges).values())) == list(range(filters.n_filters))
    sizes = table.row_ranges["stop"] - table.row_ranges["start"]
    assert sizes.groupby(table.row_ranges["layer"]).sum().tolist() == layers["n_filters"].tolist()


@pytest.mark.slow
def test_id_lists_and_ranges_are_the_same_runs():
    row_ranges = [read_layers(DATA / f"{name}.h5").row_ranges for name in FIXTURES]
    for other in row_ranges[1:]:
        pd.testing.assert_frame_equal(row_ranges[0], other)


@pytest.mark.parametrize("name", FIXTURES)
def test_layers_survive_csv(name, tmp_path):
    table = read_layers(DATA / f"{name}.h5")
    table.layers.to_csv(tmp_path / "layers.csv")
    loaded = load_layers(tmp_path / "layers.csv")
    assert list(loaded) == list(table.layers)
    for column in loaded:
        expected = table.layers[column]
        assert loaded[column].isna().tolist() == expected.isna().tolist()
        same = loaded[column].dropna().tolist()
        numbers = pd.api.types.is_numeric_dtype(loaded[column])
        assert same == (expected.dropna().astype(float) if numbers else expected.dropna().astype(str)).tolist()
    pd.testing.assert_frame_equal(row_ranges_of(loaded), table.row_ranges)
    pd.testing.assert_frame_equal(
        row_ranges_of(loaded[5:8]), table.row_ranges.query("4 < layer < 8").reset_index(drop=True)
    )
    assert row_ranges_of(loaded[:0]).empty


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pandas.errors.PerformanceWarning")
@given(
    labels=st.lists(TEXT | st.sampled_from(["NA", "nan", "null", "None", "01", "1", "1.0", "True"]), min_size=1),
    kind=st.sampled_from(["csv", "frame"]),
)
def test_any_labels_survive_and_none_merge(tmp_path_factory, labels, kind):
    folder = tmp_path_factory.mktemp("labels")
    ids = [f"{i}:{i}" if kind == "csv" else [i] for i in range(len(labels))]
    # what CSV cannot hold, or cannot tell from nothing, is not in the file in the first place
    labels = [label.replace("\r", "").replace("\0", "") or "x" for label in labels] if kind == "csv" else labels
    layers = read_layers(dataset(folder / "d.h5", ids, len(ids), Task=labels, model=labels)).layers
    layers.to_csv(folder / "layers.csv")
    loaded = load_layers(folder / "layers.csv")
    for column in ("Task", "model"):
        assert loaded[column].tolist() == layers[column].tolist()
    clear = [re.sub(r"\\+(?=[r0\r\0]|ud[89a-f])", lambda found: 2 * found[0], label) for label in labels]
    escaped = [label.replace("\r", "\\r").replace("\0", "\\0") for label in clear]
    assert loaded["Task"].tolist() == ["Segmentation" if "Segmentation" in label else label for label in escaped]


def test_no_two_labels_read_the_same():
    parts = ("\r", "\\r", "\\\r", "\0", "\\0", "\\", "\ud800", "\\ud800", "r", "x")
    labels = {a + b + c for a in parts for b in parts for c in parts}
    assert len({_label(label) for label in labels}) == len(labels)


def test_labels_of_any_kind(tmp_path):
    path = tmp_path / "d.h5"
    labels = ["a", None, "", "nan", "Ω $x_1$", True, 1, 2.5, "\ud800", np.nan]
    frame = pd.DataFrame({"label": pd.Series(labels, dtype=object), "whole": [1.0, np.nan] * 5, "part": [0.5] * 10})
    frame = frame.assign(model_id=0, conv_depth=0, conv_depth_norm=0.0, filter_ids=[f"{i}:{i}" for i in range(10)])
    with pytest.warns(pd.errors.PerformanceWarning):
        frame.to_hdf(path, key="meta", errors="surrogatepass")
    with h5py.File(path, "a") as file:
        file["filters"] = np.ones((10, 9))
    layers = read_layers(path).layers
    assert layers["label"].fillna("-").tolist() == ["a", "-", "-", "nan", "Ω $x_1$", "True", "1", "2.5", "\\ud800", "-"]
    layers.to_csv(tmp_path / "layers.csv")
    loaded = load_layers(tmp_path / "layers.csv")
    assert loaded["whole"].fillna("-").tolist() == ["1", "-"] * 5
    assert loaded["part"].tolist() == ["0.5"] * 10


def test_segmentation_is_folded(tmp_path):
    tasks = ["Segmentation", "Semantic Segmentation", "Instance Segmentation, panoptic", "Classification", ""]
    path = dataset(tmp_path / "d.h5", [f"{i}:{i}" for i in range(5)], Task=tasks)
    assert read_layers(path).layers["Task"].fillna("-").tolist() == ["Segmentation"] * 3 + ["Classification", "-"]


def test_words_in_place_of_counts_are_labels(tmp_path):
    path = dataset(tmp_path / "d.h5", ["0:3", "4:7"], depth=["deep", "1"], total_filters=["", "7"])
    read_layers(path).layers.to_csv(tmp_path / "layers.csv")
    loaded = load_layers(tmp_path / "layers.csv")
    assert loaded["depth"].tolist() == ["deep", "1"]
    assert loaded["total_filters"].fillna(-1).tolist() == [-1, 7]


def test_both_names_of_the_visual_category_stay(tmp_path):
    layers = read_layers(dataset(tmp_path / "d.h5", ["0:1"], Datatype=["a"], **{"Visual Category": ["b"]})).layers
    assert layers[["Datatype", "Visual Category"]].to_numpy().tolist() == [["a", "b"]]


def test_layer_position(tmp_path):
    depths = [0, 1e-12, 0.5, 1, 0]
    path = dataset(tmp_path / "d.h5", [f"{i}:{i}" for i in range(5)], conv_depth_norm=depths)
    assert read_layers(path).layers["layer_position"].tolist() == ["first", "middle", "middle", "last", "first"]


def models(tmp_path, ids, **columns):
    path = dataset(tmp_path / "d.h5", [f"{i}:{i}" for i in range(len(ids))], model_id=ids, **columns)
    return read_layers(path).layers["model"].tolist()


def test_models_are_named_and_never_merge(tmp_path):
    assert models(tmp_path, [3, 3, 4]) == ["3", "3", "4"]
    assert models(tmp_path, [3, 3, 4], Name=["a", "a", "b"]) == ["a", "a", "b"]
    assert models(tmp_path, [3, 3, 4], Name=["a", "a", "b"], model=["c", "c", ""]) == ["c", "c", "b"]
    assert models(tmp_path, [3, 3, 4], model=["a", "a", "a"]) == ["a (3)", "a (3)", "a (4)"]
    assert models(tmp_path, [3, 4, 5], model=["", "3", "x"]) == ["3 (3)", "3 (4)", "x"]
    found = models(tmp_path, [3, 4, 5], model=["a", "a", "a (3)"])
    assert len(set(found)) == 3


@pytest.mark.parametrize(
    ("cell", "row_ranges", "text"),
    [
        ("0:63", [(0, 64)], "0:63"),
        ("5:5", [(5, 6)], "5:5"),
        ("7", [(7, 8)], "7:7"),
        ("0:3 8:9", [(0, 4), (8, 10)], "0:3 8:9"),
        ("8:9, 0:3", [(0, 4), (8, 10)], "0:3 8:9"),
        ("0:3 4:9", [(0, 10)], "0:9"),
        ("[3, 1, 2, 9]", [(1, 4), (9, 10)], "1:3 9:9"),
        ("(3, 1, 2, 9)", [(1, 4), (9, 10)], "1:3 9:9"),
        ([3, 1, 2, 9], [(1, 4), (9, 10)], "1:3 9:9"),
        ((3, 1, 2, 9), [(1, 4), (9, 10)], "1:3 9:9"),
        (list(range(63, -1, -1)), [(0, 64)], "0:63"),
        ([np.int64(i) for i in (5, 4, 99)], [(4, 6), (99, 100)], "4:5 99:99"),
    ],
)
@pytest.mark.filterwarnings("ignore::pandas.errors.PerformanceWarning")
def test_ids_in_any_form(tmp_path, cell, row_ranges, text):
    table = read_layers(dataset(tmp_path / "d.h5", [cell]))
    assert list(table.row_ranges[["start", "stop"]].itertuples(index=False, name=None)) == row_ranges
    assert table.layers["filter_ids"].tolist() == [text]
    owned = sum(stop - start for start, stop in row_ranges)
    assert table.layers["n_filters"].tolist() == [owned]
    assert table.skipped["count"].tolist() == [100 - owned]


@pytest.mark.slow
@given(data=st.data())
@pytest.mark.filterwarnings("ignore::pandas.errors.PerformanceWarning")
def test_any_partition_is_read_back(tmp_path_factory, data):
    n = data.draw(st.integers(1, 100))
    owner = data.draw(st.lists(st.integers(-1, 5), min_size=n, max_size=n))
    order = data.draw(st.permutations(range(n)))
    cells = [[i for i in order if owner[i] == layer] for layer in range(6)]
    cells = [cell for cell in cells if cell]
    if not cells:
        return
    table = read_layers(dataset(tmp_path_factory.mktemp("ids") / "d.h5", cells, n))
    assert spelled_out(table.row_ranges) == {layer: sorted(cell) for layer, cell in enumerate(cells)}
    assert table.skipped["count"].sum() == owner.count(-1)


def test_filters_of_no_layer_are_counted(tmp_path):
    table = read_layers(dataset(tmp_path / "d.h5", ["0:3", "10:19"]))
    assert table.skipped[["kind", "name", "count"]].to_numpy().tolist() == [["filters", "no layer", 86]]


def test_columns_that_give_way_are_listed(tmp_path):
    table = read_layers(dataset(tmp_path / "d.h5", ["0:99"], n_filters=[7], layer=["conv1"]))
    assert table.layers["n_filters"].tolist() == [100]
    assert "layer" not in table.layers
    assert table.skipped[["kind", "name"]].to_numpy().tolist() == [["column", "layer"], ["column", "n_filters"]]


def test_rows_with_an_equal_index_are_legal(tmp_path):
    table = read_layers(dataset(tmp_path / "d.h5", ["0:3", "4:7"], conv_depth=[2, 2]))
    assert table.layers["n_filters"].tolist() == [4, 4]


@pytest.mark.slow
def test_authors_number_of_layers(tmp_path):
    """21,436 layers are one vectorised step, so this ends; depths come back bit for bit."""
    n = 21_436
    depth = np.random.default_rng(0).random(n)
    ids = [f"{3 * i}:{3 * i + 2}" for i in range(n)]
    path = dataset(tmp_path / "d.h5", ids, 3 * n, model_id=np.arange(n) // 33, conv_depth_norm=depth)
    layers = read_layers(path).layers
    assert layers["model"].nunique() == 650
    layers.to_csv(tmp_path / "layers.csv")
    assert load_layers(tmp_path / "layers.csv")["conv_depth_norm"].tolist() == depth.tolist()
