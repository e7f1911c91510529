"""Find the model's tensors in a PyTorch file: a state_dict, a training checkpoint, or a whole module."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, get_args

from filtershift.dataset.models.model import Skipped
from filtershift.dataset.models.torch.modules import Found
from filtershift.dataset.models.torch.objects import AnyTensor, Array, Opaque
from filtershift.errors import FiltershiftError

DEEPEST = 100
"""Limit of nested dictionaries and modules; trained models have about ten levels."""

# Keys under which training scripts store the model, the most usual first.
MODEL_KEYS = (
    *("state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "weights", "params"),
    *("ema", "model_ema", "ema_state_dict", "state_dict_ema", "params_ema"),
)
_AVERAGE = re.compile("ema|average|shadow|teacher", re.IGNORECASE)
_TRAINING = re.compile("optim|sched|scaler", re.IGNORECASE)
_HOLDERS = (*get_args(AnyTensor), Opaque, dict, list, tuple)
_PARTS = ("_parameters", "_buffers", "_modules")  # attributes where a module keeps its tensors and its child modules


def model_tensors(root: object) -> tuple[list[Found], list[Skipped]]:
    """Find the model's tensors, in order and with keys that start at the model; and list other sets that have kernels.

    A checkpoint may hold several sets of tensors, such as averaged weights or the state of an optimiser. The set under
    the first key of `MODEL_KEYS` that exists is taken; without such a key, the set with the most 3×3 filters, averages
    and training states last. The other sets are left out.

    Raises:
        FiltershiftError: there are no tensors, only those of an optimiser, or too many levels.
    """
    found = list(_tensors(root)) if isinstance(root, _HOLDERS) else []
    if not found:
        raise FiltershiftError("holds no tensors; expected a file written by torch.save(model.state_dict(), …)")
    others: list[tuple[str, list[Found]]] = []
    place: list[str] = []
    while (key := _next_key(root, found)) is not None:
        sets = _by_key(found)
        place.append(key)
        others += [(".".join([*place[:-1], other]), tensors) for other, tensors in sets.items() if other != key]
        found = [replace(tensor, keys=tensor.keys[1:]) for tensor in sets[key]]
        root = _children(root)[key]
    if _is_optimiser(root):
        raise FiltershiftError("holds the state of an optimiser, not a model; expected a file of model.state_dict()")
    reason = f"not the model, which is under the key {'.'.join(place)!r}"
    rows = [(other, _filters(tensors)) for other, tensors in others if _has_kernels(tensors)]
    return found, [Skipped("tensors", other, reason, count) for other, count in rows]


def _next_key(root: object, found: Sequence[Found]) -> str | None:
    """The next key on the way to the model; None if `root` is the model."""
    sets = {key: tensors for key, tensors in _by_key(found).items() if _has_kernels(tensors)}
    nested = {key: tensors for key, tensors in sets.items() if len(tensors[0].keys) > 1}
    if not nested or _is_module(root) or _is_optimiser(root):
        return None
    for key in MODEL_KEYS:
        if key in nested:
            return key
    if len(nested) < len(sets):
        return None
    return max(nested, key=lambda key: (not _TRAINING.search(key), not _AVERAGE.search(key), _filters(nested[key])))


def _by_key(found: Sequence[Found]) -> dict[str, list[Found]]:
    sets: dict[str, list[Found]] = {}
    for tensor in found:
        sets.setdefault(tensor.keys[0], []).append(tensor)
    return sets


def _has_kernels(found: Sequence[Found]) -> bool:
    """Whether the shape of any tensor is that of the weights of a 2-D convolution."""
    return any(len(tensor.shape) == 4 for tensor in found)


def _filters(found: Sequence[Found]) -> int:
    """Number of 3×3 filters, according to the shapes."""
    return sum(tensor.filters for tensor in found if tensor.shape[2:] == (3, 3))


def _tensors(root: object) -> Iterator[Found]:
    """All tensors in order; a container that is reached twice is read once."""
    seen: set[int] = set()
    stack: list[tuple[tuple[str, ...], object, Opaque | None]] = [((), root, None)]
    while stack:
        keys, value, module = stack.pop()
        if isinstance(value, AnyTensor) and not _is_list(value):
            yield Found(keys or ("tensor",), value, module)
        elif id(value) not in seen:
            seen.add(id(value))
            if len(keys) > DEEPEST:
                raise FiltershiftError(f"holds more than {DEEPEST} levels of nested dictionaries")
            owner = value if isinstance(value, Opaque) else None
            stack += [((*keys, key), child, owner) for key, child in reversed(_children(value).items())]


def _children(value: Any) -> dict[str, Any]:
    """The tensors and containers in a container, by key; for a module its tensors, then its child modules."""
    value = value.data if isinstance(value, Array) else value
    if isinstance(value, list | tuple):
        return {str(number): child for number, child in enumerate(value) if isinstance(child, _HOLDERS)}
    content = value.content if isinstance(value, Opaque) else value
    parts = [content[part] for part in _PARTS if isinstance(content.get(part), dict)] if _is_module(value) else []
    items = [item for part in parts or [content] for item in part.items()]
    if isinstance(value, Opaque) and not parts:
        items += enumerate(value.items)
    return {str(key): child for key, child in items if isinstance(child, _HOLDERS)}


def _is_list(value: object) -> bool:
    """Whether `value` is a numpy array of objects, which is a list here."""
    return isinstance(value, Array) and isinstance(value.data, list)


def _is_module(value: object) -> bool:
    """Whether `value` is a module, also one in TorchScript."""
    return isinstance(value, Opaque) and ("_modules" in value.content or value.name.startswith("__torch__."))


def _is_optimiser(value: object) -> bool:
    """Whether `value` is an optimiser or its state."""
    content = value.content if isinstance(value, Opaque) else value
    return isinstance(content, dict) and {"state", "param_groups"} <= content.keys()
