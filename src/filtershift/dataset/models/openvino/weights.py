"""Trace an input of an OpenVINO layer back to a constant in the file beside (.bin), and load its values as float32."""

from __future__ import annotations

import math
from functools import partial

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.models.graph import PASSES_ON
from filtershift.dataset.models.openvino.layers import Layer, Layers
from filtershift.dataset.models.stored import StoredTensor
from filtershift.errors import FiltershiftError

MAX_STEPS = 50
"""Limit of layers between a convolution and its constant; real models have only a few."""

READABLE = {"f64": np.float64, "f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16}
QUANTISERS = ("FakeQuantize", "FakeConvert")
_RESHAPERS = ("Reshape", "Unsqueeze", "Squeeze", PASSES_ON, "Identity")


def stored_tensor(value: str, graph: Layers, content: NDArray[np.uint8]) -> StoredTensor:
    """The constant that a value comes from, with the shape that the value has.

    Between them may be conversions (weights compressed to float16), changes of shape (weights of groups), and the
    scales of quantised weights.

    Args:
        value: flat name of the value.
        graph: the model.
        content: the bytes of the .bin file.

    Raises:
        FiltershiftError: the constant contradicts itself or the file.
    """
    shape = graph.shapes.get(value)
    if shape is not None and -1 in shape:
        shape = None
    kinds: list[str] = []
    for _ in range(MAX_STEPS):
        layer = graph.makers.get(value)
        if layer is None:
            return _unreadable(value, shape, "weights are missing")
        if layer.kind == "Const":
            return _constant(layer, value, shape, kinds, content)
        if layer.kind == "Convert":
            kinds.append(layer.data.get("destination_type", ""))
        elif layer.kind in (*QUANTISERS, "Multiply", "Subtract"):
            kinds.append(layer.kind)
        elif layer.kind == "Parameter":
            return _unreadable(value, shape, "weights are an input of the model")
        elif layer.kind not in _RESHAPERS:
            return _unreadable(value, shape, f"weights are computed (by {layer.kind})")
        value = layer.inputs[0] if layer.inputs else ""
    return _unreadable(value, shape, f"weights are computed (by more than {MAX_STEPS:,} layers)")


def _constant(
    layer: Layer, value: str, shape: tuple[int, ...] | None, kinds: list[str], content: NDArray[np.uint8]
) -> StoredTensor:
    """The tensor of a constant; `kinds` are the types and layers that its values pass on their way."""
    element_type, offset, size = layer.data.get("element_type", ""), _number(layer, "offset"), _number(layer, "size")
    if offset + size > len(content):
        raise FiltershiftError(
            f"constant {layer.name[:80]!r} ends at byte {offset + size:,}, but the .bin file has {len(content):,}; "
            "get both files again"
        )
    reason = ""
    for kind in [element_type, *reversed(kinds)]:
        if kind in QUANTISERS:
            reason = reason or f"quantised ({kind})"
        elif kind in ("Multiply", "Subtract"):
            reason = reason or f"weights are computed (by {kind})"
        elif kind not in READABLE:
            reason = reason or f"quantised (weights are {kind[:20]})"
    if reason or shape is None:
        return _unreadable(value, shape, reason or "weights have no fixed shape")
    dtype = np.dtype(READABLE[element_type])
    if math.prod(shape) * dtype.itemsize != size:
        raise FiltershiftError(f"constant {layer.name[:80]!r} has {size:,} bytes of {element_type} for shape {shape}")
    return StoredTensor(layer.name, shape, value, partial(_load, content[offset : offset + size], dtype, shape))


def _load(raw: NDArray[np.uint8], dtype: np.dtype, shape: tuple[int, ...]) -> NDArray[np.float32]:
    return np.frombuffer(raw, dtype).astype(np.float32).reshape(shape)


def _unreadable(value: str, shape: tuple[int, ...] | None, reason: str) -> StoredTensor:
    return StoredTensor(value, shape, value, lambda: np.empty(0, np.float32), reason)


def _number(layer: Layer, key: str) -> int:
    text = layer.data.get(key, "")
    if not text.isdecimal() or len(text) > 18:
        raise FiltershiftError(f"constant {layer.name[:80]!r} has the {key} {text[:40]!r}; expected a number of bytes")
    return int(text)
