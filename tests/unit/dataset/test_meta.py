"""`/meta` of every kind is what pandas reads, and nothing a file holds is run."""

import os
import pickle
import shutil
import struct
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

from filtershift.dataset.meta import read_meta
from filtershift.dataset.pickled_arrays import IntList
from filtershift.errors import FiltershiftError

DATA = Path(__file__).parents[2] / "data"
INDEX = ["model_id", "conv_depth", "conv_depth_norm"]
FRAME = pd.DataFrame(
    {
        "model_id": [0, 0, 1, 1],
        "conv_depth": [0, 1, 0, 0],
        "conv_depth_norm": [0.0, 1.0, 0.0, 0.0],
        "model": ["a", "a", "ü, b", "ü, b"],
        "Task": ["x", None, "nan", "Ω\n$x_1$"],
        "URL": [np.nan] * 4,
        "flag": [True, False, True, True],
        "Conv": np.array([1, 2, 3, 4], dtype="i1"),
        "filters": [0.5, 2, np.nan, 3],
        "when": pd.to_datetime(["2020-01-01", "2021-02-03"] * 2),
        "filter_ids": ["0:1", "2:3", "4:4", "5:9"],
    }
)


def write(path, frame, **options):
    frame.to_hdf(path, key="meta", mode="w", **options)
    return path


def assert_cells_equal(found, expected):
    """Equal columns and cells; how numbers, dates and missing values are stored may differ."""
    assert list(found.columns) == list(expected.columns)
    for name in expected:
        for pair in zip(found[name], expected[name], strict=True):
            a, b = (list(cell.integers()) if isinstance(cell, IntList) else cell for cell in pair)
            assert a == b or (pd.isna(a) and pd.isna(b)), (name, a, b)


@pytest.mark.parametrize("name", ["v0_tiny", "v1_tiny", "v1table_tiny"])
def test_fixtures_are_as_pandas_reads_them(name):
    expected = pd.read_hdf(DATA / f"{name}.h5", "meta").reset_index()
    assert_cells_equal(read_meta(DATA / f"{name}.h5"), expected.loc[:, ~expected.columns.isin(["index"])])


def test_csv_fixture_is_the_same_table_as_text():
    found = read_meta(DATA / "csv_tiny.h5")
    with h5py.File(DATA / "csv_tiny.h5") as file:
        text = file["meta"][:].tobytes().decode()
    assert found.fillna("").to_csv(index=False) == text
    same = read_meta(DATA / "v0_tiny.h5")
    for name in [*INDEX, "total_filters"]:
        assert found[name].astype(float).tolist() == same[name].tolist()
    for name in ["model", "Task", "Training-Dataset"]:
        assert found[name].fillna("").tolist() == same[name].fillna("").tolist()


@pytest.mark.parametrize("strings", ["str", object])
@pytest.mark.parametrize("options", [{}, {"format": "table"}, {"format": "table", "data_columns": True}])
@pytest.mark.parametrize("index", [INDEX, []])
@pytest.mark.filterwarnings("ignore::pandas.errors.PerformanceWarning")
def test_frames_of_this_pandas(tmp_path, index, options, strings):
    frame = FRAME.astype(dict.fromkeys(["model", "Task", "filter_ids"], strings))
    path = write(tmp_path / "d.h5", frame.set_index(index) if index else frame[::2], **options)
    expected = pd.read_hdf(path, "meta")
    assert_cells_equal(read_meta(path), expected.reset_index() if index else expected)


def test_an_index_of_one_level_becomes_a_column(tmp_path):
    path = write(tmp_path / "d.h5", FRAME.set_index("model_id"))
    assert_cells_equal(read_meta(path), FRAME)


def test_category_columns(tmp_path):
    frame = FRAME.assign(Task=pd.Categorical(["b", None, "a", "b"])).set_index(INDEX)
    found = read_meta(write(tmp_path / "d.h5", frame, format="table"))
    assert found["Task"].fillna("").tolist() == ["b", "", "a", "b"]


