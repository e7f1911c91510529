"""What each kind of ncnn layer stores in the `.bin`, in order.

Source: `load_param` and `load_model` of each kind in https://github.com/Tencent/ncnn/tree/master/src/layer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from filtershift.dataset.models.ncnn.param import Layer

CONVOLUTION = re.compile("(?:C|(?P<transposed>Dec))onvolution(?P<depthwise>DepthWise)?(?:(?P<dimensions>[13])D)?")
"""Kinds of regular and transposed convolutions."""

INPUT_FACTORS = -233
"""In place of a Scale's number of factors: its factors are an input."""

# Kinds that store nothing. A kind that is in none of these tables is a custom one, which the file is not enough for.
STORE_NOTHING = re.compile(
    "AbsVal|ArgMax|BNLL|BinaryOp|CELU|Cast|Clip|Concat|CopyTo|Crop|CumulativeSum|DeepCopy|DetectionOutput|Diag|"
    "Dropout|ELU|Einsum|Eltwise|Erf|Exp|ExpandDims|Flatten|Flip|Fold|GELU|GLU|GridSample|HardSigmoid|HardSwish|"
    "Input|Interp|InverseSpectrogram|LRN|Log|MVN|MatMul|Mish|Noop|PSROIPooling|Packing|Permute|PixelShuffle|"
    "Pooling|Pooling1D|Pooling3D|Power|PriorBox|Proposal|ROIAlign|ROIPooling|ReLU|Reduction|Reorg|Reshape|"
    "RotaryEmbed|SDPA|SELU|SPP|Shrink|ShuffleChannel|Sigmoid|Slice|Softmax|Softplus|Spectrogram|Split|Squeeze|"
    "StatisticsPooling|Swish|TanH|Threshold|Tile|UnaryOp|Unfold|YoloDetectionOutput|Yolov3DetectionOutput"
)


class Array(NamedTuple):
    """Numbers in the `.bin`: how many, and whether four bytes before them say their type (else they are float32)."""

    length: int
    tagged: bool


def is_known(kind: str) -> bool:
    """Whether this is a kind of ncnn's own, so that it is known what it stores."""
    return STORE_NOTHING.fullmatch(kind) is not None or kind in _STORES or CONVOLUTION.fullmatch(kind) is not None


def stored_arrays(layer: Layer) -> list[Array]:
    """The arrays that a layer stores; none for a layer of an unknown kind. Weights of a convolution come first."""
    if convolution := CONVOLUTION.fullmatch(layer.kind):
        arrays = _of_convolution(layer, convolution)
    else:
        arrays = _STORES[layer.kind](layer) if layer.kind in _STORES else []
    for array in arrays:
        if array.length < 0:
            raise layer.wrong(f"stores {array.length:,} numbers; expected a number that is not negative")
    return arrays


def _of_convolution(layer: Layer, kind: re.Match[str]) -> list[Array]:
    outputs, quantised = layer.integer(0), layer.integer(8)
    if layer.integer(28 if kind["transposed"] else 19):  # the weights are an input
        return []
    arrays = [Array(layer.integer(6), True), *_raw(outputs if layer.integer(5) else 0)]
    if kind["transposed"] or kind["dimensions"] or not quantised:
        return arrays
    scales = outputs
    if kind["depthwise"]:
        scales = {1: layer.integer(7, 1), 2: 1}.get(quantised % 100, 0)
    return arrays + _raw(scales, 1 if scales else 0, 1 if quantised > 100 else 0)


def _raw(*counts: int) -> list[Array]:
    """Arrays of float32; those of no numbers take no bytes."""
    return [Array(count, False) for count in counts if count]


def _inner_product(layer: Layer) -> list[Array]:
    outputs = layer.integer(0)
    scales = (outputs, 1) if layer.integer(8) else ()
    return [Array(layer.integer(2), True), *_raw(outputs if layer.integer(1) else 0, *scales)]


def _scale(layer: Layer) -> list[Array]:
    factors = layer.integer(0)
    return [] if factors == INPUT_FACTORS else _raw(factors, factors if layer.integer(1) else 0)


def _embed(layer: Layer) -> list[Array]:
    bias, scale = layer.integer(0) if layer.integer(2) else 0, 1 if layer.integer(18) else 0
    return [Array(layer.integer(3), True), *_raw(bias, scale)]


