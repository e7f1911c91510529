"""What is written is read back, by us and by pandas, and appears whole or not at all."""

import pickle
import pickletools
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

from filtershift.dataset.filters import FilterFile
from filtershift.dataset.layers import read_layers
from filtershift.dataset.meta import read_meta
from filtershift.dataset.writer import INDEX, write_dataset
from filtershift.errors import FiltershiftError

DATA = Path(__file__).parents[2] / "data"
FILTERS = np.random.default_rng(0).standard_normal((10, 9)).astype(np.float32)
META = pd.DataFrame(
    {
        "model_id": [7, 7, 2],
        "conv_depth": [0, 1, 0],
        "conv_depth_norm": [0.0, 1.0, 0.0],
        "model": ["a", "a", "Größe, \n$x$"],
        "Task": [None, "nan", ""],
        "op_set": [11, 11, 13],
        "share": [0.5, np.nan, 1],
        "count": pd.array([1, None, 3], dtype="Int64"),
        "flag": [True, False, True],
        "filter_ids": ["0:3", "4:4", "5:9"],
    }
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "dataset.h5"


def test_filters_come_back(path):
    write_dataset(path, iter([FILTERS[:3], FILTERS[3:].reshape(-1, 3, 3).astype(np.float64)]), META)
    with FilterFile(path) as filters:
        assert filters.contiguous
        assert np.array_equal(filters.read(0, 10), FILTERS)
    with h5py.File(path) as file:
        assert (file["filters"].shape, file["filters"].dtype) == ((10, 3, 3), "<f4")


def test_layers_come_back(path):
    write_dataset(path, [FILTERS], META)
    table = read_layers(path)
    assert table.layers["model"].tolist() == META["model"].tolist()
    assert table.layers["filter_ids"].tolist() == META["filter_ids"].tolist()
    assert table.layers["count"].astype(object).tolist() == [1, pd.NA, 3]
    assert table.row_ranges.to_numpy().tolist() == [[0, 0, 4], [1, 4, 5], [2, 5, 10]]
    assert table.skipped.empty


def test_pandas_reads_it_as_the_frame_it_was(path):
    write_dataset(path, [FILTERS], META)
    found = pd.read_hdf(path, "meta")
    assert found.index.names == list(INDEX)
    assert list(found.columns) == [name for name in META if name not in INDEX]
    expected = META.assign(count=[1.0, np.nan, 3.0], flag=["True", "False", "True"])
    pd.testing.assert_frame_equal(found.reset_index(), expected, check_dtype=False)


@pytest.mark.parametrize("name", ["v1_tiny", "v1table_tiny"])
def test_pandas_reads_the_authors_frame_the_same_after_a_rewrite(path, name):
    with FilterFile(DATA / f"{name}.h5") as filters:
        write_dataset(path, [filters.read(0, filters.n_filters)], read_meta(DATA / f"{name}.h5"))
    pd.testing.assert_frame_equal(pd.read_hdf(path, "meta"), pd.read_hdf(DATA / "v1_tiny.h5", "meta"))
    pd.testing.assert_frame_equal(read_meta(path), read_meta(DATA / "v1_tiny.h5"))
    with h5py.File(path) as ours, h5py.File(DATA / f"{name}.h5") as theirs:
        assert np.array_equal(ours["filters"], theirs["filters"])


def test_nodes_and_attributes_are_those_of_the_authors_pandas(path):
    write_dataset(path, [np.zeros((2000, 9))], read_meta(DATA / "v1_tiny.h5"))
    with h5py.File(path) as ours, h5py.File(DATA / "v1_tiny.h5") as theirs:
        assert sorted(ours["meta"]) == sorted(theirs["meta"])
        for node in ("/", "/filters", "/meta", *(f"/meta/{name}" for name in theirs["meta"])):
            assert sorted(ours[node].attrs) == sorted(theirs[node].attrs)
            for name, value in theirs[node].attrs.items():
                assert ours[node].attrs[name] == value, (node, name)


def test_old_numpy_knows_all_names_in_the_pickle(path):
    write_dataset(path, [FILTERS], META)
    with h5py.File(path) as file:
        nodes = [node for name, node in file["meta"].items() if node.dtype.hasobject]
        data = [node[0].tobytes() for node in nodes]
    assert len(data) == 1
    names = {argument for opcode, argument, _ in pickletools.genops(data[0]) if opcode.name == "GLOBAL"}
    assert names == {"numpy.core.multiarray _reconstruct", "numpy ndarray", "numpy dtype"}
    assert pickle.loads(data[0])[2].tolist() == ["Größe, \n$x$", "", "True", "5:9"]


def test_equal_input_gives_equal_bytes(tmp_path):
    labels = ["".join(["a", "a"]), "".join(["a", "a"]), "b"]  # equal texts, different objects
    write_dataset(tmp_path / "one.h5", [FILTERS], META.assign(Task=pd.Series(labels, dtype=object)))
    write_dataset(tmp_path / "two.h5", [FILTERS[:1], FILTERS[1:]], META.assign(Task=["aa", "aa", "b"]))
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()


@pytest.mark.parametrize("kind", ["text", "whole", "float"])
def test_columns_of_one_kind_only(path, kind):
    column = {"text": ["a", "b", "c"], "whole": [1, 2, 3], "float": [0.5, 1.5, 2.5]}[kind]
    meta = META[[*INDEX, "filter_ids"]].assign(column=column)
    write_dataset(path, [FILTERS], meta)
    assert read_layers(path).layers["column"].tolist() == column
    assert pd.read_hdf(path, "meta")["column"].tolist() == column


@pytest.mark.parametrize(("blocks", "count"), [([FILTERS[:9]], 9), ([FILTERS, FILTERS[:2]], 12), ([], 0)])
def test_another_number_of_filters_is_refused_and_leaves_nothing(path, blocks, count):
    with pytest.raises(FiltershiftError, match=f"ends at 9 but there are {count} filters"):
        write_dataset(path, blocks, META)
    assert list(path.parent.iterdir()) == []


def test_a_failure_half_way_leaves_the_file_of_before(path):
    path.write_text("before")

    def blocks():
        yield FILTERS[:5]
        assert path.read_text() == "before"
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        write_dataset(path, blocks(), META)
    assert path.read_text() == "before"
    assert list(path.parent.iterdir()) == [path]
    write_dataset(path, [FILTERS], META)
    assert list(path.parent.iterdir()) == [path]
    assert len(read_meta(path)) == 3


def test_folders_that_cannot_be_written(tmp_path):
    path = tmp_path / "none" / "dataset.h5"
    with pytest.raises(FiltershiftError, match=r"dataset\.h5: cannot be written") as error:
        write_dataset(path, [FILTERS], META)
    assert "\n" not in str(error.value)