@pytest.mark.parametrize("complevel", [0, 5])
@pytest.mark.filterwarnings("ignore::pandas.errors.PerformanceWarning")
def test_id_lists_of_any_kind(tmp_path, complevel):
    ids = [list(range(5000)), [np.int64(i) for i in range(5000, 9000)], np.arange(9000, 9003), [9003]]
    frame = FRAME.assign(filter_ids=pd.Series(ids, dtype=object)).set_index(INDEX)
    path = write(tmp_path / "d.h5", frame, complevel=complevel)
    assert [str(cell) for cell in read_meta(path)["filter_ids"]] == ["0:4999", "5000:8999", "9000:9002", "9003:9003"]


@pytest.mark.parametrize("index", [INDEX, []])
def test_a_frame_without_rows(tmp_path, index):
    frame = FRAME.set_index(index) if index else FRAME
    found = read_meta(write(tmp_path / "d.h5", frame[:0]))
    assert list(found.columns) == list(FRAME.columns)
    assert len(found) == 0


def test_user_blocks_shift_the_pickles(tmp_path):
    path = tmp_path / "d.h5"
    with h5py.File(path, "w", userblock_size=1024) as file, h5py.File(DATA / "v0_tiny.h5") as source:
        source.copy("meta", file)
    assert_cells_equal(read_meta(path), read_meta(DATA / "v0_tiny.h5"))


@pytest.mark.parametrize("kind", [np.uint8, np.int8, "S1", "text"])
def test_csv_in_any_array_of_bytes(tmp_path, kind):
    text = 'model_id,Task,filter_ids\n01,"a ""b"", Ω\nc",0:5\n1,NA,6:6\n2,,7:8\n'
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["meta"] = np.bytes_(text.encode()) if kind == "text" else np.frombuffer(text.encode(), kind)
    found = read_meta(tmp_path / "d.h5")
    assert found.fillna("").to_numpy().tolist() == [
        ["01", 'a "b", Ω\nc', "0:5"],
        ["1", "NA", "6:6"],
        ["2", "", "7:8"],
    ]


# --- hostile files ---------------------------------------------------------------------------------------------------


class Payload:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"echo run > '{self.marker}'",)


def copy_with(path, name, change):
    """A copy of a fixture in which `change` was called with its open file."""
    shutil.copy(DATA / f"{name}.h5", path)
    with h5py.File(path, "r+") as file:
        change(file)
    return path


def set_pickle(file, node, data):
    file[node][0] = np.frombuffer(data, np.uint8)


def set_attribute(file, node, name, data):
    file[node].attrs[name] = np.bytes_(data)


