"""Read the parameters of a Paddle model (.pdparams), or any pickle of numpy arrays by name."""

from __future__ import annotations

import math
import mmap
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.models.model import Skipped
from filtershift.dataset.models.paddle.pickles import Array, Other, is_shape, read_arrays
from filtershift.dataset.models.stored import StoredModel, StoredTensor
from filtershift.dataset.models.tensors.model import model_of_tensors
from filtershift.dataset.models.torch.state_dict import MODEL_KEYS
from filtershift.errors import FiltershiftError

PARAMETER_NAMES, SLICED = "StructuredToParameterName@@", "UnpackBigParamInfor@@"
"""Keys under which Paddle stores: each parameter's name, which says the kind of its layer; how large arrays are cut."""

DEEPEST = 100
READABLE = ("float64", "float32", "float16", "bfloat16")
_OPTIMISER = re.compile(r"_(?:moment[0-9]?|velocity|momentum|inf_norm|mean_square|mean_grad)(?:_max)?_[0-9]+$")
_TRAINING = re.compile("optim|sched|scaler|ema", re.IGNORECASE)
_STATISTICS = {"_mean": "running_mean", "_variance": "running_var"}  # as in PyTorch


@dataclass(frozen=True)
class Parameter:
    """A parameter: its shape, the arrays that it was cut in, and the name that Paddle gave it ("" if not stored)."""

    shape: tuple[int, ...]
    parts: tuple[Array, ...]
    name: str

    @property
    def is_kernel(self) -> bool:
        """Whether its shape is that of the weights of a 2-D convolution."""
        return len(self.shape) == 4


