"""The weights that a layer computes from several stored tensors: weight norm, spectral norm and pruning.

Formulas and names are those of `torch.nn.utils`: `weight_norm`, `spectral_norm`, `prune` and `parametrizations`, in
evaluation.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.models.model import Skipped
from filtershift.dataset.models.stored import StoredTensor

_PRUNED = re.compile(r"(?P<name>(?:.*\.)?\w+)_(?P<part>orig|mask)")
_SUFFIXED = re.compile(r"(?P<name>(?:.*\.)?weight)_(?P<part>orig|mask|bar|g|u|v)")
_PARAMETRIZED = re.compile(r"(?P<module>(?:.*\.)?)parametrizations\.(?P<leaf>\w+)\.(?P<part>.+)")

Parts = Mapping[str, StoredTensor]


def effective(tensors: Sequence[StoredTensor]) -> tuple[list[StoredTensor], list[Skipped]]:
    """Put the weights that layers compute in the place of the tensors that they compute them from.

    Weights that are computed in an unknown way have `left_out`.

    Returns:
        The tensors in order, and what was left out because the computed weights are stored beside it.
    """
    pruned, _ = _joined(tensors, _pruned_parts, {frozenset({"orig", "mask"}): _pruned})
    return _joined(
        pruned,
        _weight_parts,
        {
            frozenset({"g", "v"}): lambda parts: _weight_normed(parts["g"], parts["v"]),
            frozenset({"original0", "original1"}): lambda parts: _weight_normed(parts["original0"], parts["original1"]),
            frozenset({"orig", "u", "v"}): lambda parts: _spectral_normed(parts["orig"], parts["u"], parts["v"]),
            frozenset({"original", "0._u", "0._v"}): lambda parts: _spectral_normed(
                parts["original"], parts["0._u"], parts["0._v"]
            ),
        },
        is_last=True,
    )


def _pruned_parts(name: str) -> tuple[str, str] | None:
    found = _PRUNED.fullmatch(name)
    return (found["name"], found["part"]) if found else None


def _weight_parts(name: str) -> tuple[str, str] | None:
    """The weights that a tensor is a part of, and which part it is."""
    if found := _PARAMETRIZED.fullmatch(name):
        return found["module"] + found["leaf"], found["part"]
    found = _SUFFIXED.fullmatch(name)
    return (found["name"], found["part"]) if found else None


def _joined(
    tensors: Sequence[StoredTensor],
    parts_of: Callable[[str], tuple[str, str] | None],
    recipes: Mapping[frozenset[str], Callable[[Parts], StoredTensor | None]],
    is_last: bool = False,
) -> tuple[list[StoredTensor], list[Skipped]]:
    """Replace parts by what a recipe makes of them; if this `is_last`, mark convolutions without a recipe."""
    known = [parts_of(tensor.name) for tensor in tensors]
    parts: dict[str, dict[str, StoredTensor]] = {}
    for tensor, part in zip(tensors, known, strict=True):
        if part:
            parts.setdefault(part[0], {})[part[1]] = tensor
    stored = {tensor.name for tensor in tensors}
    made: dict[str, StoredTensor | None] = {}
    for name, of_name in parts.items():
        recipe = recipes.get(frozenset(of_name))
        made[name] = recipe(of_name) if recipe and name not in stored else None
        if made[name] is None and is_last and name not in stored:
            made[name] = _unknown(name, of_name)
    joined: list[StoredTensor] = []
    skipped: list[Skipped] = []
    for tensor, part in zip(tensors, known, strict=True):
        computed = made.get(part[0]) if part else None
        if part is None or (computed is None and not (is_last and part[0] in stored and _is_kernel(tensor))):
            joined.append(tensor)
        elif computed is None:
            count = tensor.filters if tensor.size == (3, 3) else 0
            skipped.append(Skipped("tensors", tensor.name, f"the weights are under {part[0]!r}", count))
        elif tensor is next(iter(parts[part[0]].values())):
            joined.append(replace(computed, name=part[0]))
    return joined, skipped


def _is_kernel(tensor: StoredTensor) -> bool:
    return len(tensor.shape or ()) == 4


def _unknown(name: str, parts: Parts) -> StoredTensor | None:
    """The weights of a convolution that are computed in an unknown way; None if this is no convolution."""
    kernels = [tensor for tensor in parts.values() if len(tensor.shape or ()) in (4, 5)]
    names = ", ".join(sorted(parts)[:4])
    largest = max(kernels, key=lambda tensor: math.prod(tensor.shape or ()), default=None)
    if largest is None or set(parts) == {"mask"}:
        return None
    return replace(largest, name=name, left_out=f"weights are computed in an unknown way (from {names})"[:200])


def _made(name_parts: Parts, shape: tuple[int, ...] | None, load: Callable[[], NDArray[np.float32]]) -> StoredTensor:
    return StoredTensor(
        name="",
        shape=shape,
        place=tuple((role, tensor.place) for role, tensor in name_parts.items()),
        load=load,
        left_out=next((tensor.left_out for tensor in name_parts.values() if tensor.left_out), ""),
    )


def _pruned(parts: Parts) -> StoredTensor | None:
    original, mask = parts["orig"], parts["mask"]
    if original.shape is None or original.shape != mask.shape:
        return None
    return _made(dict(parts), original.shape, lambda: original.load() * mask.load())


def _weight_normed(g: StoredTensor, v: StoredTensor) -> StoredTensor | None:
    """g · v / ‖v‖, with the norm over all axes along which g has one number."""
    if v.shape is None or g.shape is None or len(v.shape) < 2:
        return None
    if len(g.shape) not in (0, len(v.shape)):
        return None
    wide = [size == own for size, own in zip(g.shape, v.shape, strict=False) if size != 1]
    if len(wide) > 1 or not all(wide):
        return None
    axes = tuple(axis for axis in range(len(v.shape)) if not g.shape or g.shape[axis] == 1)
    return _made({"g": g, "v": v}, v.shape, partial(_weight_norm, g, v, axes))


def _weight_norm(g: StoredTensor, v: StoredTensor, axes: tuple[int, ...]) -> NDArray[np.float32]:
    direction = v.load()
    norm = np.sqrt(np.square(direction, dtype=np.float64).sum(axis=axes, keepdims=True))
    with np.errstate(all="ignore"):
        return (direction * (g.load() / norm)).astype(np.float32)


def _spectral_normed(weight: StoredTensor, u: StoredTensor, v: StoredTensor) -> StoredTensor | None:
    """W / σ with σ = uᵀ W v, where W is a matrix of one row per output channel.

    For a transposed convolution PyTorch takes one row per index of the second axis.
    """
    shape = weight.shape
    if shape is None or len(shape) < 2:
        return None
    size = math.prod(shape)
    for axis in (0, 1):
        if u.shape == (shape[axis],) and v.shape == (size // max(shape[axis], 1),):
            made = _made({"weight": weight, "u": u, "v": v}, shape, partial(_spectral_norm, weight, u, v, axis))
            is_transposed = axis == 1 and len(shape) > 2 and not made.left_out
            return replace(made, left_out="transposed convolution") if is_transposed else made
    return None


def _spectral_norm(weight: StoredTensor, u: StoredTensor, v: StoredTensor, axis: int) -> NDArray[np.float32]:
    values = weight.load()
    matrix = np.moveaxis(values, axis, 0).reshape(values.shape[axis], -1).astype(np.float64)
    with np.errstate(all="ignore"):
        return (values / (u.load() @ (matrix @ v.load()))).astype(np.float32)
