"""Read PyTorch's pickles without PyTorch and without unpickling.

The result has tensors, dictionaries, and a stand-in object for everything else. A name in a pickle is only text: it is
never imported. Layout: `torch/serialization.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from filtershift.dataset.models.torch.objects import Name, Opaque, Storage
from filtershift.dataset.models.torch.rebuild import build, call, mapping, new
from filtershift.dataset.pickles.machine import CONSTANTS, MAX_STEPS, Machine
from filtershift.errors import FiltershiftError

LONGEST_NAME = 1000
"""Limit of characters in the name of a class or function; every call compares it with known names."""


@dataclass(frozen=True)
class Pickle:
    """The value of a pickle, its size in bytes, and the storages it refers to, by key."""

    value: Any
    size: int
    storages: Mapping[str, Storage]


def read_pickle(data: memoryview) -> Pickle:
    """Read one pickle written by PyTorch at the start of `data`. Nothing is executed.

    Dictionaries, lists, tuples, text and numbers come as such, PyTorch's objects as the classes of `objects`.

    Raises:
        FiltershiftError: this is not a readable pickle; the message is a predicate, to be put after the file's name.
    """
    with _TorchMachine(data) as machine:
        return Pickle(machine.run(), machine.position, machine.storages)


def _outside(machine: _TorchMachine) -> Storage | Name:
    """Resolve a persistent id: a storage, or (in whole modules of the old format) a class with its source code."""
    match machine.take(1)[0]:
        case ("storage", Name(kind), str() as key, str(), int() as count, *view) if 0 <= count < 2**63 and not any(
            view
        ):
            storage = Storage(key, kind.rpartition(".")[2].removesuffix("Storage"), count)
            if machine.storages.setdefault(key, storage) != storage:
                raise FiltershiftError(f"has a storage {key[:80]!r} of two types or sizes")
            return storage
        case ("module", Name() as name, *_):
            return name
    raise FiltershiftError("refers to something outside the pickle that is not a storage of tensors")


def _set_items(machine: Machine, values: list[Any]) -> None:
    target = machine.stack[-1]
    content = target.content if isinstance(target, Opaque) else target
    if type(content) is not dict:
        raise FiltershiftError("sets items of something that is not a dictionary")
    content.update(mapping(zip(values[::2], values[1::2], strict=True)))


def _extend(machine: Machine, values: list[Any]) -> None:
    """Append to a list, or to the items of a stand-in."""
    target = machine.stack[-1]
    if isinstance(target, Opaque):
        target.items += values
    else:
        machine.extend(values)


def _symbol(module: Any, name: Any) -> Name:
    if not isinstance(module, str) or not isinstance(name, str):
        raise FiltershiftError("has a name that is not text")
    if len(module) + len(name) > LONGEST_NAME:
        raise FiltershiftError(f"has a name of more than {LONGEST_NAME:,} characters")
    return Name(f"{module}.{name}")


class _TorchMachine(Machine):
    """The pickle machine with dictionaries, objects of any class and references to storages."""

    pushes = {
        **Machine.pushes,
        **dict.fromkeys(CONSTANTS.split(), lambda _, argument: argument),
        "EMPTY_DICT": lambda *_: {},
        "EMPTY_SET": lambda *_: Opaque("set"),
        "FROZENSET": lambda machine, _: Opaque("frozenset", items=machine.take_marked()),
        "NEWOBJ": lambda machine, _: machine.new(*machine.take(2)),
        "NEWOBJ_EX": lambda machine, _: machine.new(*machine.take(3)),
        "BINPERSID": lambda machine, _: _outside(machine),
    }
    effects = {
        **Machine.effects,
        "SETITEM": lambda machine, _: _set_items(machine, machine.take(2)),
        "SETITEMS": lambda machine, _: _set_items(machine, machine.take_marked()),
        "ADDITEMS": lambda machine, _: _extend(machine, machine.take_marked()),
        "APPEND": lambda machine, _: _extend(machine, machine.take(1)),
        "APPENDS": lambda machine, _: _extend(machine, machine.take_marked()),
    }
    symbol = staticmethod(_symbol)

    def __init__(self, view: memoryview) -> None:
        super().__init__(view)
        self.storages: dict[str, Storage] = {}
        self.copied = 0
        self.reduce = self._call
        self.build = self._build

    def new(self, function: Any, arguments: Any, *_: Any) -> Opaque:
        """A stand-in for a new object of a class."""
        self._count(arguments)
        return new(function, arguments)

    def _call(self, function: Any, arguments: Any) -> Any:
        self._count(arguments)
        return call(function, arguments)

    def _build(self, state: Any, target: Any) -> None:
        self._count(state)
        build(state, target)

    def _count(self, values: Any) -> None:
        """Count values that are copied; a large tuple in the memo could be copied by every few bytes of the pickle."""
        parts = values[:3] if isinstance(values, tuple) else ()  # what is copied with its content is among these
        for part in (values, *parts):
            self.copied += len(part) if isinstance(part, tuple | list | dict) else 0
        if self.copied > MAX_STEPS:
            raise FiltershiftError(f"copies more than {MAX_STEPS:,} values; plain data copy fewer")
