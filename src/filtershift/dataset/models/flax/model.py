"""Read the parameters of a Flax model from a msgpack file (flax.serialization.to_bytes), without Flax."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import ml_dtypes  # noqa: F401 - adds bfloat16 to numpy
import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.models.flax.tree import BYTES, Leaf, read_tree
from filtershift.dataset.models.model import NAMES, ORDER, Skipped
from filtershift.dataset.models.stored import StoredModel, StoredTensor
from filtershift.dataset.models.tensors.model import model_of_tensors
from filtershift.dataset.models.tensors.names import natural
from filtershift.errors import FiltershiftError

PARAMETERS = ("params", "target")
"""Keys of the model's parameters; "target" is of Flax before 0.6."""

STATISTICS = "batch_stats"
_TRAINING = re.compile("opt|ema|state", re.IGNORECASE)
_TRANSPOSED = re.compile(r"conv_?transpose|transposed?_?conv|deconv|upconv", re.IGNORECASE)
_NAMES = {"kernel": "weight", "scale": "weight", "mean": "running_mean", "var": "running_var"}  # as in PyTorch


def read_flax(path: Path) -> StoredModel:
    """Read the kernels of a model.

    Kernels have axes (height, width, input channels / groups, output channels) in the file. What was trained by a
    compiled step has its keys sorted, so the order of the model is lost; then tensors are sorted by name with numbers
    compared by value, and `depth_source` is "names". Names are those of PyTorch, so that a BatchNorm is found by them.

    Raises:
        FiltershiftError: this is not a file of Flax, or it contradicts itself.
    """
    view, leaves = read_tree(path)
    if not leaves:
        raise FiltershiftError(f"{path.name} holds no arrays of Flax; expected flax.serialization.to_bytes(variables)")
    found, skipped = _model(leaves)
    kernels = [leaf for leaf in found if _is_kernel(leaf)]
    is_sorted = all(first.keys < second.keys for first, second in pairwise(kernels))
    if is_sorted:
        found = sorted(found, key=lambda leaf: natural(".".join(leaf.keys)))
    tensors = [_tensor(leaf, view) for leaf in found if not _is_other(leaf)]
    return model_of_tensors(tensors, NAMES if is_sorted else ORDER, skipped=skipped)


def _model(leaves: Sequence[Leaf]) -> tuple[list[Leaf], list[Skipped]]:
    """The arrays of the model, with keys that start at the model, statistics behind the parameters; and other sets."""
    place = _place(leaves)
    inside = [leaf for leaf in leaves if leaf.keys[: len(place)] == place]
    statistics = (*place[:-1], STATISTICS)
    beside = [leaf for leaf in leaves if place and leaf.keys[: len(statistics)] == statistics]
    found = [replace(leaf, keys=leaf.keys[len(place) :]) for leaf in (*inside, *beside)]
    skipped: dict[str, int] = {}
    used = {leaf.keys for leaf in (*inside, *beside)}
    for leaf in leaves:
        if leaf.keys not in used and _is_kernel(leaf):
            skipped[leaf.keys[0]] = skipped.get(leaf.keys[0], 0) + _filters(leaf)
    reason = f"not the model, which is under the key {'.'.join(place)!r}"
    return found, [
        *(Skipped("tensors", key, reason, count) for key, count in skipped.items()),
        *(Skipped("tensor", ".".join(leaf.keys), "not a kernel by its name", 0) for leaf in found if _is_other(leaf)),
    ]


def _place(leaves: Sequence[Leaf]) -> tuple[str, ...]:
    """The keys that lead to the model's parameters; none if they are not under a known key."""
    places: dict[tuple[str, ...], int] = {}
    for leaf in filter(_is_kernel, leaves):
        for position, key in enumerate(leaf.keys):
            if key in PARAMETERS:
                place = leaf.keys[: position + 1]
                places[place] = places.get(place, 0) + _filters(leaf)

    def rank(place: tuple[str, ...]) -> tuple[bool, int, int]:
        """Averages and training states come last, then what is nested deeper, then what has fewer filters."""
        return any(map(_TRAINING.search, place[:-1])), len(place), -places[place]

    outer = min(places, key=rank, default=())
    while (inner := (*outer, "params")) in places:
        outer = inner
    return outer


def _is_kernel(leaf: Leaf) -> bool:
    """Whether an array is the weights of a 2-D or 3-D convolution, which are called kernel."""
    return leaf.keys[-1:] == ("kernel",) and len(leaf.shape) in (4, 5)


def _is_other(leaf: Leaf) -> bool:
    """Whether an array could be the weights of a 2-D convolution, but for its name."""
    return len(leaf.shape) == 4 and not _is_kernel(leaf)


def _filters(leaf: Leaf) -> int:
    """Number of 3×3 filters."""
    return math.prod(leaf.shape[2:]) if leaf.shape[:2] == (3, 3) else 0


def _tensor(leaf: Leaf, view: memoryview) -> StoredTensor:
    axes = tuple(range(len(leaf.shape))) if len(leaf.shape) < 4 else (-1, -2, *range(len(leaf.shape) - 2))
    reason = ""
    if _is_kernel(leaf) and any(map(_TRANSPOSED.search, leaf.keys)):
        reason = "transposed convolution"
    elif leaf.kind not in BYTES:
        reason = f"quantised (weights are {leaf.kind})"
    *keys, last = leaf.keys or ("",)
    if _is_kernel(leaf) or len(leaf.shape) == 1:
        last = _NAMES.get(last, last)
    return StoredTensor(
        name=".".join((*keys, last)),
        shape=tuple(leaf.shape[axis] for axis in axes),
        place=leaf.parts,
        load=partial(_load, leaf, view, axes),
        left_out=reason,
    )


def _load(leaf: Leaf, view: memoryview, axes: Sequence[int]) -> NDArray[np.float32]:
    numbers = [np.frombuffer(view[start:stop], leaf.kind).astype(np.float32) for start, stop in leaf.parts]
    values = np.concatenate(numbers).reshape(leaf.shape)
    return np.ascontiguousarray(values.transpose(axes))
