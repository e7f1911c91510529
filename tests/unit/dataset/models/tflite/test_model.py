"""TFLite models: those that TensorFlow wrote, and by hand."""

from pathlib import Path

import numpy as np
import pytest

from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError
from tflite_files import (
    ADD,
    CONV_2D,
    CONV_3D,
    CUSTOM,
    DENSIFY,
    DEPTHWISE,
    DEQUANTIZE,
    FLOAT16,
    IF,
    INT8,
    INT32,
    MUL,
    PAD,
    RELU,
    TRANSPOSE,
    TRANSPOSE_CONV,
    WHILE,
    Byte,
    Long,
    model_of,
    operator,
    subgraph,
    tensor,
)
from tiny_models import weights

FOLDER = Path(__file__).parents[4] / "data/models/tflite"
STORED = np.load(FOLDER / "weights.npz")
TENSOR = weights(4, 3, 3, 2)
KERNELS = TENSOR.transpose(0, 3, 1, 2).reshape(8, 3, 3)
IMAGE, MADE = (1, 8, 8, 2), (1, 8, 8, 4)
PLAIN = [tensor("x", IMAGE), tensor("net/conv/Conv2D", (4, 3, 3, 2), 1), tensor("y", MADE)]


def read(content, tmp_path, **choice):
    (tmp_path / "m.tflite").write_bytes(content)
    return read_model_file(tmp_path / "m.tflite", "m", **choice)


def of(tensors, operators, arrays=(TENSOR,), inputs=(0,), outputs=(2,)):
    """A model of one subgraph."""
    return model_of([subgraph(tensors, inputs, outputs, operators)], arrays)


def skipped(model):
    return [(row.name, row.reason, row.count) for row in model.skipped if row.kind == "convolution"]


@pytest.mark.parametrize("name", ["single", "half"])
def test_a_model_by_tensorflow(name):
    model = read_model_file(FOLDER / f"{name}.tflite", "m")
    for number, layer in enumerate(model.layers):
        np.testing.assert_array_equal(layer.weights, STORED[f"{name}_{number}"].reshape(-1, 3, 3))
    assert [(layer.name, layer.kernel, layer.groups, layer.in_channels) for layer in model.layers] == [
        ("model/a", "regular", 1, 3),
        ("model/b", "depthwise", 8, 8),
        ("model/c/Relu", "grouped", 2, 16),
        ("model/f", "regular", 1, 4),
    ]
    assert [layer.conv_depth for layer in model.layers] == [0, 1, 2, 5]
    assert {layer.batch_norm for layer in model.layers} == {"absorbed"}
    assert model.kernel_shapes == {(3, 3): 232, (1, 1): 64, (1, 5): 24}
    assert skipped(model) == [("m: model/up/conv2d_transpose", "transposed convolution", 48)]
    assert (model.producer, model.depth_source, model.op_set) == ("MLIR Converted.", "graph", None)


def test_quantised_weights_are_listed():
    model = read_model_file(FOLDER / "hybrid.tflite", "m")
    assert [layer.name for layer in model.layers] == ["model/a", "model/b", "model/c/Relu"]
    assert skipped(model)[1:] == [("m: model/f", "quantised (weights are INT8)", 128)]
    model = read_model_file(FOLDER / "int8.tflite", "m")
    assert not model.layers
    assert [row[1] for row in skipped(model)].count("quantised (weights are INT8)") == 6


def test_convolutions_in_branches():
    model = read_model_file(FOLDER / "branches.tflite", "m")
    assert [layer.conv_depth for layer in model.layers] == [0, 1, 2]
    for layer, number in zip(model.layers, (0, 1, 2), strict=True):
        expected = STORED[f"branches_{number}"].transpose(3, 2, 0, 1).reshape(4, 3, 3)
        np.testing.assert_array_equal(layer.weights, expected)


def test_a_fused_activation_is_an_operator(tmp_path):
    conv = [operator(CONV_2D, (0, 1), (2,), {3: Byte(1)}), operator(CONV_2D, (2, 3), (4,))]
    tensors = [*PLAIN, tensor("v", (4, 3, 3, 4), 2), tensor("z", MADE)]
    model = read(of(tensors, conv, (TENSOR, weights(4, 3, 3, 4)), outputs=(4,)), tmp_path)
    assert (model.depth, [layer.conv_depth for layer in model.layers]) == (3, [0, 1])


