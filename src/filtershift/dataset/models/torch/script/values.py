"""Values of TorchScript code while it is followed: numbers and lists as such, and stand-ins for all others.

A tensor that is stored is a `StoredTensor`, a module or other object an `Opaque`, a tensor that depends on the model's
input a `Flow`, a name of a function or type a `Symbol`. Numbers that depend on the input are `UNKNOWN`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from filtershift.dataset.models.stored import StoredTensor


class Missing(Enum):
    """Values that are not known: a number or object of the run, and a variable without value."""

    UNKNOWN = "unknown"
    UNSET = "unset"


UNKNOWN, UNSET = Missing.UNKNOWN, Missing.UNSET


@dataclass(frozen=True)
class Symbol:
    """A name of a function, class or type."""

    text: str


@dataclass(eq=False)
class Flow:
    """A tensor (or list of tensors) of the run.

    Attributes:
        name: the value in the graph that it has now; operators that change it give it another.
        kind: of the operator that made it; "" for an input of the model.
        base: the tensor that this is a view of.
    """

    name: str
    kind: str = ""
    base: Flow | None = None


def parts(value: Any) -> Iterator[Any]:
    """All flows, stored tensors and other single values in nested lists, each list once."""
    stack, seen = [value], set[int]()
    while stack:
        item = stack.pop()
        if not isinstance(item, list | tuple | dict):
            yield item
        elif id(item) not in seen:
            seen.add(id(item))
            stack += reversed(list(item.values()) if isinstance(item, dict) else list(item))


def flows(values: Iterable[Any]) -> tuple[str, ...]:
    """The names of all flows in values, each once."""
    return tuple(dict.fromkeys(item.name for item in parts(list(values)) if isinstance(item, Flow)))


def is_number(value: Any) -> bool:
    """Whether this is a number that is known and not huge."""
    return isinstance(value, bool | int | float) and (not isinstance(value, int) or value.bit_length() < 64)


def is_plain(value: Any) -> bool:
    """Whether this is a known number, text or None."""
    return value is None or isinstance(value, str) or is_number(value)


def same(left: Any, right: Any) -> bool:
    """Whether two values are one and the same."""
    if isinstance(left, StoredTensor) and isinstance(right, StoredTensor):
        return left.place == right.place
    return left is right or (is_plain(left) and type(left) is type(right) and bool(left == right))
