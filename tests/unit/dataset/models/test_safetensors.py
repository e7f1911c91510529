"""Kernels in safetensors files, by the library and by other writers."""

import json

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError
from tiny_models import weights

NAMES = ["stem", "layer.2", "layer.10", "head"]


def read(content, tmp_path, name="m.safetensors"):
    (tmp_path / name).write_bytes(content)
    return read_model_file(tmp_path / name, "m")


def written(header, data):
    """A file with any header."""
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def stored(*entries):
    """A file of (name, type, array) in this order, which the library does not keep."""
    header, data = {}, b""
    for name, kind, array in entries:
        header[name] = {"dtype": kind, "shape": array.shape, "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    return written(header, data)


def positions(model):
    return [(layer.name, layer.conv_depth, layer.conv_depth_norm) for layer in model.layers]


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, ml_dtypes.bfloat16])
def test_weights_of_every_type(dtype, tmp_path):
    tensor = weights(4, 2, 3, 3).astype(dtype)
    kinds = {"float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16"}
    model = read(stored(("c.weight", kinds[tensor.dtype.name], tensor)), tmp_path)
    (layer,) = model.layers
    np.testing.assert_array_equal(layer.weights, tensor.astype(np.float32).reshape(8, 3, 3))
    assert (layer.weights.dtype, layer.name, layer.out_channels) == (np.float32, "c", 4)
    assert (layer.groups, layer.in_channels, layer.kernel, model.op_set) == (None,) * 4


def test_the_library_loses_the_order_and_names_give_one(tmp_path):
    tensors = {f"{name}.weight": weights(2, 1, 3, 3) for name in NAMES} | {"layer.3.weight": weights(1, 2, 1, 1)}
    model = read(save({**tensors, "layer.3.bias": weights(1), "fc.weight": weights(4, 4)}), tmp_path)
    assert positions(model) == [("stem", 0, 0.0), ("layer.2", 1, 0.25), ("layer.10", 3, 0.75), ("head", 4, 1.0)]
    assert model.depth_source == "names"
    assert model.kernel_shapes == {(3, 3): 8, (1, 1): 2}
    for layer in model.layers:
        np.testing.assert_array_equal(layer.weights.reshape(2, 1, 3, 3), tensors[f"{layer.name}.weight"])


def test_the_library_sorts_by_type_before_names(tmp_path):
    tensors = {f"{name}.weight": weights(1, 1, 3, 3, dtype=np.float16 if "1" in name else np.float32) for name in NAMES}
    model = read(save(tensors), tmp_path)
    assert [layer.name for layer in model.layers] == NAMES
    assert model.depth_source == "names"


def test_the_order_of_another_writer_is_kept(tmp_path):
    model = read(stored(*((f"{name}.weight", "F32", weights(1, 1, 3, 3)) for name in NAMES)), tmp_path)
    assert positions(model) == [(name, k, k / 3) for k, name in enumerate(NAMES)]
    assert model.depth_source == "order"


def test_what_is_no_floating_point_kernel_is_listed(tmp_path):
    codes = np.ones((2, 3, 3, 3), np.uint8)
    entries = [("a", "F8_E4M3", codes), ("b", "I8", codes), ("c", "F32", weights(2, 1, 3, 3, 3))]
    model = read(stored(*entries), tmp_path)
    assert [(row.kind, row.name, row.reason, row.count) for row in model.skipped] == [
        ("convolution", "m: a", "quantised (weights are F8_E4M3)", 6),
        ("convolution", "m: b", "quantised (weights are I8)", 6),
        ("convolution", "m: c", "3-D convolution", 2),
        *[("model", "m", model.skipped[-1].reason, 0)],
    ]
    assert model.skipped[-1].reason.startswith("no readable 3×3 convolution; 1 × quantised (weights are F8_E4M3)")


def write_index(folder, files):
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": files}))
    return folder / "model.safetensors.index.json"


def test_a_model_in_several_files(tmp_path):
    tensors = {f"{name}.weight": weights(2, 1, 3, 3) for name in NAMES}
    files = {}
    for number, names in enumerate((NAMES[:2], NAMES[2:])):
        keys = [f"{name}.weight" for name in names]
        files |= dict.fromkeys(keys, f"model-{number}.safetensors")
        (tmp_path / f"model-{number}.safetensors").write_bytes(save({key: tensors[key] for key in keys}))
    model = read_model_file(write_index(tmp_path, files), "m")
    assert [layer.name for layer in model.layers] == NAMES
    for layer in model.layers:
        np.testing.assert_array_equal(layer.weights.reshape(2, 1, 3, 3), tensors[f"{layer.name}.weight"])


@pytest.mark.parametrize(
    ("files", "part"),
    [
        ({"a": "../secret"}, "the index names '../secret'; expected a file in the same folder"),
        ({"a": "/etc/passwd"}, "expected a file in the same folder"),
        ({"a": 3}, "the index names 3"),
        ({"a": "gone.safetensors"}, "gone.safetensors cannot be read (No such file or directory"),
        ([], "is not an index of safetensors, PyTorch or Keras files"),
    ],
)
def test_an_index_that_is_wrong(files, part, tmp_path):
    with pytest.raises(FiltershiftError) as refused:
        read_model_file(write_index(tmp_path, files), "m")
    assert part in str(refused.value)


SOUND = save({"c": weights(2, 1, 3, 3), "d": weights(1, 1, 3, 3)})


@pytest.mark.parametrize(
    "content",
    [
        SOUND[:-1],
        SOUND[:60],
        written({"c": {"dtype": "F32", "shape": [2**40, 1, 3, 3], "data_offsets": [0, 36]}}, bytes(36)),
        written({"c": {"dtype": "F32", "shape": [1, 1, 3, 3], "data_offsets": [0, 2**40]}}, bytes(36)),
        written({"c": {"dtype": "WHAT", "shape": [1, 1, 3, 3], "data_offsets": [0, 36]}}, bytes(36)),
        (2**50).to_bytes(8, "little") + b"{",
    ],
)
def test_a_file_that_contradicts_itself_is_one_line(content, tmp_path):
    with pytest.raises(
        FiltershiftError, match=r"/m\.safetensors is (?:not a safetensors file \(|cut off: )"
    ) as refused:
        read(content, tmp_path)
    assert "\n" not in str(refused.value)


@given(data=st.data())
def test_damaged_files_give_a_model_or_a_clean_error(data, tmp_path_factory):
    content = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(content), tmp_path_factory.mktemp("damaged"))
    except FiltershiftError as error:
        said = str(error)
    else:
        said = ""
    assert len(said.splitlines()) <= 1
