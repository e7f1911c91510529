"""What kind of convolution weights alone belong to."""

import h5py
import numpy as np
import pytest

from filtershift.dataset.models.reading import read_model_file
from keras_files import values, write_hdf5

UNSURE = "depthwise or regular convolution; the file does not say which"


def read(tmp_path, paths):
    with h5py.File(tmp_path / "m.weights.h5", "w") as file:
        for path, shape in paths.items():
            file[path] = values(path, *shape)
    return read_model_file(tmp_path / "m.weights.h5", "m")


@pytest.mark.parametrize(
    ("owner", "shape", "biases", "expected"),
    [
        ("layers/conv2d_3", (3, 3, 4, 1), None, (1, None, "")),
        ("_layer_checkpoint_dependencies/conv2d", (3, 3, 4, 2), 2, (2, None, "")),
        ("_layer_checkpoint_dependencies\\conv2d", (3, 3, 4, 2), 2, (2, None, "")),
        ("layers/depthwise_conv2d", (3, 3, 4, 2), None, (8, 4, "")),
        ("layers/conv2d_transpose", (3, 3, 4, 2), None, (2, None, "transposed convolution")),
        ("stem", (3, 3, 4, 2), None, (2, None, "")),
        ("stem", (3, 3, 4, 2), 2, (2, None, "")),
        ("stem", (3, 3, 4, 2), 8, (8, 4, "")),
        ("stem", (3, 3, 4, 2), 4, (2, None, "transposed convolution")),
        ("stem", (3, 3, 4, 1), None, (1, None, UNSURE)),
        ("stem", (3, 3, 4, 1), 4, (4, 4, "")),
        ("stem", (3, 3, 4, 1), 1, (1, None, "")),
        ("layers/conv3d", (3, 3, 3, 4, 1), 1, (1, None, "3-D convolution")),
    ],
)
def test_the_kind_of_a_kernel(owner, shape, biases, expected, tmp_path):
    separator = "\\" if "\\" in owner else "/"
    paths = {separator.join((owner, "vars", "0")): shape}
    model = read(tmp_path, paths | ({separator.join((owner, "vars", "1")): (biases,)} if biases else {}))
    channels, groups, reason = expected
    if reason:
        assert (model.skipped[0].reason, model.layers) == (reason, ())
    else:
        (found,) = model.layers
        assert (found.out_channels, found.groups, model.skipped) == (channels, groups, ())


def test_layers_of_keras_3_are_in_the_order_of_their_numbers(tmp_path):
    model = read(tmp_path, {f"layers/conv2d_{number}/vars/0": (3, 3, 1, 1) for number in (10, 2, 1)})
    assert [found.name for found in model.layers] == ["conv2d_1", "conv2d_2", "conv2d_10"]
    assert model.depth_source == "names"


def test_layers_of_keras_2_are_in_the_order_of_the_file(tmp_path):
    kernel = values("k", 3, 3, 2, 4)
    weights = {
        "z": {"z/kernel:0": kernel},
        "sep": {"sep/depthwise_kernel:0": kernel, "sep/pointwise_kernel:0": values("p", 1, 1, 8, 2)},
        "up": {"conv2d_transpose/kernel:0": kernel},
        "a": {"a/kernel:0": kernel, "a/bias:0": values("b", 4)},
    }
    model = read_model_file(write_hdf5(tmp_path / "m.h5", None, weights), "m")
    assert [(found.name, found.conv_depth, found.groups) for found in model.layers] == [
        ("z", 0, None),
        ("sep/depthwise", 1, 2),
        ("a", 3, None),
    ]
    assert [(row.name, row.reason) for row in model.skipped] == [("m: up", "transposed convolution")]
    assert model.depth_source == "order"
    np.testing.assert_array_equal(model.layers[0].weights, kernel.transpose(3, 2, 0, 1).reshape(-1, 3, 3))
