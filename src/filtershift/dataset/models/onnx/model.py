"""Read an ONNX model: its convolutions, their depths, the BatchNorm behind them, and the model's metadata."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import zip_longest
from pathlib import Path

import numpy as np
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import ModelProto, load_model_from_string

from filtershift.dataset.models.batch_norm import BatchNorm, factors
from filtershift.dataset.models.graph import PASSES_ON, Graph, Operator, stored_model
from filtershift.dataset.models.onnx.functions import inlined
from filtershift.dataset.models.onnx.graph import FlatGraph, Node, flatten
from filtershift.dataset.models.onnx.weights import stored_tensor
from filtershift.dataset.models.stored import StoredModel, StoredTensor
from filtershift.errors import FiltershiftError, one_line

CONVOLUTION = re.compile("Conv(?!er)")  # but not "Converter"
ATEN = re.compile(r"ATen(?:\.|$)")
READ = ("Conv", "com.microsoft.FusedConv", "aten.conv2d")
LEFT_OUT = {
    "ConvTranspose": "transposed convolution",
    "ConvInteger": "quantised (ConvInteger)",
    "QLinearConv": "quantised (QLinearConv)",
}
WEIGHT_INPUT = {"QLinearConv": 3}
LEVEL_KINDS = (*READ, "ConvInteger", "QLinearConv")  # quantised convolutions count for depth, too
_WEIGHTS = re.compile(r"([A-Za-z_]\w*(?:\.\w+)*)\.weight")
_SCOPE = re.compile(r"/(.+)/Conv(?:_[0-9]+)?")
EPSILON = 1e-5
"""Of a BatchNormalization that states none."""


def read_onnx(source: bytes | Path) -> StoredModel:
    """Read an ONNX model.

    Weights may be initialisers or Constant nodes, directly or through Identity and Cast; in float16, bfloat16, float32
    or float64; inside the file or in external data files. Convolutions in the bodies of If, Loop and Scan and in local
    functions are found, too, and those fused with an activation or called as ATen operators. Transposed, 1-D, 3-D and
    quantised convolutions, and those whose weights are computed or missing, are marked as left out.

    Args:
        source: the model as bytes, or its file; with bytes there is no folder, so external data count as missing.

    Raises:
        FiltershiftError: this is not an ONNX model, or it contradicts itself.
    """
    model = _parse(source)
    flat = flatten(model.graph)
    folder = source.parent if isinstance(source, Path) else None
    operators = [operator for node in flat.nodes for operator in _operators(node, flat, folder)]
    return stored_model(
        Graph(_with_own_names(operators), flat.inputs, flat.outputs),
        producer=f"{model.producer_name} {model.producer_version}".strip(),
        op_set=next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 1),
        operators=Counter(node.kind for node in flat.nodes if node.kind != PASSES_ON),
    )


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


def _operators(node: Node, graph: FlatGraph, folder: Path | None) -> list[Operator]:
    """A node as an operator of the graph; as two if an activation is fused with it."""
    if node.kind == "BatchNormalization":
        return [Operator(node.kind, node.name, node.inputs, node.outputs, norm=_norm(node, graph, folder))]
    kind = _kind(node)
    if not CONVOLUTION.search(kind) and kind != "aten.conv2d":
        return [Operator(kind, node.name, node.inputs, node.outputs)]
    position = WEIGHT_INPUT.get(kind, 1)
    weights = stored_tensor(node.inputs[position] if position < len(node.inputs) else "", graph, folder)
    dimensions = _dimensions(node, weights)
    weights = _left_out(weights, kind, dimensions)
    level = kind in LEVEL_KINDS and dimensions == 2
    convolution = partial(
        Operator,
        kind,
        _module(node.name, weights.name),
        weights=weights,
        is_level=level,
        groups=_groups(node, kind, graph, folder),
    )
    if kind != "com.microsoft.FusedConv":
        return [convolution(inputs=node.inputs, outputs=node.outputs)]
    inner = tuple(f"{output} before its activation" for output in node.outputs)
    return [
        convolution(inputs=node.inputs, outputs=inner),
        Operator("(activation)", node.name, inner, node.outputs),
    ]


def _with_own_names(operators: Sequence[Operator]) -> list[Operator]:
    """The operators, with a number behind the name of a convolution that an earlier one has: `conv (2)`."""
    seen: Counter[str] = Counter()
    named = []
    for operator in operators:
        is_named = operator.weights is not None and bool(operator.name)
        seen[operator.name] += is_named
        again = seen[operator.name]
        named.append(replace(operator, name=f"{operator.name} ({again})") if is_named and again > 1 else operator)
    return named


def _module(node: str, weights: str) -> str:
    """A convolution's name in the network: the module that its weights are named after, else the name of its node.

    PyTorch names a node `node_Conv_163`, or `/layer1/layer1.0/conv1/Conv` after the modules that lead to it.
    """
    if found := _WEIGHTS.fullmatch(weights):
        return found[1]
    if not (found := _SCOPE.fullmatch(node)):
        return node
    parts = found[1].split("/")
    return ".".join(
        part for part, inner in zip_longest(parts, parts[1:], fillvalue="") if not inner.startswith(f"{part}.")
    )


def _kind(node: Node) -> str:
    """The kind of a node; "aten.NAME" for a call of a PyTorch operator."""
    operator = node.attributes.get("operator")
    called = operator.s.decode(errors="replace") if operator and ATEN.search(node.kind.rpartition(".")[2]) else ""
    return f"aten.{called}" if called else node.kind


def _dimensions(node: Node, weights: StoredTensor) -> int | None:
    """Number of spatial dimensions: from the weights, or if unknown from the attribute kernel_shape."""
    if weights.shape is not None:
        return len(weights.shape) - 2
    attribute = node.attributes.get("kernel_shape")
    return len(attribute.ints) if attribute else None


def _left_out(weights: StoredTensor, kind: str, dimensions: int | None) -> StoredTensor:
    """The weights with the reason why the filters of a convolution of this kind are not read, if there is one."""
    reason = weights.left_out
    if kind not in READ:
        reason = LEFT_OUT.get(kind, f"not a regular convolution ({kind})")
    elif weights.shape is not None and len(weights.shape) < 3:
        reason = f"weights of shape {weights.shape} are no kernels"
    elif dimensions not in (2, None):
        reason = f"{dimensions}-D convolution"
    return replace(weights, left_out=reason)


def _groups(node: Node, kind: str, graph: FlatGraph, folder: Path | None) -> int:
    if kind != "aten.conv2d":
        attribute = node.attributes.get("group")
        return attribute.i if attribute else 1
    given = stored_tensor(node.inputs[6], graph, folder).load() if len(node.inputs) > 6 else np.empty(0)
    return int(given.flat[0]) if given.size == 1 else 1


def _norm(node: Node, graph: FlatGraph, folder: Path | None) -> BatchNorm:
    """A BatchNormalization in inference, also of a model that was saved in training."""
    inputs = [*node.inputs, *[""] * 5]
    scale, variance = (stored_tensor(inputs[position], graph, folder) for position in (1, 4))
    is_stored = not (scale.left_out or variance.left_out) and scale.shape == variance.shape
    channels = scale.shape[0] if is_stored and scale.shape and len(scale.shape) == 1 else None
    epsilon = node.attributes["epsilon"].f if "epsilon" in node.attributes else EPSILON
    return BatchNorm(channels, lambda: factors(scale.load(), variance.load(), epsilon))
