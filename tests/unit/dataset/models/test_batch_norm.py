"""BatchNorm behind a convolution: which one belongs to it, and what folding makes of the weights."""

import numpy as np
import pytest
from onnx import helper

from filtershift.dataset.models.convolutions import UNUSABLE
from filtershift.errors import FiltershiftError
from tiny_models import RANDOM, conv, model_of, read, read_model, weights

STATISTICS = {
    "g": RANDOM.normal(size=4).astype(np.float32),
    "b": RANDOM.normal(size=4).astype(np.float32),
    "m": RANDOM.normal(size=4).astype(np.float32),
    "v": RANDOM.uniform(0.1, 4, 4).astype(np.float32),
}
TENSORS = {"w": weights(4, 2, 3, 3), **STATISTICS}
FACTORS = STATISTICS["g"] / np.sqrt(STATISTICS["v"].astype(np.float64) + 1e-3)


def norm(source, target="y", **attributes):
    return helper.make_node("BatchNormalization", [source, "g", "b", "m", "v"], [target], epsilon=1e-3, **attributes)


def relu(source, target="y"):
    return helper.make_node("Relu", [source], [target])


def states(nodes, tensors=TENSORS, **choice):
    model = read_model(model_of(nodes, tensors).SerializeToString(), **choice)
    return [layer.batch_norm for layer in model.layers]


def test_folded_weights_are_those_of_one_convolution_that_does_both():
    (layer,) = read([conv("w", target="1"), norm("1")], TENSORS).layers
    expected = TENSORS["w"] * FACTORS.reshape(4, 1, 1, 1)
    np.testing.assert_allclose(layer.weights, expected.reshape(8, 3, 3), rtol=1e-6)
    assert layer.batch_norm == "folded"
    assert layer.weights.dtype == np.float32


def test_stored_weights_are_as_they_are():
    model = read_model(model_of([conv("w", target="1"), norm("1")], TENSORS).SerializeToString(), batch_norm="stored")
    np.testing.assert_array_equal(model.layers[0].weights, TENSORS["w"].reshape(8, 3, 3))
    assert [layer.batch_norm for layer in model.layers] == ["separate"]
    assert model.skipped == ()


@pytest.mark.parametrize(
    "nodes",
    [
        [conv("w")],
        [conv("w", target="1"), relu("1", "2"), norm("2")],
        [norm("x", "1"), conv("w", "1")],
        [conv("w", target="1"), norm("1", "2"), helper.make_node("Add", ["1", "2"], ["y"])],
        [conv("w", target="y"), norm("y", "z")],
    ],
    ids=["no norm", "behind an activation", "in front", "used twice", "an output of the model"],
)
def test_a_norm_that_cannot_be_multiplied_in(nodes):
    assert states(nodes) == states(nodes, batch_norm="stored") == ["absorbed"]


def test_a_norm_with_statistics_that_are_no_constants_is_unknown():
    nodes = [conv("w", target="1"), helper.make_node("BatchNormalization", ["1", "g", "b", "m", "x"], ["y"])]
    assert states(nodes) == states(nodes, batch_norm="stored") == ["unknown"]


def test_a_model_saved_in_training_is_read_as_in_inference():
    assert states([conv("w", target="1"), norm("1", training_mode=1)]) == ["folded"]


@pytest.mark.parametrize("variance", [-1.0, np.nan])
def test_a_variance_that_is_not_positive_is_listed(variance):
    tensors = TENSORS | {"v": np.array([1, 1, variance, 1], np.float32)}
    model = read([conv("w", target="1", name="c"), norm("1")], tensors)
    np.testing.assert_array_equal(model.layers[0].weights, TENSORS["w"].reshape(8, 3, 3))
    assert [(row.kind, row.name, row.reason) for row in model.skipped] == [("batch norm", "m: c", UNUSABLE)]
    assert model.layers[0].batch_norm == "separate"


def test_a_norm_of_other_channels_contradicts_the_file():
    with pytest.raises(FiltershiftError, match=r"'conv' has 5 output channels, but the BatchNorm .* has 4; expected"):
        read([conv("w", target="1"), norm("1")], TENSORS | {"w": weights(5, 2, 3, 3)})


def test_depths_are_the_same_with_a_norm_and_with_it_folded():
    def block(with_norm):
        left = [conv("w", target="l1", name="left"), norm("l1", "l2") if with_norm else relu("l1", "l2")]
        return [
            *left[: 1 + with_norm],
            conv("w2", "l2" if with_norm else "l1", "l3", "left2"),
            helper.make_node("MaxPool", ["x"], ["r1"], kernel_shape=[2, 2]),
            conv("w3", "r1", "r2", "right"),
            helper.make_node("Add", ["l3", "r2"], ["y"]),
        ]

    tensors = TENSORS | {"w2": weights(4, 4, 3, 3), "w3": weights(4, 2, 3, 3)}
    with_norm, folded = ({layer.name: layer.conv_depth for layer in read(block(x), tensors).layers} for x in (1, 0))
    assert with_norm == folded == {"left": 0, "left2": 1, "right": 1}