def refused(path, *words):
    with pytest.raises(FiltershiftError) as error:
        read_meta(path)
    message = str(error.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert len(message) < 700
    for word in words:
        assert word in message


ATTRIBUTES = [
    ("v1_tiny", "meta/axis1_level0", "name"),
    ("v1_tiny", "meta/block0_values", "value_type"),
    ("v1table_tiny", "meta", "non_index_axes"),
    ("v1table_tiny", "meta", "nan_rep"),
    ("v1table_tiny", "meta/table", "values_block_0_kind"),
]
UNREAD = [
    ("v1_tiny", "meta", "encoding"),
    ("v1_tiny", "meta/axis0", "name"),
    ("v1_tiny", "meta/block2_values", "FLAVOR"),
    ("v1table_tiny", "meta", "info"),
    ("v1table_tiny", "meta/_i_table/index", "FILTERS"),
]


def test_code_in_the_object_block_is_not_run(tmp_path):
    marker = tmp_path / "marker"
    data = pickle.dumps(np.array([["label", Payload(marker)]], dtype=object))
    path = copy_with(tmp_path / "d.h5", "v1_tiny", lambda file: set_pickle(file, "meta/block2_values", data))
    refused(path, "/meta/block2_values names 'posix.system'")
    assert not marker.exists()
    pickle.loads(data)  # the payload does work where it is let
    assert marker.exists()


@pytest.mark.parametrize(("name", "node", "attribute"), ATTRIBUTES)
def test_code_in_an_attribute_is_not_run(tmp_path, name, node, attribute):
    marker = tmp_path / "marker"
    data = pickle.dumps(Payload(marker), 0)
    path = copy_with(tmp_path / "d.h5", name, lambda file: set_attribute(file, node, attribute, data))
    refused(path, f"/{node}: the attribute '{attribute}' names 'posix.system'")
    assert not marker.exists()
    pickle.loads(data)
    assert marker.exists()


@pytest.mark.parametrize(("name", "node", "attribute"), UNREAD)
def test_code_in_an_attribute_nobody_needs_is_not_even_read(tmp_path, name, node, attribute):
    marker = tmp_path / "marker"
    data = pickle.dumps(Payload(marker), 0)
    path = copy_with(tmp_path / "d.h5", name, lambda file: set_attribute(file, node, attribute, data))
    assert_cells_equal(read_meta(path), read_meta(DATA / f"{name}.h5"))
    assert not marker.exists()


def test_code_in_labels_of_the_index_is_not_run(tmp_path):
    marker = tmp_path / "marker"

    def change(file):
        del file["meta/axis1_level0"]
        level = file.create_dataset("meta/axis1_level0", (1,), h5py.vlen_dtype(np.uint8), chunks=(1,), maxshape=(None,))
        level[0] = np.frombuffer(pickle.dumps(np.array([Payload(marker)], dtype=object)), np.uint8)

    refused(copy_with(tmp_path / "d.h5", "v1_tiny", change), "/meta/axis1_level0 names 'posix.system'")
    assert not marker.exists()


def test_deep_or_doubling_names_are_not_walked(tmp_path):
    deep = b"N" + b"\x85" * 60_000 + b"."
    doubling = b"(t\x94" + b"".join(b"h%ch%c\x86\x94" % (i, i) for i in range(100)) + b"."
    for data in (deep, doubling):
        path = copy_with(
            tmp_path / "d.h5", "v1_tiny", lambda file, data=data: set_attribute(file, "meta/axis1_level0", "name", data)
        )
        assert "model_id" not in read_meta(path)
        path = copy_with(
            tmp_path / "d.h5",
            "v1table_tiny",
            lambda file, data=data: set_attribute(file, "meta", "non_index_axes", data),
        )
        refused(path)


def reference(path):
    """Where the file keeps the reference to the pickle: length, address of the heap, index."""
    with h5py.File(path) as file:
        node = file["meta/block2_values"]
        offset = node.id.get_chunk_info(0).byte_offset
        return offset, *struct.unpack("<IQI", node.id.read_direct_chunk((0,))[1][:16])


@pytest.mark.parametrize(
    "change",
    [
        lambda length, address, index: (2**32 - 1, address, index),
        lambda length, address, index: (length + 4096, address, index),
        lambda length, address, index: (length, 2**63, index),
        lambda length, address, index: (length, 2**64 - 1, index),
        lambda length, address, index: (length, address + 8, index),
        lambda length, address, index: (length, 0, index),
        lambda length, address, index: (length, address, 77),
        lambda length, address, index: (0, 0, 0),
    ],
)
def test_references_to_elsewhere(tmp_path, change):
    path = Path(shutil.copy(DATA / "v1_tiny.h5", tmp_path / "d.h5"))
    offset, *old = reference(path)
    content = bytearray(path.read_bytes())
    content[offset : offset + 16] = struct.pack("<IQI", *change(*old))
    path.write_bytes(content)
    refused(path)


def test_damaged_float_types_are_not_converted(tmp_path):
    """One byte, of the exponent bias, that makes HDF5 2.0 write beyond its buffer."""
    content = bytearray((DATA / "v1table_tiny.h5").read_bytes())
    float64 = b"\x11\x20\x3f\0\x08\0\0\0\0\0\x40\0\x34\x0b\0\x34\xff\x03\0\0"
    content[content.index(float64 + b"conv_depth\0") + 17] = 11
    (tmp_path / "d.h5").write_bytes(content)
    refused(tmp_path / "d.h5", "/meta/table is of a type that numpy has not")


def test_unknown_compression_is_named(tmp_path):
    path = write(tmp_path / "d.h5", FRAME.set_index(INDEX), complevel=5, complib="blosc")
    refused(path, "is compressed with 'blosc'", "would be right")


@pytest.mark.parametrize("node", ["axis0", "axis1_level1", "axis1_label1", "block0_values", "block0_items"])
def test_sizes_that_are_declared_and_not_stored(tmp_path, node):
    def change(file):
        del file[f"meta/{node}"]
        file["meta"].create_dataset(node, (10**12,), "i8", chunks=(1024,))

    refused(copy_with(tmp_path / "d.h5", "v1_tiny", change), f"/meta/{node}", "(1000000000000,)")


# --- broken files ----------------------------------------------------------------------------------------------------


def test_not_hdf5(tmp_path):
    refused(tmp_path / "none.h5", "no such file")
    (tmp_path / "d.h5").write_text("model_id,filter_ids\n")
    refused(tmp_path / "d.h5", "not an HDF5 file")


def test_truncated(tmp_path):
    whole = (DATA / "v1_tiny.h5").read_bytes()
    (tmp_path / "d.h5").write_bytes(whole[:-1000])
    refused(tmp_path / "d.h5", "cut off")


def test_no_meta_lists_the_nodes(tmp_path):
    def change(file):
        del file["meta"]

    refused(copy_with(tmp_path / "d.h5", "v1_tiny", change), "no /meta", "found /filters")


def test_meta_that_is_no_table(tmp_path):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["meta"] = np.zeros((3, 3))
    refused(tmp_path / "d.h5", "/meta is of type float64", "CSV bytes would be right")
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file.create_group("meta/a")
    refused(tmp_path / "d.h5", "no /meta/axis0", "found /meta/a")
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["meta"] = np.frombuffer("Modell,Größe\n".encode("latin-1"), np.uint8)
    refused(tmp_path / "d.h5", "utf-8")


FIXED = ["axis0", "axis1_label1", "block0_items", "block1_values", "block2_items", "block2_values"]


@pytest.mark.parametrize("node", FIXED)
def test_missing_nodes_of_the_fixed_format(tmp_path, node):
    def change(file):
        del file[f"meta/{node}"]

    words = ["holds no values for it"] if node.endswith("items") else [f"no /meta/{node}", "found /meta/"]
    refused(copy_with(tmp_path / "d.h5", "v1_tiny", change), *words)


@pytest.mark.parametrize("node", FIXED)
def test_groups_and_other_types_in_place_of_nodes(tmp_path, node):
    def group(file):
        del file[f"meta/{node}"]
        file["meta"].create_group(node)

    def other(file):
        del file[f"meta/{node}"]
        file[f"meta/{node}"] = np.zeros((2, 3, 4))

    refused(copy_with(tmp_path / "d.h5", "v1_tiny", group), f"/meta/{node} is a group")
    refused(copy_with(tmp_path / "d.h5", "v1_tiny", other))


def test_codes_beyond_the_levels(tmp_path):
    def change(file):
        file["meta/axis1_label1"][3] = 100

    refused(copy_with(tmp_path / "d.h5", "v1_tiny", change), "/meta/axis1_label1 points outside the 8 values")


def test_columns_of_different_length(tmp_path):
    def change(file):
        values = file["meta/block0_values"][:-1]
        del file["meta/block0_values"]
        file["meta/block0_values"] = values

    refused(copy_with(tmp_path / "d.h5", "v1_tiny", change), "different length")


@pytest.mark.parametrize("attribute", ["values_block_1_kind", "non_index_axes"])
def test_missing_attributes_of_the_table_format(tmp_path, attribute):
    def change(file):
        del file["meta" if attribute == "non_index_axes" else "meta/table"].attrs[attribute]

    refused(copy_with(tmp_path / "d.h5", "v1table_tiny", change), "/meta cannot be read")
