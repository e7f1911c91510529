"""Weights in every place and number format ONNX has for them, and those that must be refused."""

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import set_external_data

from filtershift.dataset.models.model import Skipped
from filtershift.errors import FiltershiftError
from tiny_models import conv, model_of, read, read_model, weights


@pytest.mark.parametrize("data_type", [TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE])
@pytest.mark.parametrize("raw", [True, False], ids=["raw_data", "typed field"])
def test_other_floats_become_float32(data_type, raw):
    stored = helper.tensor_dtype_to_np_dtype(data_type)
    values = weights(2, 2, 3, 3).astype(stored)
    data = values.tobytes() if raw else values.astype(np.float64).ravel()
    model = read([conv("w")], [helper.make_tensor("w", data_type, [2, 2, 3, 3], data, raw=raw)])
    assert model.layers[0].weights.dtype == np.float32
    np.testing.assert_array_equal(model.layers[0].weights, values.astype(np.float32).reshape(4, 3, 3))


def test_weights_as_constant_behind_identity_and_cast():
    stored = weights(2, 1, 3, 3, dtype=np.float64)
    nodes = [
        helper.make_node("Constant", [], ["a"], value=numpy_helper.from_array(stored)),
        helper.make_node("Identity", ["a"], ["b"]),
        helper.make_node("Cast", ["b"], ["c"], to=TensorProto.FLOAT16),
        helper.make_node("Cast", ["c"], ["d"], to=TensorProto.FLOAT),
        conv("d"),
    ]
    model = read(nodes)
    expected = stored.astype(np.float16).astype(np.float32).reshape(2, 3, 3)  # as the model itself computes
    np.testing.assert_array_equal(model.layers[0].weights, expected)
    assert (model.depth, model.operators["Constant"]) == (1, 1)


@pytest.mark.parametrize(("steps", "read_layers"), [(999, 1), (1000, 0)])
def test_endless_chains_are_not_followed(steps, read_layers):
    nodes = [helper.make_node("Identity", [f"v{i}"], [f"v{i + 1}"]) for i in range(steps)]
    model = read([*nodes, conv(f"v{steps}")], {"v0": weights(1, 1, 3, 3)})
    assert len(model.layers) == read_layers
    reason = "weights are computed (by more than 1,000 operators)"
    assert [row.reason for row in model.skipped[:-1]] == [reason] * (1 - read_layers)


def test_one_tensor_in_two_nodes_counts_once():
    nodes = [
        conv("w", "x", "a", "first"),
        helper.make_node("Identity", ["w"], ["v"]),
        conv("v", "a", "b", "second"),
        conv("p", "b", "c"),
        conv("p", "c", "y"),
    ]
    model = read(nodes, {"w": weights(2, 2, 3, 3), "p": weights(2, 2, 1, 1)})
    assert [layer.name for layer in model.layers] == ["first"]
    assert model.skipped == (Skipped("convolution", "m: second", "same tensor as first", 4),)
    assert (model.kernel_shapes, model.total_filters, model.share_3x3) == ({(3, 3): 4, (1, 1): 4}, 4, 1.0)
    assert model.layers[0].conv_depth_norm == 0  # the depth of the second use still counts
    assert model.operators["Conv"] == 4


def test_sparse_weights_are_listed():
    sparse = helper.make_sparse_tensor(
        numpy_helper.from_array(weights(2), "w"), numpy_helper.from_array(np.array([0, 5]), "i"), [1, 1, 3, 3]
    )
    model = model_of([conv("w")])
    model.graph.sparse_initializer.append(sparse)
    assert read_model(model.SerializeToString()).skipped[0].reason == "weights are a sparse tensor"


def external_model(folder, location, stored, **place):
    tensor = numpy_helper.from_array(stored, "w")
    set_external_data(tensor, location, **place)
    tensor.ClearField("raw_data")
    path = folder / "model.onnx"
    path.write_bytes(model_of([conv("w")], [tensor]).SerializeToString())
    return path


def test_external_data_inside_the_folder(tmp_path):
    stored = weights(2, 2, 3, 3)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "w.bin").write_bytes(b"padding!" + stored.tobytes() + b"more")
    path = external_model(tmp_path, "data/w.bin", stored, offset=8, length=stored.nbytes)
    np.testing.assert_array_equal(read_model(path).layers[0].weights, stored.reshape(4, 3, 3))


def test_missing_external_data_are_listed(tmp_path):
    path = external_model(tmp_path, "gone.bin", weights(2, 2, 3, 3))
    missing = Skipped("convolution", "model.onnx: conv", "external data missing", 4)
    assert read_model(path).skipped[0] == missing
    assert read_model(path.read_bytes(), "model.onnx").skipped[0] == missing  # bytes have no folder


@pytest.mark.parametrize("how", ["relative", "absolute", "symlink"])
def test_external_data_outside_the_folder_are_refused(tmp_path, how):
    stored = weights(2, 2, 3, 3)
    (tmp_path / "secret.bin").write_bytes(stored.tobytes())
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    location = {"relative": "../secret.bin", "absolute": str(tmp_path / "secret.bin"), "symlink": "link.bin"}[how]
    path = external_model(folder, location, stored)
    with pytest.raises(FiltershiftError, match=r"^model\.onnx: external data .* must be inside the model's folder$"):
        read_model(path)


def test_external_data_of_the_wrong_length_are_refused(tmp_path):
    (tmp_path / "w.bin").write_bytes(b"1234")
    path = external_model(tmp_path, "w.bin", weights(2, 2, 3, 3))
    with pytest.raises(FiltershiftError, match=r"model\.onnx: tensor 'w' of shape \(2, 2, 3, 3\) does not fit"):
        read_model(path)


@pytest.mark.parametrize("shape", [(2, 3, 3, 3), (-1, 2, 3, 3), (2**62, 2, 3, 3), (10**12, 10**12, 5, 5)])
@pytest.mark.parametrize("raw", [True, False], ids=["raw_data", "typed field"])
def test_shapes_that_do_not_fit_the_data_are_refused(shape, raw):
    data = weights(2, 2, 3, 3)
    tensor = helper.make_tensor("w", TensorProto.FLOAT, data.shape, data.tobytes() if raw else data.ravel(), raw=raw)
    del tensor.dims[:]
    tensor.dims.extend(shape)
    with pytest.raises(FiltershiftError, match=r"^m: tensor 'w' .*shape [^\n]*$"):
        read([conv("w")], [tensor])
