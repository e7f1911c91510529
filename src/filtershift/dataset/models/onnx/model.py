"""Read the 3×3 filters of one ONNX model, their depths, and the model's metadata."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from numpy.typing import NDArray
from onnx import ModelProto, load_model_from_string

from filtershift.dataset.models.model import GRAPH, ConvLayer, ConvModel, Skipped, kernel_of, without_layers
from filtershift.dataset.models.onnx.functions import inlined
from filtershift.dataset.models.onnx.graph import (
    BODY_INPUT,
    FlatGraph,
    Operator,
    convolution_ranks,
    flatten,
    operator_depths,
)
from filtershift.dataset.models.onnx.weights import StoredWeights, load_weights, trace_weights
from filtershift.errors import FiltershiftError, one_line

CONVOLUTION = re.compile("Conv(?!er)")  # but not "Converter"
LEFT_OUT = {
    "ConvTranspose": "transposed convolution",
    "ConvInteger": "quantised (ConvInteger)",
    "QLinearConv": "quantised (QLinearConv)",
}
WEIGHT_INPUT = {"QLinearConv": 3}
LEVEL_KINDS = ("Conv", "ConvInteger", "QLinearConv")  # quantised convolutions count for depth, too


@dataclass(frozen=True)
class _Convolution:
    operator: Operator
    depth: int
    weights: StoredWeights

    @property
    def dimensions(self) -> int | None:
        """Number of spatial dimensions: from the weights, or if unknown from the attribute kernel_shape."""
        if self.weights.shape is not None:
            return len(self.weights.shape) - 2
        attribute = self.operator.attributes.get("kernel_shape")
        return len(attribute.ints) if attribute else None

    @property
    def name(self) -> str:
        return self.operator.name or self.weights.name

    @property
    def left_out(self) -> str:
        """Why its filters are not read; "" if they are."""
        kind = self.operator.kind
        if kind != "Conv":
            return LEFT_OUT.get(kind, f"not a regular convolution ({kind})")
        shape = self.weights.shape
        if shape is not None and len(shape) < 3:
            return f"weights of shape {shape} are no kernels"
        if self.dimensions not in (2, None):
            return f"{self.dimensions}-D convolution"
        return self.weights.unreadable


def read_model(source: bytes | Path, name: str | None = None) -> ConvModel:
    """Read the filters of all regular 2-D convolutions with 3×3 kernels, and list every convolution that is left out.

    Weights may be initialisers or Constant nodes, directly or through Identity and Cast; in float16, bfloat16, float32
    or float64; inside the file or in external data files. Convolutions in the bodies of If, Loop and Scan and in local
    functions are read, too. A tensor that several nodes use is read once, for the node with the smallest depth.
    `kernel_shapes` counts 2-D kernels of all sizes. `skipped` lists transposed, 1-D, 3-D and quantised convolutions,
    and those whose weights are computed or missing.

    Args:
        source: the model as bytes, or its file; with bytes there is no folder, so external data count as missing.
        name: the model's name in messages and in `skipped`; by default the file name.

    Raises:
        FiltershiftError: this is not an ONNX model, or it contradicts itself.
    """
    name = name or (source.name if isinstance(source, Path) else "model")
    folder = source.parent if isinstance(source, Path) else None
    try:
        return _read(_parse(source), name, folder)
    except FiltershiftError as error:
        raise FiltershiftError(f"{name}: {error}") from None


def _parse(source: bytes | Path) -> ModelProto:
    try:
        model = load_model_from_string(source if isinstance(source, bytes) else source.read_bytes())
    except OSError as error:
        raise FiltershiftError(f"cannot be read: {error.strerror}") from None
    except DecodeError as error:
        raise FiltershiftError(f"is not an ONNX model ({one_line(error)})") from None
    if not model.HasField("graph"):
        raise FiltershiftError("is not an ONNX model (it has no graph)")
    return inlined(model)


def _read(model: ModelProto, name: str, folder: Path | None) -> ConvModel:
    graph = flatten(model.graph)
    depths = operator_depths(graph)
    convolutions = _convolutions(graph, depths)
    ranks = convolution_ranks(c.depth for c in convolutions if c.operator.kind in LEVEL_KINDS and c.dimensions == 2)
    kernel_shapes: Counter[tuple[int, int]] = Counter()
    layers: list[ConvLayer] = []
    skipped: list[Skipped] = []
    first_use: dict[str, str] = {}
    for convolution in convolutions:
        reason, stored, weights = convolution.left_out, convolution.weights, None
        if not reason and stored.name in first_use:
            # only 3×3 filters are reported as left out; kernels of other sizes are just counted once
            reason = f"same tensor as {first_use[stored.name]}" if (stored.shape or ())[2:] == (3, 3) else ""
        elif not reason:
            first_use[stored.name] = convolution.name
            weights = load_weights(stored, folder)
            reason = "external data missing" if weights is None else ""
        if weights is not None:
            kernel_shapes[weights.shape[2], weights.shape[3]] += stored.filters
            if weights.shape[2:] == (3, 3) and weights.size:
                layers.append(_layer(convolution, weights, *ranks[convolution.depth]))
        if reason:
            skipped.append(Skipped("convolution", f"{name}: {convolution.name}", reason, stored.filters))
    if not layers:
        skipped.append(without_layers(name, skipped))
    return ConvModel(
        producer=f"{model.producer_name} {model.producer_version}".strip(),
        op_set=next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 1),
        depth=max(depths, default=0),
        depth_source=GRAPH,
        operators=Counter(operator.kind for operator in graph.operators if operator.kind != BODY_INPUT),
        kernel_shapes=kernel_shapes,
        layers=tuple(layers),
        skipped=tuple(skipped),
    )


def _convolutions(graph: FlatGraph, depths: list[int]) -> list[_Convolution]:
    found = []
    for operator, depth in zip(graph.operators, depths, strict=True):
        if CONVOLUTION.search(operator.kind):
            position = WEIGHT_INPUT.get(operator.kind, 1)
            weights = operator.inputs[position] if position < len(operator.inputs) else ""
            found.append(_Convolution(operator, depth, trace_weights(weights, graph)))
    return sorted(found, key=lambda convolution: convolution.depth)


def _layer(convolution: _Convolution, weights: NDArray[np.float32], conv_depth: int, norm: float) -> ConvLayer:
    attribute = convolution.operator.attributes.get("group")
    groups = attribute.i if attribute else 1
    out_channels, per_group = weights.shape[:2]
    if groups < 1 or out_channels % groups:
        raise FiltershiftError(
            f"convolution {convolution.name!r}: {out_channels} output channels cannot be divided into {groups} groups"
        )
    kernel = kernel_of(per_group, groups)
    filters = np.ascontiguousarray(weights.reshape(-1, 3, 3))
    return ConvLayer(convolution.name, filters, out_channels, per_group * groups, groups, kernel, conv_depth, norm)
