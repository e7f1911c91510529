"""Extraction from small ONNX graphs that are odd but legal, and from some that are not."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from filtershift.dataset.models.model import Skipped
from filtershift.errors import FiltershiftError
from tiny_models import RANDOM, conv, model_of, read, read_model, value, weights


def test_a_single_convolution():
    stored = weights(4, 2, 3, 3)
    model = read([conv("w")], {"w": stored}, opset_imports=[helper.make_opsetid("", 13)])
    (layer,) = model.layers
    np.testing.assert_array_equal(layer.weights, stored.reshape(8, 3, 3))
    assert (layer.name, layer.kernel, layer.conv_depth, layer.conv_depth_norm) == ("conv", "regular", 0, 0.0)
    assert (layer.out_channels, layer.in_channels, layer.groups) == (4, 2, 1)
    assert (model.producer, model.op_set, model.depth) == ("tool 1.2", 13, 1)
    assert (model.operators, model.kernel_shapes, model.skipped) == ({"Conv": 1}, {(3, 3): 8}, ())


def test_a_layer_without_a_name_is_called_by_its_weights():
    assert read([conv("w", name="")], {"w": weights(1, 1, 3, 3)}).layers[0].name == "w"


def test_parallel_branches_share_a_depth():
    nodes = [
        conv("a", "x", "1", "stem"),
        conv("b", "1", "2", "left"),
        conv("c", "1", "3", "right"),
        helper.make_node("Add", ["2", "3"], ["4"]),
        conv("d", "4", "y", "head"),
    ]
    model = read(nodes, {name: weights(1, 1, 3, 3) for name in "abcd"})
    depths = [(layer.name, layer.conv_depth, layer.conv_depth_norm) for layer in model.layers]
    assert depths == [("stem", 0, 0), ("left", 1, 0.5), ("right", 1, 0.5), ("head", 2, 1)]
    assert model.depth == 4


def test_other_kernel_sizes_count_for_depth_and_shares():
    nodes = [conv("a", "x", "1"), conv("b", "1", "2"), conv("c", "2", "3"), conv("d", "3", "y")]
    tensors = {"a": weights(2, 1, 7, 7), "b": weights(3, 2, 3, 3), "c": weights(2, 3, 1, 1), "d": weights(2, 2, 1, 3)}
    model = read(nodes, tensors)
    assert [(layer.conv_depth, layer.conv_depth_norm) for layer in model.layers] == [(1, 1 / 3)]
    assert model.kernel_shapes == {(7, 7): 2, (3, 3): 6, (1, 1): 6, (1, 3): 4}
    assert (model.total_filters, model.share_3x3) == (12, 0.5)


@pytest.mark.parametrize(
    ("shape", "groups", "kernel", "in_channels"),
    [((4, 2, 3, 3), 2, "grouped", 4), ((6, 1, 3, 3), 3, "depthwise", 3), ((6, 1, 3, 3), 1, "regular", 1)],
)
def test_grouped_and_depthwise_are_kept_and_tagged(shape, groups, kernel, in_channels):
    (layer,) = read([conv("w", group=groups)], {"w": weights(*shape)}).layers
    assert (layer.kernel, layer.groups, layer.in_channels, layer.out_channels) == (
        kernel,
        groups,
        in_channels,
        shape[0],
    )
    assert len(layer.weights) == shape[0] * shape[1]


def quantised_conv():
    stored = RANDOM.integers(-9, 9, (2, 2, 3, 3)).astype(np.int8)
    scalars = {"s": np.float32(0.1), "z": np.int8(0), "zx": np.uint8(0)}
    return stored, {name: np.array(number) for name, number in scalars.items()}


@pytest.mark.parametrize(
    ("nodes", "tensors", "reason", "count"),
    [
        (
            [helper.make_node("ConvTranspose", ["x", "w"], ["y"], name="n")],
            {"w": weights(2, 3, 3, 3)},
            "transposed convolution",
            6,
        ),
        ([conv("w", name="n")], {"w": weights(2, 3, 3)}, "1-D convolution", 6),
        ([conv("w", name="n")], {"w": weights(2, 3, 3, 3, 3)}, "3-D convolution", 6),
        (
            [helper.make_node("ConvInteger", ["x", "w"], ["y"], name="n")],
            {"w": quantised_conv()[0]},
            "quantised (ConvInteger)",
            4,
        ),
        (
            [helper.make_node("QLinearConv", ["x", "s", "zx", "w", "s", "z", "s", "zx"], ["y"], name="n")],
            {"w": quantised_conv()[0], **quantised_conv()[1]},
            "quantised (QLinearConv)",
            4,
        ),
        (
            [helper.make_node("DequantizeLinear", ["w", "s", "z"], ["f"]), conv("f", name="n")],
            {"w": quantised_conv()[0], **quantised_conv()[1]},
            "quantised (DequantizeLinear)",
            4,
        ),
        (
            [helper.make_node("Cast", ["w"], ["f"], to=TensorProto.FLOAT), conv("f", name="n")],
            {"w": quantised_conv()[0]},
            "quantised (weights are INT8)",
            4,
        ),
        (
            [helper.make_node("Mul", ["w", "w"], ["f"]), conv("f", name="n", kernel_shape=[3, 3])],
            {"w": weights(2, 2, 3, 3)},
            "weights are computed (by Mul)",
            0,
        ),
        ([conv("x", name="n")], {}, "weights are an input of the model", 0),
        ([conv("nowhere", name="n")], {}, "weights are missing", 0),
        ([helper.make_node("Conv", ["x"], ["y"], name="n")], {}, "weights are missing", 0),
        ([conv("w", name="n")], {"w": weights(3)}, "weights of shape (3,) are no kernels", 0),
        (
            [helper.make_node("Conv", ["x", "w"], ["y"], name="n", domain="com.microsoft.nchwc")],
            {"w": weights(2, 2, 3, 3)},
            "not a regular convolution (com.microsoft.nchwc.Conv)",
            4,
        ),
    ],
)
def test_what_is_left_out_is_listed(nodes, tensors, reason, count):
    model = read(nodes, tensors)
    assert model.skipped == (
        Skipped("convolution", "m: n", reason, count),
        Skipped("model", "m", f"no readable 3×3 convolution; 1 × {reason}", 0),
    )
    assert (model.layers, model.kernel_shapes, model.share_3x3) == ((), {}, 0)


def test_quantised_and_computed_convolutions_have_their_depth():
    nodes = [
        conv("a", "x", "1"),
        helper.make_node("Mul", ["b", "b"], ["bb"]),
        conv("bb", "1", "2", kernel_shape=[3, 3]),
        helper.make_node("ConvInteger", ["2", "q"], ["3"]),
        helper.make_node("ConvTranspose", ["3", "c"], ["4"]),
        conv("d", "4", "y"),
    ]
    tensors = {name: weights(1, 1, 3, 3) for name in "abcd"} | {"q": np.ones((1, 1, 3, 3), np.uint8)}
    assert [layer.conv_depth for layer in read(nodes, tensors).layers] == [0, 3]  # the transposed one has none


def test_a_model_without_any_convolution_is_legal():
    model = read([helper.make_node("Relu", ["x"], ["y"])])
    assert model.skipped == (Skipped("model", "m", "no readable 3×3 convolution", 0),)


def test_a_model_of_other_kernels_names_their_sizes():
    model = read([conv("w", "x", "y"), conv("p", "y", "z")], {"w": weights(2, 3, 5, 5), "p": weights(2, 2, 1, 1)})
    assert model.skipped[-1].reason == "no readable 3×3 convolution; its kernels are 1×1, 5×5"


def test_convolutions_in_the_bodies_of_an_if_are_read():
    def branch(name, stored):
        tensors = [numpy_helper.from_array(stored, "w")]  # the same name in both branches, not the same tensor
        return helper.make_graph([conv("w", "r", "out", name)], name, [], [value("out")], tensors)

    left, right = weights(2, 1, 3, 3), weights(3, 1, 3, 3)
    nodes = [
        helper.make_node("Relu", ["x"], ["r"]),
        helper.make_node("If", ["c"], ["i"], "if", then_branch=branch("l", left), else_branch=branch("r", right)),
        conv("outer", "i", "y", "last"),
    ]
    model = read(nodes, {"outer": weights(1, 1, 3, 3)}, inputs=("x", "c"))
    found = [(layer.name, layer.conv_depth, len(layer.weights)) for layer in model.layers]
    assert found == [("if/else_branch/r", 0, 3), ("if/then_branch/l", 0, 2), ("last", 1, 1)]
    assert (model.depth, model.operators) == (4, {"Relu": 1, "Conv": 3, "If": 1})


def test_convolutions_in_local_functions_are_read():
    opset = helper.make_opsetid("", 17)
    body = [helper.make_node("Conv", ["a", "w"], ["b"]), helper.make_node("Relu", ["b"], ["c"])]
    function = helper.make_function("local", "Block", ["a", "w"], ["c"], body, [opset])
    nodes = [helper.make_node("Block", [s, w], [t], domain="local") for s, w, t in [("x", "v", "1"), ("1", "w", "y")]]
    opsets = [opset, helper.make_opsetid("local", 1)]
    model = model_of(
        nodes, {"v": weights(2, 1, 3, 3), "w": weights(1, 2, 3, 3)}, functions=[function], opset_imports=opsets
    )
    found = read_model(model.SerializeToString())
    assert [(layer.conv_depth, len(layer.weights)) for layer in found.layers] == [(0, 2), (1, 2)]
    assert found.operators == {"Conv": 2, "Relu": 2}


def test_a_local_function_that_calls_itself_is_refused():
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("local", 1)]
    call = helper.make_node("Block", ["x"], ["y"], domain="local")
    function = helper.make_function("local", "Block", ["x"], ["y"], [call], opsets)
    with pytest.raises(FiltershiftError, match=r"^m: its local functions call themselves$"):
        read([call], functions=[function], opset_imports=opsets)


@pytest.mark.parametrize("calls", [1, 2])
def test_local_functions_that_multiply_are_refused(calls):
    """A hundred functions, each of which calls the next one twice, are 2¹⁰⁰ nodes in 20 kB."""
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("local", 1)]
    values = ["a", *["b"] * (calls - 1), "c"]
    functions = [
        helper.make_function("local", f"F{i}", ["a"], ["c"], [node(f"F{i + 1}", *s) for s in pairwise(values)], opsets)
        for i in range(99)
    ]
    last = helper.make_function("local", "F99", ["a"], ["c"], [helper.make_node("Relu", ["a"], ["c"])], opsets)
    keywords = {"functions": [*functions, last], "opset_imports": opsets}
    if calls == 1:
        assert read([node("F0", "x", "y")], **keywords).operators == {"Relu": 1}
    else:
        with pytest.raises(FiltershiftError, match=r"^m: its local functions expand to more than 1,024 MiB of nodes$"):
            read([node("F0", "x", "y")], **keywords)


def node(kind, source, target):
    return helper.make_node(kind, [source], [target], domain="local")


def test_groups_that_do_not_divide_the_channels_are_refused():
    with pytest.raises(
        FiltershiftError, match="m: convolution 'conv': 4 output channels cannot be divided into 3 groups"
    ):
        read([conv("w", group=3)], {"w": weights(4, 1, 3, 3)})


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no protobuf", b"{}"])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(FiltershiftError, match=r"^model\.onnx: is not an ONNX model \([^\n]*\)$"):
        read_model(path)


def test_a_missing_file_is_one_clear_line(tmp_path):
    with pytest.raises(FiltershiftError, match=r"^model\.onnx: cannot be read: No such file or directory$"):
        read_model(tmp_path / "model.onnx")


@st.composite
def random_networks(draw):
    """Nodes of random kinds on earlier values; the depth of each by the definition."""
    nodes, depths = [], {"x": 0}
    for number in range(draw(st.integers(1, 10))):
        kind = draw(st.sampled_from(["w3", "w1", "Relu", "Add"]))
        sources = draw(
            st.lists(st.sampled_from(sorted(depths)), min_size=1 + (kind == "Add"), max_size=1 + (kind == "Add"))
        )
        target = f"v{number}"
        if kind.startswith("w"):
            nodes.append(conv(f"{kind}_{number}", sources[0], target, f"conv{number}"))
        else:
            nodes.append(helper.make_node(kind, sources, [target]))
        depths[target] = 1 + max(depths[source] for source in sources)
    return nodes, depths


@given(random_networks())
def test_conv_depth_ranks_the_depths_of_all_convolutions(network):
    nodes, depths = network
    convolutions = [node for node in nodes if node.op_type == "Conv"]
    tensors = {node.input[1]: np.ones((1, 1, *[int(node.input[1][1])] * 2), np.float32) for node in convolutions}
    model = read(nodes, tensors, outputs=())
    levels = sorted({depths[node.output[0]] for node in convolutions})
    expected = {
        node.name: (levels.index(depth), levels.index(depth) / max(len(levels) - 1, 1))
        for node in convolutions
        if node.input[1].startswith("w3") and (depth := depths[node.output[0]])
    }
    assert {layer.name: (layer.conv_depth, layer.conv_depth_norm) for layer in model.layers} == expected
    assert model.depth == max(depths.values())