@pytest.mark.parametrize("offset", [0, 1])
def test_a_multiplication_by_channel_is_a_batch_norm(offset, tmp_path):
    factors, shift = weights(4), weights(4)
    tensors = [*PLAIN, tensor("f", (1, 1, 1, 4), 2), tensor("s", (4,), 3), tensor("n", MADE), tensor("z", MADE)]
    tensors += [tensor("v", (4, 3, 3, 4), 4), tensor("end", MADE)]
    norm = [operator(MUL, (2, 3) if offset else (3, 2), (5,)), operator(ADD, (5, 4), (6,))]
    operators = [operator(CONV_2D, (0, 1), (2,)), *norm, operator(CONV_2D, (6, 7), (8,))]
    content = of(tensors, operators, (TENSOR, factors, shift, weights(4, 3, 3, 4)), outputs=(8,))
    model = read(content, tmp_path)
    assert [layer.batch_norm for layer in model.layers] == ["folded", "absorbed"]
    np.testing.assert_allclose(model.layers[0].weights, KERNELS * factors.repeat(2).reshape(8, 1, 1), rtol=1e-6)
    assert model.depth == 3
    np.testing.assert_array_equal(read(content, tmp_path, batch_norm="stored").layers[0].weights, KERNELS)


@pytest.mark.parametrize("shape", [(), (8, 1), (8, 8, 4), (1, 8, 1, 1)])
def test_another_multiplication_is_none(shape, tmp_path):
    tensors = [*PLAIN, tensor("f", shape, 2), tensor("n", MADE)]
    operators = [operator(CONV_2D, (0, 1), (2,)), operator(MUL, (2, 3), (4,))]
    (layer,) = read(of(tensors, operators, (TENSOR, weights(*shape)), outputs=(4,)), tmp_path).layers
    assert layer.batch_norm == "absorbed"


def test_padding_before_a_convolution_adds_no_depth(tmp_path):
    tensors = [*PLAIN, tensor("p", (4, 2), 2, INT32), tensor("padded", (1, 10, 10, 2)), tensor("r", IMAGE)]
    operators = [operator(PAD, (0, 3), (4,)), operator(CONV_2D, (4, 1), (2,)), operator(PAD, (2, 3), (5,))]
    model = read(of(tensors, operators, (TENSOR, np.zeros((4, 2), np.int32)), outputs=(5,)), tmp_path)
    assert model.depth == 2


def test_weights_in_half_precision_come_through_an_operator(tmp_path):
    tensors = [*PLAIN, tensor("half", (4, 3, 3, 2), 1, FLOAT16)]
    tensors[1] = tensor("net/conv/Conv2D_dequantize", (4, 3, 3, 2))
    operators = [operator(DEQUANTIZE, (3,), (1,)), operator(CONV_2D, (0, 1), (2,))]
    model = read(of(tensors, operators, (TENSOR.astype(np.float16),)), tmp_path)
    np.testing.assert_array_equal(model.layers[0].weights, KERNELS.astype(np.float16).astype(np.float32))
    assert model.depth == 1


WEIGHTS = tensor("conv", (4, 3, 3, 2))


@pytest.mark.parametrize(
    ("weights", "before", "reason", "count"),
    [
        (WEIGHTS, [], "weights are missing", 0),
        (WEIGHTS, [(RELU, (0,), (1,))], "weights are computed (by operator 19)", 0),
        (WEIGHTS, [(TRANSPOSE, (3,), (1,))], "weights are computed (by TRANSPOSE)", 0),
        (WEIGHTS, [(DENSIFY, (3,), (1,))], "weights are a sparse tensor", 8),
        (tensor("conv", (4, 3, 3, 2), 1, INT8), [], "quantised (weights are INT8)", 8),
        (tensor("conv", (4, 3, 3, 2), 1, 77), [], "quantised (weights are of type 77)", 8),
        (tensor("conv", (8, 9), 1), [], "weights of shape (8, 9) are no kernels", 0),
    ],
)
def test_weights_that_are_not_read_are_listed(weights, before, reason, count, tmp_path):
    tensors = [PLAIN[0], weights, PLAIN[2], tensor("conv", (4, 3, 3, 2), 1, sparse=True)]
    operators = [*(operator(*entry) for entry in before), operator(CONV_2D, (0, 1), (2,))]
    assert skipped(read(of(tensors, operators), tmp_path)) == [("m: conv", reason, count)]


