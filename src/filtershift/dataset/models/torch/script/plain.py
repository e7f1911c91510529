"""Operators of TorchScript on plain values: numbers, text, lists and dictionaries."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from filtershift.dataset.models.stored import StoredTensor
from filtershift.dataset.models.torch.objects import Opaque
from filtershift.dataset.models.torch.script.code import CannotFollowError
from filtershift.dataset.models.torch.script.values import UNKNOWN, Flow, is_number, is_plain

LONGEST = 10_000
"""Limit of the items of a list that is followed."""

NO_RESULT = object()
"""What `plain_result` returns for an operator on tensors."""

_NUMBERS: Mapping[str, Callable[[Any, Any], Any]] = {
    **{"lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge},
    **{"add": operator.add, "sub": operator.sub, "mul": operator.mul, "__and__": operator.and_, "__or__": operator.or_},
    **{"floordiv": operator.floordiv, "remainder": operator.mod, "div": operator.truediv},
}
_CHANGES = ("append", "extend", "add_", "insert", "clear", "reverse", "pop")
_OF_THE_RUN = """size dim numel stride storage_offset item Int Float Bool IntImplicit FloatImplicit ScalarImplicit
    is_floating_point is_complex is_nonzero is_contiguous ndimension get_device equal format sym_size sym_numel
    dtype device layout shape is_cuda requires_grad NumToTensor TupleIndex isinstance is_grad_enabled is_scripting
    is_autocast_enabled __range_length __derive_index percentFormat manual_seed seed warn Print"""
_UNKNOWN = frozenset(_OF_THE_RUN.split())


def plain_result(kind: str, values: Sequence[Any]) -> Any:
    """The result of an operator on plain values; `UNKNOWN` if it is a number of the run."""
    first, second = (*values, None, None)[:2]
    made: Any = NO_RESULT
    if kind in ("__is__", "__isnot__", "eq", "ne") and len(values) == 2:
        made = _compared(kind, first, second)
    elif kind == "__not__":
        made = not first if isinstance(first, bool) else UNKNOWN
    elif kind in _UNKNOWN:
        made = UNKNOWN
    elif kind == "len":
        made = len(first) if isinstance(first, list | tuple | dict) else UNKNOWN
    elif kind in _NUMBERS and is_number(first) and is_number(second):
        made = _calculated(kind, first, second)
    elif kind == "neg" and is_number(first):
        made = -first
    elif isinstance(first, list):
        made = _changed(kind, first, values[1:]) if kind in _CHANGES else _of_list(kind, first, values[1:])
    elif isinstance(first, dict):
        made = _of_dict(kind, first, values[1:])
    return made


def _compared(kind: str, left: Any, right: Any) -> Any:
    equal: bool | None = None
    objects = (StoredTensor, Flow, Opaque, list, tuple, dict)
    if is_plain(left) and is_plain(right):
        equal = bool(left == right)
    elif (left is None and isinstance(right, objects)) or (right is None and isinstance(left, objects)):
        equal = False
    elif isinstance(left, Flow | StoredTensor) and kind in ("eq", "ne"):
        return NO_RESULT
    return UNKNOWN if equal is None else equal == (kind in ("__is__", "eq"))


def _calculated(kind: str, left: Any, right: Any) -> Any:
    try:
        made = _NUMBERS[kind](left, right)
    except (ArithmeticError, TypeError):
        return UNKNOWN
    return made if is_number(made) else UNKNOWN


def _changed(kind: str, items: list[Any], values: Sequence[Any]) -> Any:
    """A list after an operator that changes it; of one that is too long no item is known."""
    value = values[0] if values else None
    more = len(value) if isinstance(value, list | tuple) else 1
    if len(items) + more > LONGEST:
        raise CannotFollowError(f"it has a list of more than {LONGEST:,} items")
    match kind, value:
        case "append", _:
            items.append(value)
        case "extend" | "add_", list() | tuple():
            items.extend(value)
        case "insert", int():
            items.insert(max(min(value, len(items)), -len(items)), values[-1])
        case "clear", _:
            items.clear()
        case "reverse", _:
            items.reverse()
        case "pop", _:
            known = isinstance(value, int) and -len(items) <= value < len(items)
            return items.pop(value if isinstance(value, int) and known else -1) if items else UNKNOWN
        case _:
            return UNKNOWN
    return items


def _of_list(kind: str, items: list[Any], values: Sequence[Any]) -> Any:
    """The result of an operator on a list, which it does not change."""
    value = values[0] if values else None
    match kind, value:
        case "add", list() if len(items) + len(value) <= LONGEST:
            return [*items, *value]
        case "copy" | "list", _:
            return list(items)
        case "slice", _ if all(limit is None or type(limit) is int for limit in values) and values[2:] != [0]:
            return items[slice(*(*values, None, None)[:3])]
        case "__contains__", _:
            return value in items if all(map(is_plain, (*items, value))) else UNKNOWN
    return UNKNOWN if kind == "mul" else NO_RESULT


def _of_dict(kind: str, items: dict[Any, Any], values: Sequence[Any]) -> Any:
    """The result of an operator on a dictionary, which it may change."""
    key = values[0] if values else None
    if kind == "_set_item" and len(values) == 2:
        if len(items) < LONGEST:
            items[key if isinstance(key, str | int) else f"key {len(items)}"] = values[1]
        return None
    if kind in ("__getitem__", "get") and isinstance(key, str | int) and key in items:
        return items[key]
    made = {"keys": list(items), "values": list(items.values()), "items": list(items.items()), "copy": dict(items)}
    if kind == "__contains__":
        return key in items if isinstance(key, str | int) else UNKNOWN
    return made.get(kind, NO_RESULT)
