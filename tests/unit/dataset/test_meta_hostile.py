"""Nothing a file holds is run, and no declared size is believed."""

import os
import pickle
import shutil
import struct
from pathlib import Path

import h5py
import numpy as np
import pytest

from filtershift.dataset.meta import read_meta
from meta_files import DATA, FRAME, INDEX, assert_cells_equal, copy_with, refused, set_attribute, set_pickle, write


class Payload:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"echo run > '{self.marker}'",)


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
    refused(tmp_path / "d.h5", "/meta/table has a type that numpy does not have")


def test_unknown_compression_is_named(tmp_path):
    path = write(tmp_path / "d.h5", FRAME.set_index(INDEX), complevel=5, complib="blosc")
    refused(path, "is compressed with 'blosc'", "expected")


@pytest.mark.parametrize("link", [h5py.ExternalLink("/none.h5", "/meta"), h5py.SoftLink("/none")])
@pytest.mark.parametrize(
    ("name", "node"),
    [
        ("csv_tiny", "meta"),
        ("v1table_tiny", "meta/table"),
        *(("v1_tiny", f"meta{node}") for node in ("", "/axis0", "/axis1_level0", "/axis1_label0", "/block2_values")),
    ],
)
def test_links_are_not_followed(tmp_path, name, node, link):
    """Nor is it asked whether there is anything at their end."""

    def change(file):
        del file[node]
        file[node] = link

    refused(copy_with(tmp_path / "d.h5", name, change), f"/{node} is a link or lies in another file")


@pytest.mark.parametrize("node", [h5py.ExternalLink("/none.h5", "/"), np.zeros(3)])
def test_labels_of_a_category_are_below_their_column(tmp_path, node):
    path = write(tmp_path / "d.h5", FRAME.astype({"Task": "category"}), format="table", data_columns=True)
    with h5py.File(path, "r+") as file:
        del file["meta/meta/Task"]
        file["meta/meta/Task"] = node
    refused(path, "/meta/meta/Task is a", "expected")


@pytest.mark.parametrize("node", ["axis0", "axis1_level1", "axis1_label1", "block0_values", "block0_items"])
def test_sizes_that_are_declared_and_not_stored(tmp_path, node):
    def change(file):
        del file[f"meta/{node}"]
        file["meta"].create_dataset(node, (10**12,), "i8", chunks=(1024,))

    refused(copy_with(tmp_path / "d.h5", "v1_tiny", change), f"/meta/{node}", "(1000000000000,)")
