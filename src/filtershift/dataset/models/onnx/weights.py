"""Trace the weight input of a convolution back to a stored tensor, and load its values as float32."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnx import SparseTensorProto, TensorProto
from onnx.checker import ValidationError
from onnx.external_data_helper import ExternalDataInfo, uses_external_data
from onnx.helper import tensor_dtype_to_np_dtype
from onnx.numpy_helper import to_array

from filtershift.dataset.models.onnx.graph import BODY_INPUT, FlatGraph
from filtershift.errors import FiltershiftError, one_line

MAX_STEPS = 1000
"""Limit of operators between a convolution and its stored weights; real models have only a few."""

READABLE = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE)


@dataclass(frozen=True)
class StoredWeights:
    """Where the weights of a convolution are stored: flat name, tensor, and the data types they are cast to on the way.

    `shape` is the declared shape, None if unknown. `unreadable` says why the weights cannot be read; it is "" if they
    can, and then `tensor` is set.
    """

    name: str
    tensor: TensorProto | None
    shape: tuple[int, ...] | None
    casts: tuple[int, ...]
    unreadable: str

    @property
    def filters(self) -> int:
        """Number of filters according to the declared shape; 0 if unknown."""
        return math.prod(self.shape[:2]) if self.shape and len(self.shape) > 2 else 0


def trace_weights(name: str, graph: FlatGraph) -> StoredWeights:
    """Follow Identity, Cast and (de)quantisation from `name` back to an initialiser or Constant node.

    The graph must not have a cycle; `operator_depths` checks this.
    """
    casts: list[int] = []
    quantised = ""
    for _ in range(MAX_STEPS):
        if name in graph.tensors:
            break
        producer = graph.producers.get(name)
        if producer is None:
            reason = "weights are an input of the model" if name in graph.inputs else "weights are missing"
            return StoredWeights(name, None, None, (), reason)
        if producer.kind == "Cast":
            casts.insert(0, producer.attributes["to"].i if "to" in producer.attributes else TensorProto.UNDEFINED)
        elif producer.kind in ("DequantizeLinear", "QuantizeLinear"):
            quantised = f"quantised ({producer.kind})"
        elif producer.kind != "Identity":
            maker = "a loop" if producer.kind == BODY_INPUT else producer.kind
            return StoredWeights(name, None, None, (), f"weights are computed (by {maker})")
        name = producer.inputs[0] if producer.inputs else ""
    else:
        return StoredWeights(name, None, None, (), f"weights are computed (by more than {MAX_STEPS:,} operators)")
    tensor = graph.tensors[name]
    shape = tuple(tensor.dims)
    if isinstance(tensor, SparseTensorProto):
        return StoredWeights(name, None, shape, (), "weights are a sparse tensor")
    for data_type in [tensor.data_type, *casts]:
        if data_type not in READABLE and not quantised:
            known = data_type in TensorProto.DataType.values()
            quantised = f"quantised (weights are {TensorProto.DataType.Name(data_type) if known else data_type})"
    return StoredWeights(name, tensor, shape, tuple(casts), quantised)


def load_weights(weights: StoredWeights, folder: Path | None) -> NDArray[np.float32] | None:
    """Load readable weights, cast as in the model and then to float32; None if their external file is missing.

    Raises:
        FiltershiftError: the declared shape does not fit the data, or an external file lies outside `folder`.
    """
    tensor = weights.tensor
    assert tensor is not None, weights.unreadable
    try:
        if uses_external_data(tensor) and not _external_file_exists(tensor, folder):
            return None
        values = to_array(tensor, str(folder or ""))
    except (ValueError, TypeError, OverflowError, OSError, ValidationError) as error:
        problem = f"tensor {weights.name!r} of shape {weights.shape} does not fit its data: {one_line(error)}"
        raise FiltershiftError(problem) from None
    if values.shape != weights.shape:  # to_array infers a negative size instead of refusing it
        raise FiltershiftError(f"tensor {weights.name!r} has {values.size} values but declares shape {weights.shape}")
    for data_type in weights.casts:
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
