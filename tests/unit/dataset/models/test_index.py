"""A model in several files."""

import json

import numpy as np
import pytest
from safetensors.numpy import save

from filtershift.dataset.models.listed import ModelFile, listed_models, parts_of
from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError
from torch_files import mapping, tensor, zip_file

NINE = np.arange(9, dtype="f4")
PARTS = {"a-1.bin": ["stem.weight", "layer.0.weight"], "a-2.bin": ["layer.10.weight", "layer.2.weight"]}
NAMED = {name: file for file, names in PARTS.items() for name in names}


def torch_file(names, **others):
    items = {name: tensor(str(k), 9, (1, 1, 3, 3), (9, 9, 3, 1)) for k, name in enumerate(names)}
    return zip_file(mapping({**items, **others}), {str(k): (NINE + 10 * k).tobytes() for k in range(len(names))})


@pytest.fixture
def folder(tmp_path):
    for file, names in PARTS.items():
        (tmp_path / file).write_bytes(torch_file(names))
    (tmp_path / "a.bin.index.json").write_text(json.dumps({"weight_map": NAMED}))
    return tmp_path


def read(folder, named=None):
    if named:
        (folder / "a.bin.index.json").write_text(json.dumps({"weight_map": named}))
    return read_model_file(folder / "a.bin.index.json", "m")


def error_of(folder, named=None):
    with pytest.raises(FiltershiftError) as refused:
        read(folder, named)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_tensors_of_all_parts_in_the_order_of_their_names(folder):
    model = read(folder)
    rows = [(layer.name, layer.conv_depth, layer.weights[0, 0, 0]) for layer in model.layers]
    assert rows == [("stem", 0, 0), ("layer.0", 1, 10), ("layer.2", 2, 10), ("layer.10", 3, 0)]
    assert (model.depth_source, model.skipped) == ("names", ())


def test_a_tensor_in_two_parts_is_read_where_the_index_says(folder):
    (folder / "a-1.bin").write_bytes(torch_file(["unused", *PARTS["a-1.bin"], "layer.2.weight"]))
    assert [(layer.name, layer.weights[0, 0, 0]) for layer in read(folder).layers] == [
        *[("stem", 10), ("layer.0", 20), ("layer.2", 10), ("layer.10", 0), ("unused", 0)]
    ]


def test_what_is_missing_is_named(folder):
    assert "the index says that 'gone' is in a-2.bin, but it is not" in error_of(folder, NAMED | {"gone": "a-2.bin"})
    assert "a-3.bin cannot be read (No such file" in error_of(folder, NAMED | {"more": "a-3.bin"})
    (folder / "a-2.bin").write_bytes((folder / "a-2.bin").read_bytes()[:300])
    assert "a-2.bin: is a damaged zip file" in error_of(folder, NAMED)
    (folder / "a-2.bin").write_bytes(save({"a": NINE}))
    assert "a-2.bin is not a PyTorch file, but a-1.bin is" in error_of(folder)


def test_a_tensor_that_no_safetensors_file_has_is_named(folder):
    (folder / "b.safetensors").write_bytes(save({"a": NINE.reshape(1, 1, 3, 3)}))
    assert len(read(folder, {"a": "b.safetensors"}).layers) == 1
    error = error_of(folder, {"a": "b.safetensors", "c": "b.safetensors"})
    assert "the index says that 'c' is in b.safetensors, but it is not" in error


@pytest.mark.parametrize("name", ["net.bin.index.json", "net.safetensors.index.json", "net.index.json", "net.json"])
def test_the_name_and_the_parts_of_an_index(name, folder):
    index = (folder / "a.bin.index.json").rename(folder / name)
    assert listed_models([name], folder)[0].name == "net"
    assert parts_of(ModelFile(str(index), "net")) == [index, folder / "a-1.bin", folder / "a-2.bin"]
