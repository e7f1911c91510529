"""Trace an input of an ONNX node back to a stored tensor, and load its values as float32."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnx import SparseTensorProto, TensorProto
from onnx.checker import ValidationError
from onnx.external_data_helper import ExternalDataInfo, uses_external_data
from onnx.helper import tensor_dtype_to_np_dtype
from onnx.numpy_helper import to_array

from filtershift.dataset.models.graph import PASSES_ON
from filtershift.dataset.models.onnx.graph import FlatGraph
from filtershift.dataset.models.stored import StoredTensor
from filtershift.errors import FiltershiftError, one_line

MAX_STEPS = 1000
"""Limit of operators between a convolution and its stored weights; real models have only a few."""

READABLE = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE)
_MISSING = "weights are missing"


def stored_tensor(name: str, graph: FlatGraph, folder: Path | None) -> StoredTensor:
    """The tensor that a value comes from: an initialiser or Constant node behind Identity, Cast and (de)quantisation.

    `place` is the flat name of the tensor; the values are cast as in the model and then to float32.

    Args:
        name: flat name of the value.
        graph: the graph, which must not have a cycle.
        folder: where external data lie; None if there is no such folder.
    """
    casts: list[int] = []
    reason = ""
    for _ in range(MAX_STEPS):
        if name in graph.tensors:
            break
        producer = graph.producers.get(name)
        if producer is None:
            return _unreadable(name, "weights are an input of the model" if name in graph.inputs else _MISSING)
        if producer.kind == "Cast":
            casts.insert(0, producer.attributes["to"].i if "to" in producer.attributes else TensorProto.UNDEFINED)
        elif producer.kind in ("DequantizeLinear", "QuantizeLinear"):
            reason = f"quantised ({producer.kind})"
        elif producer.kind != "Identity":
            maker = "a loop" if producer.kind == PASSES_ON else producer.kind
            return _unreadable(name, f"weights are computed (by {maker})")
        name = producer.inputs[0] if producer.inputs else ""
    else:
        return _unreadable(name, f"weights are computed (by more than {MAX_STEPS:,} operators)")
    tensor = graph.tensors[name]
    if isinstance(tensor, SparseTensorProto):
        return _unreadable(name, "weights are a sparse tensor", tuple(tensor.dims))
    for data_type in [tensor.data_type, *casts]:
        if data_type not in READABLE and not reason:
            known = data_type in TensorProto.DataType.values()
            reason = f"quantised (weights are {TensorProto.DataType.Name(data_type) if known else data_type})"
    if not reason and uses_external_data(tensor):
        reason = "" if _external_file_exists(tensor, folder) else "external data missing"
    elif not reason and math.prod(tensor.dims) != (found := _stored_values(tensor)):
        raise FiltershiftError(f"tensor {name!r} has {found:,} values but declares the shape {tuple(tensor.dims)}")
    return StoredTensor(name, tuple(tensor.dims), name, partial(_load, tensor, casts, folder), reason)


def _stored_values(tensor: TensorProto) -> int:
    """How many numbers a tensor of floats holds, in the file itself."""
    if tensor.HasField("raw_data"):
        return len(tensor.raw_data) // tensor_dtype_to_np_dtype(tensor.data_type).itemsize
    return max(len(tensor.float_data), len(tensor.double_data), len(tensor.int32_data))


def _unreadable(name: str, reason: str, shape: tuple[int, ...] | None = None) -> StoredTensor:
    return StoredTensor(name, shape, name, lambda: np.empty(0, np.float32), reason)


def _load(tensor: TensorProto, casts: Sequence[int], folder: Path | None) -> NDArray[np.float32]:
    """Load values, cast as in the model and then to float32.

    Raises:
        FiltershiftError: the declared shape does not fit the data, or an external file lies outside `folder`.
    """
    name, shape = tensor.name, tuple(tensor.dims)
    try:
        values = to_array(tensor, str(folder or ""))
    except (ValueError, TypeError, OverflowError, OSError, ValidationError) as error:
        raise FiltershiftError(f"tensor {name!r} of shape {shape} does not fit its data: {one_line(error)}") from None
    if values.shape != shape:  # to_array infers a negative size instead of refusing it
        raise FiltershiftError(f"tensor {name!r} has {values.size} values but declares shape {shape}")
    for data_type in casts:
        values = values.astype(tensor_dtype_to_np_dtype(data_type))
    return values.astype(np.float32)


def _external_file_exists(tensor: TensorProto, folder: Path | None) -> bool:
    if folder is None:
        return False
    location = ExternalDataInfo(tensor).location
    path = (folder / location).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise FiltershiftError(
            f"external data of tensor {tensor.name!r} are at {location!r}; they must be inside the model's folder"
        )
    return path.is_file()
