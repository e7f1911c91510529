"""A `/meta` that cannot be right is refused in one line."""

import h5py
import numpy as np
import pytest

from meta_files import DATA, copy_with, refused


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
    refused(tmp_path / "d.h5", "/meta has type float64", "; expected a pandas HDFStore or CSV bytes")
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["meta"] = np.dtype("S5")
    refused(tmp_path / "d.h5", "/meta is a named data type")
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file.create_group("meta/a")
    refused(tmp_path / "d.h5", "no /meta/axis0", "found /meta/a")
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["meta"] = np.frombuffer("Modell,Größe\n".encode("latin-1"), np.uint8)
    refused(tmp_path / "d.h5", "utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "is empty; expected a header"), ("model_id,model_id,filter_ids\n1,2,0:1\n", "two columns 'model_id'")],
)
def test_csv_that_is_no_table(tmp_path, text, said):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["meta"] = np.frombuffer(text.encode() or b"\0", np.uint8)
    refused(tmp_path / "d.h5", "/meta", said)


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        (b"," * 10**6 + b"\n", "1,000,001", "1"),
        (b'"\n"' + b"," * 10**6 + b"\n", "1,000,001", "2"),
        (b"," * 1000 + b"\na" * 10**5, "1,001", "100,000"),
        (b"," * 1000 + b"\ra" * 10**5, "1,001", "100,000"),
    ],
)
def test_csv_that_unfolds(tmp_path, text, columns, rows):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["meta"] = np.frombuffer(text, np.uint8)
    refused(tmp_path / "d.h5", f"/meta has {columns} columns and {rows} rows: not a table of layers")


@pytest.mark.parametrize("shape", [(2,), ()])
def test_texts_that_are_no_table(tmp_path, shape):
    """Two texts, and one whose content lies beyond the end of the file."""
    path = tmp_path / "d.h5"
    with h5py.File(path, "w") as file:
        node = file.create_dataset("meta", shape, h5py.string_dtype())
        node[...] = "a,b\n1,2\n"
        offset = node.id.get_offset()
    content = bytearray(path.read_bytes())
    content[offset : offset + 4] = (2**31).to_bytes(4, "little")
    path.write_bytes(content)
    refused(path, "/meta points to data that are not in the file" if shape == () else "/meta has shape (2,)")


def test_a_compound_is_no_table(tmp_path):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["meta"] = np.zeros(3, [("model_id", "i8"), ("filter_ids", "S9")])
    refused(tmp_path / "d.h5", "/meta has type [('model_id'", "; expected a pandas HDFStore or CSV bytes")


def test_what_does_not_print_is_escaped(tmp_path):
    def change(file):
        file["meta/block0_values"].attrs["value_type"] = b"datetime64[\x1b]"

    refused(copy_with(tmp_path / "d.h5", "v1_tiny", change), "Invalid datetime unit in metadata string", r"[\x1b]")


def test_endless_names_in_csv(tmp_path):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["meta"] = np.frombuffer(b"a" * 10**6, np.uint8)
    refused(tmp_path / "d.h5", "/meta cannot be read (field larger than field limit (131072))")


def test_more_texts_than_layers_have(tmp_path):
    def change(file):
        del file["meta/axis1_level0"]
        file.create_dataset("meta/axis1_level0", data=np.zeros(10**7 + 1, "S1"), compression="gzip")

    refused(copy_with(tmp_path / "d.h5", "v1_tiny", change), "/meta cannot be read (more than 10,000,000 texts)")


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