def test_weights_that_are_an_input(tmp_path):
    tensors = [PLAIN[0], tensor("conv", (4, 3, 3, 2)), PLAIN[2]]
    content = of(tensors, [operator(CONV_2D, (0, 1), (2,)), operator(CONV_2D, (0, -1), (2,))], inputs=(0, 1))
    assert [row[1] for row in skipped(read(content, tmp_path))] == [
        "weights are an input of the model",
        "weights are missing",
    ]


def test_other_convolutions_are_listed(tmp_path):
    tensors = [
        *PLAIN[:2],
        tensor("a", IMAGE),
        tensor("shape", (4,), 2, INT32),
        tensor("conv3d", (3, 3, 3, 2, 4), 3),
        tensor("b", (1, 8, 8, 8, 4)),
        tensor("c", IMAGE),
    ]
    operators = [
        operator(TRANSPOSE_CONV, (3, 1, 0), (2,)),
        operator(CONV_3D, (2, 4), (5,)),
        operator(CUSTOM, (5, 1), (6,)),
        operator(CONV_2D, (6, 1), (7,)),
    ]
    arrays = (TENSOR, np.zeros(4, np.int32), weights(3, 3, 3, 2, 4))
    model = read(of([*tensors, tensor("y", MADE)], operators, arrays, outputs=(7,)), tmp_path)
    assert skipped(model) == [
        ("m: net/conv", "transposed convolution", 8),
        ("m: conv3d", "3-D convolution", 8),
        ("m: net/conv (2)", "transposed convolution", 8),
    ]
    assert [(layer.name, layer.conv_depth) for layer in model.layers] == [("net/conv (3)", 0)]


def test_weights_of_two_convolutions_are_read_once(tmp_path):
    tensors = [*PLAIN, tensor("again", (4, 3, 3, 2), 1), tensor("z", MADE)]
    content = of(tensors, [operator(CONV_2D, (0, 1), (2,)), operator(CONV_2D, (0, 3), (4,))], outputs=(2, 4))
    model = read(content, tmp_path)
    assert len(model.layers) == 1
    assert skipped(model)[0][1] == "same tensor as net/conv"


def test_data_behind_the_flatbuffer(tmp_path):
    operators = [operator(CONV_2D, (0, 1), (2,))]
    size = len(of(PLAIN, [dict(operators[0])], ({1: Long(2), 2: Long(TENSOR.nbytes)},)))
    size += -size % 16
    content = of(PLAIN, operators, ({1: Long(size), 2: Long(TENSOR.nbytes)},)).ljust(size, b"\0") + TENSOR.tobytes()
    np.testing.assert_array_equal(read(content, tmp_path).layers[0].weights, KERNELS)
    with pytest.raises(FiltershiftError, match=r"buffer 1 is in bytes .* but the file has"):
        read(content[:-1], tmp_path)


def test_a_loop_counts_once_and_its_arguments_are_computed(tmp_path):
    body = [operator(CONV_2D, (0, 1), (2,))]
    graphs = [
        subgraph([tensor("x", IMAGE), tensor("w", (4, 3, 3, 2), 1), tensor("y", MADE)], (0,), (2,),
                 [operator(WHILE, (0, 1), (2,), {0: 1, 1: 2})]),
        subgraph([tensor("i", IMAGE), tensor("j", IMAGE)], (0,), (1,), [operator(RELU, (0,), (1,))]),
        subgraph([tensor("i", IMAGE), tensor("conv", (4, 3, 3, 2)), tensor("o", MADE)], (0, 1), (2,), body),
    ]  # fmt: skip
    model = read(model_of(graphs, (TENSOR,)), tmp_path)
    np.testing.assert_array_equal(model.layers[0].weights, KERNELS)
    assert model.depth == 2


