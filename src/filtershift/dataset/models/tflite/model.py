"""Read a TFLite model: its convolutions, their depths, and what normalises their outputs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np
from flatbuffers.number_types import Int8Flags
from numpy.typing import NDArray

from filtershift.dataset.models.batch_norm import BatchNorm
from filtershift.dataset.models.graph import PASSES_ON, Graph, Operator, stored_model
from filtershift.dataset.models.stored import StoredModel, StoredTensor
from filtershift.dataset.models.tflite import graph as tfl
from filtershift.dataset.models.tflite.graph import FlatGraph, Node, Value, flatten
from filtershift.dataset.models.tflite.records import Source
from filtershift.dataset.models.tflite.weights import Constant, constant
from filtershift.errors import FiltershiftError

# The field of the options that says which activation is fused with an operator of this code.
ACTIVATION = {0: 0, 1: 5, 2: 1, 3: 3, 4: 4, 9: 0, 12: 5, 17: 5, 18: 0, 41: 0, 42: 0, 67: 3, 132: 4, 141: 4}
AXES = {
    tfl.CONV_2D: (0, 3, 1, 2),
    tfl.DEPTHWISE_CONV_2D: (3, 0, 1, 2),
    tfl.TRANSPOSE_CONV: (0, 3, 1, 2),
    tfl.CONV_3D: (4, 3, 0, 1, 2),
    tfl.CONV_3D_TRANSPOSE: (4, 3, 0, 1, 2),
    tfl.CUSTOM: (0, 3, 1, 2),
}
"""Which axes of the stored weights are (output channels, input channels / groups, …, height, width)."""
LEFT_OUT = {
    tfl.TRANSPOSE_CONV: "transposed convolution",
    tfl.CONV_3D: "3-D convolution",
    tfl.CONV_3D_TRANSPOSE: "transposed convolution",
}
SHAPE_FIRST = (tfl.TRANSPOSE_CONV, tfl.CONV_3D_TRANSPOSE)  # their first input is the shape of the output
LEVEL_KINDS = (tfl.CONV_2D, tfl.DEPTHWISE_CONV_2D)
CUSTOM_CONVOLUTION = re.compile("Conv(?!er)")  # but not "Converter"
PASSED_ON = (tfl.BODY_INPUT, tfl.DEQUANTIZE, tfl.DENSIFY, tfl.QUANTIZE)
_ENDINGS = re.compile(r"(/(Conv2D|depthwise|[Kk]ernel|weights|ReadVariableOp))+\d*$")


def read_tflite(path: Path) -> StoredModel:
    """Read a TFLite model.

    Weights may be float16, bfloat16, float32 or float64, directly or through DEQUANTIZE. Quantised and sparse weights,
    transposed and 3-D convolutions, and those whose weights are computed are marked as left out.

    Raises:
        FiltershiftError: the file is damaged, or it contradicts itself.
    """
    source = Source(path)
    model = source.root()
    return stored_model(_Reader(flatten(model), source).graph(), producer=model.text(3))


class _Reader:
    """Makes operators of the nodes of a model."""

    def __init__(self, flat: FlatGraph, source: Source) -> None:
        self._flat = flat
        self._names: Counter[str] = Counter()
        self._constant = cache(partial(constant, graph=flat, source=source))

    def graph(self) -> Graph:
        operators = [operator for node in self._flat.nodes for operator in self._operators(node)]
        return Graph(operators, frozenset(map(_name, self._flat.inputs)), frozenset(map(_name, self._flat.outputs)))

    def _operators(self, node: Node) -> Iterator[Operator]:
        """A node as an operator of the graph; as two if an activation is fused with it."""
        field = ACTIVATION.get(node.code)
        fused = field is not None and node.options is not None and node.options.integer(field, Int8Flags)
        operator = self._operator(node)
        if not fused:
            yield operator
            return
        inner = tuple(f"{value} before its activation" for value in operator.outputs)
        yield replace(operator, outputs=inner)
        yield Operator("(activation)", operator.name, inner, operator.outputs)

    def _operator(self, node: Node) -> Operator:
        inputs = node.inputs[node.code in SHAPE_FIRST :]
        kind = PASSES_ON if self._passes_on(node) else node.kind
        values = tuple(_name(value) for value in inputs if value is not None), tuple(map(_name, node.outputs))
        if node.code not in AXES or (node.code == tfl.CUSTOM and not CUSTOM_CONVOLUTION.search(node.custom)):
            return Operator(kind, "", *values, norm=self._norm(node) if node.code == tfl.MUL else None)
        stored = self._constant(node.inputs[1] if len(node.inputs) > 1 else None)
        weights, name = _weights(node, stored), self._layer_name(node, stored)
        level = node.code in LEVEL_KINDS
        groups = self._groups(node, weights, name) if level else None
        return Operator(kind, name, *values, weights, level, groups)

    def _passes_on(self, node: Node) -> bool:
        """Whether an operator belongs to the one before or behind it, or only changes how numbers are stored."""
        if node.code == tfl.PAD:
            flat = self._flat
            return all(flat.users[value] and value not in flat.users_other_than_convolutions for value in node.outputs)
        return node.code in PASSED_ON or (node.code == tfl.ADD and self._shifts(node))

    def _shifts(self, node: Node) -> bool:
        """Whether an ADD is the second half of a BatchNorm, of which a MUL before it is the first."""
        for value, other in self._pairs(node):
            before = self._flat.producers.get(value)
            if before and before.code == tfl.MUL and self._flat.users[value] == 1 and self._norm(before):
                return self._by_channel(value, other) is not None
        return False

    def _norm(self, node: Node) -> BatchNorm | None:
        """A MUL by a constant for each channel, which is what a BatchNorm becomes that is not folded."""
        for value, other in self._pairs(node):
            found = self._by_channel(value, other)
            if found and found.shape:
                return BatchNorm(max(found.shape), partial(_flat, found))
        return None

    def _pairs(self, node: Node) -> list[tuple[Value, Value]]:
        """The two inputs of an operator, in both orders."""
        first, second = (*node.inputs, None, None)[:2]
        return [(first, second), (second, first)] if first and second else []

    def _by_channel(self, value: Value, other: Value) -> Constant | None:
        """The other input, if it is a constant with a number for each channel of the first."""
        channels = self._channels(value)
        found = self._constant(other)
        sizes = [size for size in found.shape or () if size != 1] or [1]
        return found if not found.left_out and found.shape and sizes == [channels] == [found.shape[-1]] else None

    def _channels(self, value: Value) -> int | None:
        """The size of the last axis of a value with axes (batch, height, width, channels); None if it is another."""
        shape = self._flat.tensor(value).integers(0)
        return shape[3] if len(shape) == 4 else None

    def _groups(self, node: Node, weights: StoredTensor, name: str) -> int | None:
        first = next(iter(node.inputs), None)
        channels = self._channels(first) if first else None
        if node.code == tfl.DEPTHWISE_CONV_2D or channels is None or not weights.shape or weights.left_out:
            return channels
        if channels % weights.shape[1]:
            raise FiltershiftError(
                f"convolution {name!r} takes {channels} channels, but its weights have {weights.shape[1]}; "
                "expected a multiple"
            )
        return channels // weights.shape[1]

    def _layer_name(self, node: Node, stored: Constant) -> str:
        """A short name: TFLite joins the names of all that it made an operator of, and names only tensors."""
        output = self._flat.tensor(node.outputs[0]).text(3) if node.outputs else ""
        convolutions = [part for part in f"{stored.name};{output}".split(";") if "conv" in part.lower()]
        named = min([*convolutions, output.split(";")[0] or "convolution"], key=lambda part: "/" not in part)
        name = _ENDINGS.sub("", named)[:200]
        self._names[name] += 1
        return name if self._names[name] == 1 else f"{name} ({self._names[name]})"


def _weights(node: Node, stored: Constant) -> StoredTensor:
    """The weights with the reason why the filters of a convolution of this kind are not read, if there is one."""
    axes = AXES[node.code]
    reason = LEFT_OUT.get(node.code, stored.left_out)
    if node.code == tfl.CUSTOM:
        transposed = "Transpose" in node.custom
        reason = "transposed convolution" if transposed else f"not a regular convolution ({node.custom})"
    if stored.shape is not None and len(stored.shape) != len(axes):
        reason = reason or f"weights of shape {stored.shape} are no kernels"
        stored = replace(stored, shape=None)
    return replace(stored.with_axes(axes), left_out=reason)


def _flat(stored: Constant) -> NDArray[np.float64]:
    return stored.load().reshape(-1).astype(np.float64)


def _name(value: Value) -> str:
    return f"{value[0]}:{value[1]}"
