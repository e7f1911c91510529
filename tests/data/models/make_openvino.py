"""Write the OpenVINO files of the tests, each from an ONNX file that is written beside it.

Run by hand where `openvino` is installed; the files here are by OpenVINO 2026.4.1 and onnx 1.22:
python tests/data/models/make_openvino.py
"""

from pathlib import Path

import numpy as np
import onnx
import openvino
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).parent / "openvino"
RANDOM = np.random.default_rng(0)


def weights(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


def node(kind, inputs, output, **attributes):
    return helper.make_node(kind, inputs.split(), [output], name=f"{kind}_{output}", **attributes)


def value(name, shape=None, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def write(name, nodes, tensors, shape=(1, 3, 12, 12), fp16=False, inputs=()):
    """Write NAME.onnx, NAME.xml and NAME.bin; the model's output is `y`."""
    graph = helper.make_graph(
        nodes,
        name,
        [value("x", shape), *inputs],
        [value("y")],
        [numpy_helper.from_array(array, key) for key, array in tensors.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, FOLDER / f"{name}.onnx")
    converted = openvino.convert_model(FOLDER / f"{name}.onnx")
    openvino.save_model(converted, FOLDER / f"{name}.xml", compress_to_fp16=fp16)


def norm(channels, key):
    keys = ("scale", "shift", "mean")
    return {f"{key}.{part}": weights(channels) for part in keys} | {f"{key}.var": np.abs(weights(channels)) + 0.1}


def batch_norm(source, key, target):
    return node("BatchNormalization", f"{source} {key}.scale {key}.shift {key}.mean {key}.var", target)


# Two branches of different length, every kind of convolution, a BatchNorm that can be folded and one that cannot.
pads = {"pads": [1, 1, 1, 1]}
NODES = [
    node("Conv", "x w1 b1", "1", **pads),
    batch_norm("1", "n1", "2"),
    node("Relu", "2", "3"),
    node("Conv", "3 w2", "4", group=4, **pads),
    node("Sigmoid", "4", "5"),
    node("Mul", "4 5", "6"),
    node("Conv", "6 w3", "7", group=2, **pads),
    node("Conv", "3 w4", "8"),
    node("Add", "7 8", "9"),
    node("ConvTranspose", "9 w5", "10"),
    node("Conv", "10 w6", "11", pads=[0, 0, 0, 0]),
    batch_norm("11", "n2", "12"),
    node("LeakyRelu", "11", "13"),
    node("Add", "12 13", "14"),
    node("Relu", "14", "15"),
    node("Conv", "15 w7 b7", "y"),
]
TENSORS = {
    "w1": weights(4, 3, 3, 3),
    "b1": weights(4),
    "w2": weights(4, 1, 3, 3),
    "w3": weights(4, 2, 3, 3),
    "w4": weights(4, 4, 1, 1),
    "w5": weights(4, 4, 3, 3),
    "w6": weights(4, 4, 3, 3),
    "w7": weights(2, 4, 3, 3),
    "b7": weights(2),
    **norm(4, "n1"),
    **norm(4, "n2"),
}
SHARED = [
    node("Conv", "x w", "1", **pads),
    node("Relu", "1", "2"),
    node("Conv", "2 w", "3", **pads),
    node("Relu", "3", "4"),
    node("Conv", "4 v", "y"),
]
QUANTISED = [
    node("QuantizeLinear", "x s z", "1"),
    node("DequantizeLinear", "1 s z", "2"),
    node("DequantizeLinear", "q s z", "3"),
    node("Conv", "2 3", "4"),
    node("Relu", "4", "5"),
    node("Conv", "5 v", "y"),
]


def branch(name, *nodes):
    return helper.make_graph([*nodes], name, [], [value(nodes[-1].output[0])])


BODIES = [
    node("Relu", "x", "1"),
    node(
        "If",
        "c",
        "2",
        then_branch=branch("then", node("Conv", "1 w1", "t1", **pads), node("Conv", "t1 w2", "t2", **pads)),
        else_branch=branch("else", node("Conv", "1 w3", "e1", **pads)),
    ),
    node("Conv", "2 w4", "y"),
]

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    write("branches", NODES, TENSORS)
    write("half", NODES, TENSORS, shape=("batch", 3, "height", "width"), fp16=True)
    write("shared", SHARED, {"w": weights(3, 3, 3, 3), "v": weights(2, 3, 3, 3)})
    numbers = {"q": RANDOM.integers(-128, 127, (3, 3, 3, 3)).astype(np.int8), "v": weights(2, 3, 3, 3)}
    scale = {"s": np.float32(0.1), "z": np.int8(0)}
    write("quantised", QUANTISED, {**numbers, **{key: np.asarray(value) for key, value in scale.items()}})
    kernels = {f"w{number}": weights(3, 3, 3, 3) for number in (1, 2, 3, 4)}
    write("bodies", BODIES, kernels, inputs=[value("c", (), TensorProto.BOOL)])
