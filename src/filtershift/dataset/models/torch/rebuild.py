"""What the calls in PyTorch's pickles make: tensors, dictionaries, numpy arrays, and stand-ins for everything else.

Nothing is called: names of functions are text. Layout: `torch/_utils.py`, `torch/_tensor.py`, and numpy's
`__reduce__`. Bytes are not copied before they are needed, so a short pickle cannot take much memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from filtershift.dataset.models.torch.objects import AnyTensor, Array, Dtype, Name, Opaque, Storage, Tensor, Unread
from filtershift.errors import FiltershiftError

MOST_DIMENSIONS = 64
"""PyTorch's limit of the dimensions of a tensor."""

_REBUILD = "torch._utils._rebuild_"
_WRAPPER = f"{_REBUILD}wrapper_subclass"
_OF_TYPE = [f"torch.{home}._rebuild_from_type{version}" for home in ("_tensor", "tensor") for version in ("", "_v2")]
_COPIES = (
    *("parameter", "parameter_v2", "parameter_with_state", "device_tensor_from_cpu_tensor", "device_tensor_from_numpy"),
    *("xla_tensor", "mlc_tensor"),
)

# The state of a quantised convolution, a tuple: `_ConvNd.__getstate__` in torch/ao/nn/quantized/modules/conv.py.
_QUANTISED = (
    *("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "transposed", "output_padding"),
    *("groups", "padding_mode", "weight", "bias", "scale", "zero_point", "training"),
)


def call(function: Any, arguments: Any) -> Any:
    """The result of a call."""
    name = function.text if isinstance(function, Name) else "?"
    made: Any = None
    match name, arguments:
        case "collections.OrderedDict", (*pairs,):
            made = mapping(*pairs)
        case "torch.Size", (tuple() as shape,):
            made = shape
        case "_codecs.encode", (str() as text, "latin1"):
            made = text  # stays text, whose characters are bytes
        case "torch.fx.graph_module.reduce_graph_module", (dict() as attributes, *_):
            made = Opaque("torch.fx.GraphModule", attributes)
        case "copy_reg._reconstructor" | "copyreg._reconstructor", (Name(kind), *_):
            made = Opaque(kind)
        case _, (Name(inner), Name(kind), tuple() as given, state) if name in _OF_TYPE:
            made = _wrapped(kind, given, state) if inner == _WRAPPER else _rebuilt(inner, given)
        case _, _:
            made = _numpy(name, arguments) or _rebuilt(name, arguments)
    return new(function, arguments) if made is None else made


def new(function: Any, arguments: Any) -> Opaque:
    """A stand-in for a new object of a class, made with these arguments."""
    name = function.text if isinstance(function, Name) else "?"
    return Opaque(name, items=list(arguments) if isinstance(arguments, tuple) else [])


def build(state: Any, target: Any) -> None:
    """Set the state of an object; the state of a dictionary or a tensor is not needed."""
    match target, state:
        case Array(), (int(), tuple() as shape, Dtype() as dtype, fortran, data):
            target.shape, target.dtype, target.data, target.fortran = _sizes(shape), dtype, data, fortran is True
        case Dtype(), (int(), "<" | ">" | "=" | "|" as order, *_):
            target.order = order
        case Opaque(), dict():
            target.content.update(state)
        case Opaque(), (dict() | None as attributes, dict() | None as slots):
            target.content.update(attributes or {})
            target.content.update(slots or {})
        case Opaque(), tuple() if ".quantized." in target.name and len(state) == len(_QUANTISED):
            target.content.update(zip(_QUANTISED, state, strict=True))
        case Opaque(), _:
            target.items.append(state)


def mapping(pairs: Iterable[Any] = ()) -> dict[str | int, Any]:
    """A dictionary of the pairs whose keys are text or integers, as for tensors; nested tuples could hash for ever."""
    return {key: value for key, value in pairs if isinstance(key, str | int)}


def _rebuilt(name: str, arguments: Any) -> AnyTensor | None:
    """The tensor that a function of PyTorch makes, or a class of tensors makes of one; None if there is no tensor."""
    made: AnyTensor | None = None
    match name.removeprefix(_REBUILD), arguments:
        case "tensor" | "qtensor", (storage, offset, shape, strides, *_):
            made = _tensor(storage, offset, shape, strides)
        case "tensor_v2", (storage, offset, shape, strides, _, _, *metadata):
            made = _tensor(storage, offset, shape, strides, None, *metadata)
        case "tensor_v3", (storage, offset, shape, strides, _, _, Name(kind), *metadata):
            made = _tensor(storage, offset, shape, strides, kind, *metadata)
        case "meta_tensor_no_storage", (_, tuple() as shape, *_):
            made = Unread(_sizes(shape), "weights are not stored (PyTorch's device meta)")
        case "sparse_tensor" | "sparse_csr_tensor", (_, (*_, tuple() as shape) | (*_, tuple() as shape, bool() | None)):
            made = Unread(_sizes(shape), "weights are sparse")
        case "nested_tensor", _:
            made = Unread(None, "weights are a nested tensor")
        case known, (Tensor() | Array() | Unread() as tensor, *rest):
            others = any(isinstance(value, AnyTensor) for value in rest)
            made = tensor if known in _COPIES or not (name.startswith(_REBUILD) or others) else None
    if made is None and name.startswith("torch.nn.parameter.Uninitialized"):
        made = Unread(None, "weights are not initialised (lazy module)")
    elif made is None and name.startswith(_REBUILD):
        made = Unread(None, f"weights are made by {name[:80]}, which is not known")
    return made


def _wrapped(kind: str, given: tuple[Any, ...], state: Any) -> AnyTensor:
    """A tensor of a class that wraps others: read if it is a DTensor that is whole on one device."""
    shape = _sizes(given[2]) if len(given) > 2 and isinstance(given[2], tuple) else None
    parts = state if isinstance(state, tuple) else (state,)  # attributes, or attributes and slots
    local = next((part["_local_tensor"] for part in parts if isinstance(part, dict) and "_local_tensor" in part), None)
    if not kind.endswith(".DTensor"):
        return Unread(shape, f"weights are wrapped in {kind[:80]}")
    if isinstance(local, AnyTensor) and local.shape == shape:
        return local
    return Unread(shape, "weights are split over devices (DTensor)")


def _numpy(name: str, arguments: Any) -> Array | Dtype | None:
    """A numpy array or dtype."""
    match re.sub(r"^numpy\.(_?core\.)?", "numpy.", name), arguments:
        case "numpy.multiarray._reconstruct", _:
            return Array()
        case "numpy.numeric._frombuffer", (data, Dtype() as dtype, tuple() as shape, order):
            return Array(_sizes(shape), dtype, data, order == "F")
        case "numpy.dtype", (str() | Name() as kind, *_):
            return Dtype(kind.text if isinstance(kind, Name) else kind)
    return None


def _tensor(
    storage: Any, offset: Any, shape: Any, strides: Any, kind: str | None = None, metadata: Any = None, *_: Any
) -> Tensor:
    """A view of a storage; of `metadata` only the sign matters, because complex numbers are not read."""
    if isinstance(storage, Storage) and isinstance(shape, tuple) and isinstance(strides, tuple):
        sizes = _sizes((offset, *shape, *strides))
        if len(shape) == len(strides) <= MOST_DIMENSIONS:
            negative = isinstance(metadata, dict) and metadata.get("neg") is True
            return Tensor(storage, sizes[0], shape, strides, kind or storage.kind, negative)
    raise FiltershiftError("has a tensor without storage, shape or strides")


def _sizes(values: tuple[Any, ...]) -> tuple[int, ...]:
    """The values, which must be sizes."""
    if len(values) > 2 * MOST_DIMENSIONS + 1 or not all(type(value) is int and 0 <= value < 2**63 for value in values):
        raise FiltershiftError("has a tensor without storage, shape or strides")
    return values