def test_a_body_that_has_itself_as_a_body(tmp_path):
    graphs = [
        subgraph([tensor("x", IMAGE), tensor("y", IMAGE)], (0,), (1,), [operator(IF, (0, 0), (1,), {0: 1, 1: 1})]),
        subgraph([tensor("x", IMAGE), tensor("y", IMAGE)], (0,), (1,), [operator(IF, (0, 0), (1,), {0: 1, 1: 1})]),
    ]
    with pytest.raises(FiltershiftError, match="the graph has a cycle"):
        read(model_of(graphs, ()), tmp_path)


CONV = operator(CONV_2D, (0, 1), (2,))


@pytest.mark.parametrize(
    ("tensors", "entry", "part"),
    [
        (
            {1: tensor("conv", (5, 3, 3, 2), 1)},
            CONV,
            "tensor 'conv' has 288 bytes, but declares the shape (5, 3, 3, 2)",
        ),
        ({1: tensor("conv", (-4, -3, 3, 2), 1)}, CONV, "declares the shape (-4, -3, 3, 2) of type FLOAT32"),
        ({1: tensor("conv", (2**31 - 1,) * 4, 1)}, CONV, "has 288 bytes, but declares the shape (2147483647,"),
        ({1: tensor("conv", (4, 3, 3, 2), 9)}, CONV, "is a damaged TFLite file: it names record 9 of 2"),
        ({0: tensor("x", (1, 8, 8, 3))}, CONV, "convolution 'net/conv' takes 3 channels, but its weights have 2"),
        ({}, operator(CONV_2D, (0, 9), (2,)), "is a damaged TFLite file: it names record 9 of 3"),
        ({}, operator(IF, (0, 1), (2,), {0: 5, 1: 0}), "is a damaged TFLite file: it names subgraph 5 of 1"),
        (
            {0: tensor("x", (1, 8, 8, 3))},
            operator(DEPTHWISE, (0, 1), (2,)),
            "2 output channels cannot be divided into 3",
        ),
    ],
)
def test_damage_is_one_line(tensors, entry, part, tmp_path):
    changed = [tensors.get(number, entry) for number, entry in enumerate(PLAIN)]
    with pytest.raises(FiltershiftError) as refused:
        read(of(changed, [dict(entry)]), tmp_path)
    assert str(refused.value).startswith((f"{tmp_path}/m.tflite: ", f"{tmp_path}/m.tflite "))
    assert part in str(refused.value)
    assert "\n" not in str(refused.value)


def test_cut_off_files_are_refused_or_read_the_same(tmp_path):
    content = (FOLDER / "half.tflite").read_bytes()
    for size in range(8, len(content), 997):
        with pytest.raises(FiltershiftError, match=r"/m\.tflite[: ]"):
            read(content[:size], tmp_path)


def test_records_that_overlap_are_refused(tmp_path):
    """A list of subgraphs that are all the same one, each with many operators: a file of 200 kB, 10⁸ operators."""
    count = 10_000
    content = bytearray(of(PLAIN, [dict(CONV) for _ in range(count)]))
    content += bytes(-len(content) % 4)
    root = int.from_bytes(content[:4], "little")
    table = root - int.from_bytes(content[root : root + 4], "little", signed=True)
    field = root + int.from_bytes(content[table + 8 : table + 10], "little")  # the third: subgraphs
    vector = field + int.from_bytes(content[field : field + 4], "little")
    only = vector + 4 + int.from_bytes(content[vector + 4 : vector + 8], "little")
    moved = len(content)
    content[field : field + 4] = (moved - field).to_bytes(4, "little")
    content += count.to_bytes(4, "little")
    for number in range(count):
        content += ((only - (moved + 4 + 4 * number)) % (1 << 32)).to_bytes(4, "little")
    with pytest.raises(FiltershiftError, match=r"damaged TFLite file|more than 131,072 operators"):
        read(bytes(content), tmp_path)
