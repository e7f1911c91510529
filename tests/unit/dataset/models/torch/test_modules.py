"""Whole modules say which tensors are weights of convolutions."""

from pathlib import Path

import numpy as np
import pytest

from filtershift.dataset.models.reading import read_model_file
from filtershift.dataset.models.torch.model import legacy_contents, zip_contents

FOLDER = Path(__file__).parents[4] / "data/models/torch"
EXPECTED = np.load(FOLDER / "expected.npz")


def skipped(model):
    return {row.name.removeprefix("m: "): (row.reason, row.count) for row in model.skipped if row.kind != "model"}


@pytest.mark.parametrize(("name", "wrapped"), [("whole", ""), ("whole_legacy", "module.")])
def test_a_module_says_which_tensors_are_kernels(name, wrapped):
    model = read_model_file(FOLDER / f"{name}.pt", "m")
    rows = [(layer.name, layer.groups, layer.kernel, layer.conv_depth_norm) for layer in model.layers]
    assert rows == [(f"{wrapped}first", 1, "regular", 0), (f"{wrapped}scaled", 2, "depthwise", 0.5)]
    for layer in model.layers:
        expected = EXPECTED[f"whole.{layer.name.removeprefix(wrapped)}"]
        np.testing.assert_array_equal(layer.weights, expected.reshape(-1, 3, 3))
    assert model.kernel_shapes == {(3, 3): 6, (1, 1): 2}
    assert skipped(model) == {
        f"{wrapped}position": ("not a convolution's weight (Net)", 2),
        f"{wrapped}up": ("transposed convolution", 4),
        f"{wrapped}line": ("1-D convolution", 4),
        f"{wrapped}cube": ("3-D convolution", 4),
        f"{wrapped}scaled.gain": ("not a convolution's weight (Scaled)", 2),
        f"{wrapped}lazy": ("weights are not initialised (lazy module)", 0),
    }


def test_a_module_says_the_epsilon_of_its_batch_norm():
    assert zip_contents(FOLDER / "whole.pt").epsilons == {"norm": 0.25}
    assert legacy_contents(FOLDER / "whole_legacy.pt").epsilons == {"module.norm": 0.25}


def test_tensors_of_a_module_are_in_order_of_definition():
    names = [tensor.name for tensor in zip_contents(FOLDER / "whole.pt").tensors]
    own = ["first.weight", "first.bias", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var"]
    assert names[:7] == [*own, "norm.num_batches_tracked"]


def test_a_graph_module():
    model = read_model_file(FOLDER / "graph_module.pt", "m")
    assert [(layer.name, layer.conv_depth) for layer in model.layers] == [("0", 0), ("2", 1)]
    for layer in model.layers:
        np.testing.assert_array_equal(layer.weights, EXPECTED[f"graph_module.{layer.name}"].reshape(-1, 3, 3))
    assert skipped(model) == {"1": ("transposed convolution", 4)}


def test_quantised_modules_are_listed():
    model = read_model_file(FOLDER / "quantised.pt", "m")
    assert skipped(model) == {"0": ("quantised (weights are QInt8)", 4), "1": ("transposed convolution", 4)}