def read_paddle(path: Path) -> StoredModel:
    """Read the weights of a model, which are (output channels, input channels / groups, height, width).

    Nothing in the pickle is executed. Numbers of type uint16 are bfloat16, which Paddle stores so. Names are those of
    PyTorch, so that a BatchNorm is found by them.

    Raises:
        FiltershiftError: this is a pickle of something else, or it contradicts itself.
    """
    try:
        with path.open("rb") as file:
            root, names = read_arrays(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
    except OSError as error:
        raise FiltershiftError(f"{path.name} cannot be read ({error.strerror})") from None
    except FiltershiftError as error:
        raise FiltershiftError(f"{path.name} is a pickle that torch.save did not write; it {error}") from None
    parameters, skipped = _model(root)
    kernels = [name for name, parameter in parameters.items() if parameter.is_kernel]
    if not kernels:
        raise FiltershiftError(f"{path.name} {_nothing(root, parameters, names)}")
    if all(map(_OPTIMISER.search, kernels)):
        raise FiltershiftError(f"{path.name} holds the state of an optimiser, not a model; expected the .pdparams file")
    return model_of_tensors([_tensor(*item) for item in parameters.items()], skipped=skipped)


def _nothing(root: object, parameters: Mapping[str, Parameter], names: Sequence[str]) -> str:
    """What is said of a pickle without kernels, as a predicate."""
    if isinstance(root, Other):
        what = f"holds {ascii(root.name)[:100]}"
    elif any(name.startswith("torch.") for name in names):
        what = "holds objects of PyTorch"
    elif parameters:
        what = "has no array with four dimensions"
    else:
        what = "holds no arrays by name"
    return (
        f"is a pickle that torch.save did not write, and {what}; if you trust it, load it and save the weights with "
        "torch.save(model.state_dict(), …)"
    )


def _model(root: object) -> tuple[dict[str, Parameter], list[Skipped]]:
    """The parameters of the model, and the other sets of parameters that have kernels."""
    place: list[str] = []
    others: list[tuple[str, int]] = []
    counts: dict[int, tuple[int, int]] = {}
    while isinstance(root, dict) and len(place) < DEEPEST:
        sets = {key: _filters(value, counts) for key, value in root.items() if isinstance(value, dict)}
        nested = {key: filters for key, (kernels, filters) in sets.items() if kernels}
        if not nested or any(parameter.is_kernel for parameter in _parameters(root).values()):
            chosen = None
        else:
            best = max(nested, key=lambda key: (not _TRAINING.search(str(key)), nested[key]))
            chosen = next((key for key in MODEL_KEYS if key in nested), best)
        others += [(".".join([*place, str(key)]), count) for key, count in nested.items() if key != chosen]
        if chosen is None:
            break
        place.append(str(chosen))
        root = root[chosen]
    reason = f"not the model, which is under the key {'.'.join(place)!r}"
    return _parameters(root), [Skipped("tensors", key, reason, count) for key, count in others]


def _filters(root: dict[Any, Any], counts: dict[int, tuple[int, int]], depth: int = 0) -> tuple[int, int]:
    """The numbers of kernels and of 3×3 filters in a dictionary and those in it; `counts` has those counted before."""
    if id(root) not in counts:
        if depth > DEEPEST:
            raise FiltershiftError(f"holds more than {DEEPEST} levels of nested dictionaries")
        counts[id(root)] = 0, 0
        shapes = [parameter.shape for parameter in _parameters(root).values() if parameter.is_kernel]
        inside = [_filters(value, counts, depth + 1) for value in root.values() if isinstance(value, dict)]
        kernels = len(shapes) + sum(kernels for kernels, _ in inside)
        filters = sum(math.prod(shape[:2]) for shape in shapes if shape[2:] == (3, 3))
        counts[id(root)] = kernels, filters + sum(filters for _, filters in inside)
    return counts[id(root)]


def _parameters(root: object) -> dict[str, Parameter]:
    """The parameters that a dictionary has itself, not those of dictionaries in it."""
    if not isinstance(root, dict):
        return {}
    known, cut = (table if isinstance(table, dict) else {} for table in map(root.get, (PARAMETER_NAMES, SLICED)))
    found: dict[str, Parameter] = {}
    for key, value in root.items():
        match value:
            case Array():
                found[str(key)] = Parameter(value.shape, (value,), str(known.get(key, "")))
            case (str() as name, Array() as array):
                found[str(key)] = Parameter(array.shape, (array,), name)
    for key, value in cut.items():
        match value:
            case {"OriginShape": tuple() as shape, "slices": list() as names} if is_shape(shape):
                cuts = [found.pop(name) for name in names if isinstance(name, str) and name in found]
                parts = tuple(part for one in cuts for part in one.parts)
                found[str(key)] = Parameter(shape, parts, str(known.get(key, "")))
    return found


def _tensor(name: str, parameter: Parameter) -> StoredTensor:
    kinds = {_kind(part.dtype) for part in parameter.parts}
    kind = kinds.pop() if len(kinds) == 1 else "of several types"
    if sum(part.count for part in parameter.parts) != math.prod(parameter.shape):
        raise FiltershiftError(f"array {name[:80]!r} has other numbers than its shape {parameter.shape} needs"[:300])
    reason = ""
    if parameter.is_kernel and "_transpose" in parameter.name:
        reason = "transposed convolution"
    elif kind not in READABLE:
        reason = f"quantised (weights are {kind})"
    module, _, leaf = name.rpartition(".")
    leaf = _STATISTICS.get(leaf, leaf)
    return StoredTensor(
        name=f"{module}.{leaf}" if module else leaf,
        shape=parameter.shape,
        place=tuple(map(id, parameter.parts)),
        load=partial(_load, parameter),
        left_out=reason,
    )


def _kind(dtype: np.dtype) -> str:
    """The name of a type; Paddle's uint16 is bfloat16."""
    return "bfloat16" if dtype == np.uint16 else dtype.name


def _load(parameter: Parameter) -> NDArray[np.float32]:
    parts = [part.values() for part in parameter.parts]
    values = parts[0] if len(parts) == 1 else np.concatenate([part.ravel() for part in parts])
    if values.dtype == np.uint16:
        values = values.astype("<u2").view(ml_dtypes.bfloat16)
    return np.ascontiguousarray(values.astype(np.float32).reshape(parameter.shape))