def _memory_data(layer: Layer) -> list[Array]:
    width, height, depth, channels = (layer.integer(number) for number in (0, 1, 11, 2))
    if depth:
        count = width * height * depth * channels
    elif channels:
        count = width * height * channels
    else:
        count = width * height if height else width
    kind = layer.integer(21, 1)
    if kind not in (0, 1):
        raise layer.wrong(f"has 21={kind}; expected 0 or 1")
    return [Array(count, True)] if kind == 0 and count else _raw(count)


def _recurrent(gates: int, biases: int) -> Callable[[Layer], list[Array]]:
    def arrays(layer: Layer) -> list[Array]:
        outputs, weights = layer.integer(0), layer.integer(1)
        directions = 2 if layer.integer(2) == 2 else 1
        hidden = layer.integer(3, outputs) if layer.kind == "LSTM" else outputs
        rows = hidden * gates * directions
        if rows <= 0:
            raise layer.wrong(f"has {hidden} hidden values; expected a positive number")
        found = [weights // rows * rows, hidden * biases * directions, outputs * rows]
        if hidden != outputs:
            found.append(hidden * outputs * directions)
        scales = _raw(rows, rows) if layer.integer(8) else []
        return [*(Array(count, True) for count in found), *scales]

    return arrays


def _attention(layer: Layer) -> list[Array]:
    size, term = layer.integer(0), _term(layer)
    if size <= 0:
        raise layer.wrong(f"has {size} embedding values; expected a positive number")
    query, key, value = layer.integer(2) // size, layer.integer(3, size), layer.integer(4, size)
    sizes = [(query, size), (key, size), (value, size), (size, query)]  # inputs and outputs of each matrix
    arrays = [array for inputs, outputs in sizes for array in (Array(inputs * outputs, True), Array(outputs, False))]
    return arrays + (_raw(size, size, size, 1) if term else [])


def _gemm(layer: Layer) -> list[Array]:
    a, b, c, rows, columns, inner, broadcast = (layer.integer(number) for number in range(4, 11))
    added = {0: 1, 1: rows, 2: rows, 3: rows * columns, 4: columns}.get(broadcast, 0)
    arrays = [Array(rows * inner, True)] if a == 1 else []
    arrays += [Array(columns * inner, True)] if b == 1 else []
    arrays += [Array(added, True)] if c == 1 and broadcast != -1 else []
    return arrays + (_raw(rows if a == 1 else 0, 1 if b == 1 else 0) if _term(layer) else [])


def _term(layer: Layer) -> int:
    """How a matrix product is quantised: not at all, or to int8."""
    term = layer.integer(18)
    if term >= 400:  # versions of ncnn differ in how they store these
        raise layer.wrong(f"stores blocks of {term // 100} bits per weight; expected float32, float16 or int8")
    return term


_STORES: Mapping[str, Callable[[Layer], list[Array]]] = {
    "BatchNorm": lambda layer: _raw(*[layer.integer(0)] * 4),  # scale, mean, variance, shift
    "Bias": lambda layer: _raw(layer.integer(0)),
    "DeformableConv2D": lambda layer: [
        Array(layer.integer(6), True),
        *_raw(layer.integer(0) if layer.integer(5) else 0),
    ],
    "Dequantize": lambda layer: _raw(layer.integer(0, 1), layer.integer(1)),
    "Embed": _embed,
    "GRU": _recurrent(3, 4),
    "Gemm": _gemm,
    "GroupNorm": lambda layer: _raw(*[layer.integer(1)] * 2) if layer.integer(3, 1) else [],
    "InnerProduct": _inner_product,
    "InstanceNorm": lambda layer: _raw(*[layer.integer(0)] * 2) if layer.integer(2, 1) else [],
    "LSTM": _recurrent(4, 4),
    "LayerNorm": lambda layer: _raw(*[layer.integer(0)] * 2) if layer.integer(2, 1) else [],
    "MemoryData": _memory_data,
    "MultiHeadAttention": _attention,
    "Normalize": lambda layer: _raw(layer.integer(3)),
    "PReLU": lambda layer: _raw(layer.integer(0)),
    "Padding": lambda layer: _raw(layer.integer(6)),
    "Quantize": lambda layer: _raw(layer.integer(0, 1)),
    "RMSNorm": lambda layer: _raw(layer.integer(0)) if layer.integer(2, 1) else [],
    "RNN": _recurrent(1, 1),
    "Requantize": lambda layer: _raw(layer.integer(0, 1), layer.integer(1, 1), layer.integer(2)),
    "Scale": _scale,
}
