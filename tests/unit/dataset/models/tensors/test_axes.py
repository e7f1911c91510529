"""Axes of kernels in safetensors files of several frameworks."""

import numpy as np
import pytest
from safetensors.numpy import save_file

from filtershift.dataset.models.reading import read_model_file
from filtershift.dataset.models.tensors.axes import HWIO, OHWI, PYTORCH, in_order
from filtershift.errors import FiltershiftError
from stored_tensors import stored_tensors

KERNELS = {"stem": (8, 3, 3, 3), "a": (16, 8, 3, 3), "b": (32, 16, 3, 3), "c": (4, 32, 1, 1)}
STORED = {layout: np.argsort(layout.axes) for layout in (PYTORCH, OHWI, HWIO)}


def arrays(layout, leaf="weight", kernels=KERNELS):
    """Kernels with their values, and the same as they are stored in a layout."""
    rng = np.random.default_rng(0)
    plain = {f"{name}.{leaf}": rng.normal(size=shape).astype("f4") for name, shape in kernels.items()}
    return plain, {name: np.ascontiguousarray(values.transpose(STORED[layout])) for name, values in plain.items()}


@pytest.mark.parametrize(
    ("layout", "leaf", "formats"),
    [
        (OHWI, "weight", {"mlx"}),
        (HWIO, "kernel", {"flax"}),
        (HWIO, "kernel", {"tf"}),
        (OHWI, "weight", set()),
        (HWIO, "weight", set()),
        (HWIO, "kernel", set()),
        (PYTORCH, "weight", {"pt"}),
        (PYTORCH, "weight", set()),
    ],
)
def test_kernels_are_put_in_order(layout, leaf, formats):
    plain, stored = arrays(layout, leaf)
    for tensor in in_order(stored_tensors(stored), frozenset(formats)):
        assert tensor.shape == plain[tensor.name].shape
        np.testing.assert_array_equal(tensor.load(), plain[tensor.name])


def test_a_file_of_mlx(tmp_path):
    plain, stored = arrays(OHWI)
    save_file(stored | {"fc.weight": np.ones((2, 4), "f4")}, tmp_path / "m.safetensors", {"format": "mlx"})
    layers = read_model_file(tmp_path / "m.safetensors", "m").layers
    assert [layer.name for layer in layers] == ["stem", "a", "b"]
    for layer in layers:
        np.testing.assert_array_equal(layer.weights, plain[f"{layer.name}.weight"].reshape(-1, 3, 3))


def test_depthwise_kernels_of_keras():
    values = np.random.default_rng(0).normal(size=(3, 3, 4, 2)).astype("f4")
    (tensor,) = in_order(stored_tensors({"d/depthwise_kernel:0": values}), frozenset({"tf"}))
    assert tensor.shape == (8, 1, 3, 3)
    np.testing.assert_array_equal(tensor.load()[5, 0], values[:, :, 2, 1])


@pytest.mark.parametrize(
    "shapes",
    [
        [(8, 3, 3, 3), (16, 3, 3, 3)],  # three channels: any order fits
        [(64, 3, 3, 1), (64, 3, 1, 3), (64, 64, 3, 3)],  # separable kernels of images in colour
        [(100, 2, 2, 300), (100, 2, 3, 300), (100, 2, 4, 300)],  # sentences of two channels
        [(8, 1, 1, 64), (16, 1, 22, 1), (16, 16, 1, 1)],  # EEGNet
        [(64, 3, 3, 3), (64, 64, 1, 7), (64, 64, 7, 1)],  # Inception
        [(8, 1, 1, 7), (8, 8, 1, 7), (8, 8, 1, 7)],
        [(8, 3, 3, 32)],  # one kernel is not enough
        [(3, 3, 3, 3)],
        [(64, 3, 7, 7), (64, 64, 1, 1), (64, 1, 3, 3)],
        [(16, 8, 8, 3), (16, 16, 3, 3), (5, 3, 3, 7), (5, 3, 3, 9)],
    ],
)
def test_files_of_pytorch_are_not_touched(shapes):
    tensors = stored_tensors({f"c{number}.weight": shape for number, shape in enumerate(shapes)})
    assert in_order(tensors, frozenset()) == tensors
    assert in_order(tensors, frozenset({"pt"})) == tensors


@pytest.mark.parametrize(("leaf", "formats"), [("weight", {"mlx"}), ("kernel", {"flax"}), ("kernel", set())])
def test_a_kernel_against_the_told_order_is_refused(leaf, formats):
    with pytest.raises(FiltershiftError, match=r"^tensor 'a\.\w+' has shape \(64, 32, 3, 3\), which is no kernel as"):
        in_order(stored_tensors({f"a.{leaf}": (64, 32, 3, 3)}), frozenset(formats))


def test_tensors_that_are_no_kernels_keep_their_axes():
    tensors = stored_tensors({"mean": (1, 3, 1, 1), "a.bias": (4,), "a.weight": (4, 3, 3, 2)})
    mean, bias, weight = in_order(tensors, frozenset({"mlx"}))
    assert (mean.shape, bias.shape, weight.shape) == ((1, 3, 1, 1), (4,), (4, 2, 3, 3))
