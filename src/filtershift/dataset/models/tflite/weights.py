"""Trace an input of a TFLite operator back to a stored tensor, and load its values as float32."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import ml_dtypes
import numpy as np
from flatbuffers.number_types import Int8Flags, Uint32Flags, Uint64Flags
from numpy.typing import DTypeLike, NDArray

from filtershift.dataset.models.stored import StoredTensor
from filtershift.dataset.models.tflite.graph import BODY_INPUT, DENSIFY, DEQUANTIZE, FlatGraph, Value
from filtershift.dataset.models.tflite.records import Record, Source, Span
from filtershift.errors import FiltershiftError

MAX_STEPS = 20
"""Limit of operators between a convolution and its stored weights; real models have two."""

READABLE: dict[int, DTypeLike] = {0: "<f4", 1: "<f2", 10: "<f8", 18: ml_dtypes.bfloat16}
_TYPES = (
    "FLOAT32",
    "FLOAT16",
    "INT32",
    "UINT8",
    "INT64",
    "STRING",
    "BOOL",
    "INT16",
    "COMPLEX64",
    "INT8",
    "FLOAT64",
    "COMPLEX128",
    "UINT64",
    "RESOURCE",
    "VARIANT",
    "UINT32",
    "UINT16",
    "INT4",
    "BFLOAT16",
)


@dataclass(frozen=True)
class Constant:
    """A stored tensor: its name, shape, place, and why it is not read; the shape is None if it is not stored."""

    name: str
    shape: tuple[int, ...] | None
    place: tuple[str, Value | Span]
    load: Callable[[], NDArray[np.float32]]
    left_out: str = ""

    def with_axes(self, axes: tuple[int, ...]) -> StoredTensor:
        """The tensor with its axes in another order."""
        shape = tuple(self.shape[axis] for axis in axes) if self.shape is not None else None
        return StoredTensor(self.name, shape, self.place, lambda: self.load().transpose(axes), self.left_out)


def constant(value: Value | None, graph: FlatGraph, source: Source) -> Constant:
    """The tensor that a value comes from: one that is stored, directly or behind DEQUANTIZE and DENSIFY.

    Raises:
        FiltershiftError: its shape does not fit the bytes that are stored for it.
    """
    if value is None:
        return _unreadable("", (0, -1), "weights are missing")
    name = graph.tensor(value).text(3)
    for _ in range(MAX_STEPS):
        producer = graph.producers.get(value)
        if producer is None:
            return _stored(value, graph, source)
        known = producer.code in (DEQUANTIZE, DENSIFY)
        # the arguments of a body that is called once are those of its operator
        if not (known or producer.code == BODY_INPUT) or len(producer.inputs) != 1 or producer.inputs[0] is None:
            maker = "a loop" if producer.code == BODY_INPUT else producer.kind
            return _unreadable(name, value, f"weights are computed (by {maker})")
        value = producer.inputs[0]
    return _unreadable(name, value, f"weights are computed (by more than {MAX_STEPS:,} operators)")


def _stored(value: Value, graph: FlatGraph, source: Source) -> Constant:
    tensor = graph.tensor(value)
    name, shape, kind = tensor.text(3), tuple(tensor.integers(0)), tensor.integer(1, Int8Flags)
    span = _bytes_of(tensor, graph, source)
    if not span.length:
        missing = "weights are an input of the model" if value in graph.inputs else "weights are missing"
        return _unreadable(name, value, missing)
    reason = ""
    if tensor.record(6):
        reason = "weights are a sparse tensor"
    elif kind not in READABLE:
        reason = f"quantised (weights are {_TYPES[kind] if 0 <= kind < len(_TYPES) else f'of type {kind}'})"
    elif min(shape, default=1) < 0 or math.prod(shape) * np.dtype(READABLE[kind]).itemsize != span.length:
        raise FiltershiftError(
            f"tensor {ascii(name)[:200]} has {span.length:,} bytes, but declares the shape {shape} of type "
            f"{_TYPES[kind]}; get the file again"
        )

    def load() -> NDArray[np.float32]:
        dtype = np.dtype(READABLE[kind])
        values = np.frombuffer(source.data, dtype, span.length // dtype.itemsize, span.start)
        return values.reshape(shape).astype(np.float32)

    return Constant(name, shape, ("bytes", span), load, reason)


def _bytes_of(tensor: Record, graph: FlatGraph, source: Source) -> Span:
    """Where the values of a tensor are: inside the flatbuffer, or behind it in files of more than 2 GB."""
    number = tensor.integer(2, Uint32Flags)
    if not number:
        return Span(0, 0)
    buffer = graph.buffers[number]
    inside, outside = buffer.span(0), Span(buffer.integer(1, Uint64Flags), buffer.integer(2, Uint64Flags))
    if inside.length or outside.start <= 1:
        return inside
    if sum(outside) > len(source.data):
        raise FiltershiftError(
            f"buffer {number} is in bytes {outside.start:,} to {sum(outside):,}, but the file has "
            f"{len(source.data):,}; get the file again"
        )
    return outside


def _unreadable(name: str, value: Value, reason: str) -> Constant:
    return Constant(name, None, ("value", value), lambda: np.empty(0, np.float32), reason)
