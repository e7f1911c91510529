"""Read an OpenVINO model: its convolutions, their depths, and what is multiplied into them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.models.batch_norm import BatchNorm
from filtershift.dataset.models.graph import PASSES_ON, Graph, Operator, stored_model
from filtershift.dataset.models.openvino.layers import Layer, Layers, read_layers
from filtershift.dataset.models.openvino.weights import QUANTISERS, stored_tensor
from filtershift.dataset.models.stored import StoredModel, StoredTensor
from filtershift.errors import FiltershiftError

READ = ("Convolution", "GroupConvolution")
TRANSPOSED = ("ConvolutionBackpropData", "GroupConvolutionBackpropData")
OTHERS = ("BinaryConvolution", "DeformableConvolution")
CONVOLUTIONS = (*READ, *TRANSPOSED, *OTHERS)
SAME = ("Convert", "ConvertLike", "Identity", *QUANTISERS, PASSES_ON)
"""Layers that hand values on, at most in another type; ONNX files of the same model do not have them."""

ONE_FOR_SEVERAL = {"Swish": ("Sigmoid", "Mul"), "Gelu": ("Div", "Erf", "Add", "Mul", "Mul")}
"""Layers for which PyTorch's export to ONNX writes several operators, one after the other."""


def read_openvino(path: Path) -> StoredModel:
    """Read an OpenVINO model (.xml), whose weights are in the file beside it (.bin).

    OpenVINO multiplies a BatchNorm into the convolution when it converts a model. Where a multiplication by a constant
    per channel is still a layer of its own, it is taken as a BatchNorm. The addition of a bias belongs to its
    convolution, as in other formats.

    Raises:
        FiltershiftError: a file is missing or of another kind, or the two contradict each other.
    """
    graph = read_layers(path)
    content = _content(path.with_suffix(".bin"), path.name)
    operators = [operator for layer in graph.layers for operator in _operators(layer, graph, content)]
    return stored_model(Graph(operators, graph.inputs, graph.outputs), graph.producer)


def _content(path: Path, name: str) -> NDArray[np.uint8]:
    try:
        return np.memmap(path, np.uint8, "r") if path.stat().st_size else np.empty(0, np.uint8)
    except (OSError, ValueError):
        raise FiltershiftError(f"{name} has its weights in {path.name}, which is not beside it; get that too") from None


def _operators(layer: Layer, graph: Layers, content: NDArray[np.uint8]) -> list[Operator]:
    """A layer as an operator of the graph; as several if PyTorch's export to ONNX has several for it."""
    if layer.kind in CONVOLUTIONS:
        return [_convolution(layer, graph, content)]
    if layer.kind in ONE_FOR_SEVERAL:
        return _chain(layer, ONE_FOR_SEVERAL[layer.kind])
    kind, norm = layer.kind, None
    if kind == "Multiply":
        norm = _norm(layer, graph, content)
    elif kind in SAME or (kind == "Add" and _is_bias(layer, graph, content)):
        kind = PASSES_ON
    return [Operator(kind, layer.name, layer.inputs, layer.outputs, norm=norm)]


def _chain(layer: Layer, kinds: Sequence[str]) -> list[Operator]:
    """Operators of these kinds, one after the other, instead of a layer."""
    between = [(f"{layer.name}, part {number}",) for number in range(1, len(kinds))]
    values = [layer.inputs, *between, layer.outputs]
    return [Operator(kind, layer.name, *ends) for kind, ends in zip(kinds, pairwise(values), strict=True)]


def _convolution(layer: Layer, graph: Layers, content: NDArray[np.uint8]) -> Operator:
    position = 2 if layer.kind == "DeformableConvolution" else 1
    weights = stored_tensor(layer.inputs[position] if position < len(layer.inputs) else "", graph, content)
    groups = None if layer.kind in OTHERS else 1
    if layer.kind.startswith("Group"):
        weights, groups = _ungrouped(weights)
    dimensions = len(weights.shape) - 2 if weights.shape else None
    if layer.kind not in READ:
        reason = "transposed convolution" if layer.kind in TRANSPOSED else f"not a regular convolution ({layer.kind})"
        weights = replace(weights, left_out=reason)
    elif dimensions is not None and dimensions < 1:
        weights = replace(weights, left_out=f"weights of shape {weights.shape} are no kernels")
    elif dimensions not in (2, None):
        weights = replace(weights, left_out=f"{dimensions}-D convolution")
    return Operator(
        kind=layer.kind,
        name=layer.name,
        inputs=layer.inputs,
        outputs=layer.outputs,
        weights=weights,
        is_level=layer.kind in READ and dimensions == 2,
        groups=groups,
    )


def _ungrouped(weights: StoredTensor) -> tuple[StoredTensor, int | None]:
    """Weights (groups, output channels / groups, …) as (output channels, …), and the number of groups."""
    if not weights.shape or len(weights.shape) < 2:
        return replace(weights, shape=None), None
    groups, channels, *rest = weights.shape
    shape = (groups * channels, *rest)
    return replace(weights, shape=shape, load=lambda: weights.load().reshape(shape)), groups


def _by_channel(layer: Layer, graph: Layers, content: NDArray[np.uint8]) -> tuple[StoredTensor, str] | None:
    """The constant (1, channels, 1, 1) that a layer combines with another value, and that value."""
    made = graph.shapes.get(layer.outputs[0], ()) if layer.outputs else ()
    if len(layer.inputs) != 2 or len(made) != 4:
        return None
    for value, other in (layer.inputs, layer.inputs[::-1]):
        if graph.shapes.get(value) == (1, made[1], 1, 1):
            tensor = stored_tensor(value, graph, content)
            if not tensor.left_out:
                return tensor, other
    return None


def _norm(layer: Layer, graph: Layers, content: NDArray[np.uint8]) -> BatchNorm | None:
    """A multiplication by one factor per channel."""
    found = _by_channel(layer, graph, content)
    if found is None:
        return None
    factors = found[0]
    return BatchNorm((factors.shape or (1, 0))[1], lambda: factors.load().astype(np.float64).ravel())


def _is_bias(layer: Layer, graph: Layers, content: NDArray[np.uint8]) -> bool:
    """Whether a layer adds one number per channel to the output of a convolution, or of such a multiplication."""
    found = _by_channel(layer, graph, content)
    maker = graph.makers.get(found[1]) if found else None
    if maker is None:
        return False
    return maker.kind in CONVOLUTIONS or (maker.kind == "Multiply" and _by_channel(maker, graph, content) is not None)
