"""Weights that a model computes from its parameters, such as those of a weight norm or a pruned convolution.

Only what such reparametrisations need is computed: products and quotients, the 2-norm, and other shapes of a tensor.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.models.stored import StoredTensor

MOST_STEPS = 50
"""Limit of the operators between parameters and the weights that are computed from them; weight norm takes three."""

UNUSED = "the graph does not use it"
"""Why the weights of a convolution that no operator uses are left out."""

_PARAMETER = re.compile(r"\.(?:parametrizations\..*|weight(?:_\w+)?|_packed_params)$")
_ELEMENTWISE: Mapping[str, Callable[[Any, Any], Any]] = {"mul": np.multiply, "div": np.divide}
_SHAPING = ("view", "reshape", "flatten", "_unsafe_view")

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Computed(StoredTensor):
    """A tensor that is computed from stored ones when it is loaded, in `steps` operators."""

    steps: int = 1


def layer_name(parameter: str) -> str:
    """The name of the module that has a parameter: "a.conv" for "a.conv.weight"."""
    return _PARAMETER.sub("", parameter)


def not_stored(name: str, reason: str) -> StoredTensor:
    """A tensor of unknown shape whose values cannot be read."""
    return StoredTensor(name, None, ("not stored", name), lambda: np.empty(0, np.float32), reason)


def computed(kind: str, arguments: Mapping[str, Any], stored: Sequence[StoredTensor]) -> StoredTensor:
    """What an operator computes from stored tensors; if it is not one of the few that are known, it is left out.

    Args:
        kind: name of the operator without its overload.
        arguments: the operator's arguments by name.
        stored: all tensors among the arguments and in lists that are arguments; at least one.
    """
    tensors = [value for value in arguments.values() if isinstance(value, StoredTensor)]
    name, steps = stored[0].name, 1 + sum(getattr(tensor, "steps", 0) for tensor in stored)
    reason = next((tensor.left_out for tensor in stored if tensor.left_out), "")
    if not reason and "quant" in kind:
        reason = f"quantised ({kind})"
    known = not reason and steps <= MOST_STEPS and len(tensors) == len(stored)
    made = _made(kind, arguments, tensors) if known else None
    if made is None:
        return not_stored(name, reason or f"weights are computed (by {kind})")
    shape, load = made
    others = repr([value for value in arguments.values() if isinstance(value, int | float | list)])
    return Computed(name, shape, (kind, *(tensor.place for tensor in tensors), others[:200]), load, steps=steps)


def _made(
    kind: str, arguments: Mapping[str, Any], tensors: Sequence[StoredTensor]
) -> tuple[tuple[int, ...], Callable[[], Array]] | None:
    """The shape of what a known operator computes, and a function that computes it; None for all others."""
    shapes = [tensor.shape or () for tensor in tensors]
    first = tensors[0]
    if kind in _ELEMENTWISE and len(arguments) == len(tensors) == 2 and (shape := _broadcast(shapes)) is not None:
        function = _ELEMENTWISE[kind]
        return shape, lambda: _quiet(function, tensors[0].load(), tensors[1].load())
    if kind in ("_weight_norm", "_weight_norm_interface") and len(tensors) == 2 and _broadcast(shapes) == shapes[0]:
        axes = _axes(arguments.get("dim", 0), len(shapes[0]))
        return shapes[0], lambda: _weight_norm(tensors[0].load(), tensors[1].load(), axes)
    if kind in _SHAPING and (new := _new_shape(kind, arguments, shapes[0])) is not None:
        return new, lambda: first.load().reshape(new)
    dims, keep = arguments.get("dim"), arguments.get("keepdim") is True
    if kind == "linalg_vector_norm" and arguments.get("ord", 2) == 2 and _are_axes(dims, len(shapes[0])):
        gone = {dim % len(shapes[0]) for dim in dims}
        kept = tuple(1 if axis in gone else size for axis, size in enumerate(shapes[0]) if keep or axis not in gone)
        return kept, lambda: _norm(first.load(), tuple(gone)).reshape(kept)
    return None


def _broadcast(shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...] | None:
    """The shape of the largest tensor if all others are spread over it; a tensor that is larger than all is refused."""
    largest = max(shapes, key=math.prod)
    try:
        return largest if np.broadcast_shapes(*shapes) == largest else None
    except ValueError:
        return None


def _are_axes(dims: Any, dimensions: int) -> TypeGuard[list[int]]:
    known = isinstance(dims, list) and bool(dims) and all(type(dim) is int for dim in dims)
    return known and all(-dimensions <= dim < dimensions for dim in dims)


def _axes(dim: Any, dimensions: int) -> tuple[int, ...]:
    """The axes over which weight norm takes the norm: all but `dim`."""
    kept = dim % dimensions if type(dim) is int and dim >= 0 and dimensions else None
    return tuple(axis for axis in range(dimensions) if axis != kept)


def _new_shape(kind: str, arguments: Mapping[str, Any], shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The shape after a view, or after all axes from `start_dim` are made one; None if it does not fit."""
    size = math.prod(shape)
    if kind == "flatten":
        start, end = arguments.get("start_dim", 0), arguments.get("end_dim", -1)
        if type(start) is not int or end != -1 or not 0 <= start < len(shape):
            return None
        return (*shape[:start], math.prod(shape[start:]))
    new = arguments.get("shape", arguments.get("size"))
    if not isinstance(new, list) or len(new) > 8 or not all(type(length) is int and length >= -1 for length in new):
        return None
    known = math.prod(length for length in new if length >= 0)
    filled = tuple(size // max(known, 1) if length < 0 else length for length in new)
    return filled if math.prod(filled) == size and new.count(-1) < 2 else None


def _quiet(function: Callable[[Any, Any], Any], left: Array, right: Array) -> Array:
    with np.errstate(all="ignore"):
        made: Array = function(left, right).astype(np.float32)
    return made


def _norm(values: Array, axes: tuple[int, ...]) -> Array:
    with np.errstate(all="ignore"):
        squares = np.square(values, dtype=np.float64)
        norm: Array = np.sqrt(squares.sum(axes, keepdims=True)).astype(np.float32)
    return norm


def _weight_norm(direction: Array, length: Array, axes: tuple[int, ...]) -> Array:
    """length · direction / ‖direction‖; the norm is over `axes`."""
    with np.errstate(all="ignore"):
        made: Array = (direction * (length / _norm(direction, axes))).astype(np.float32)
    return made
