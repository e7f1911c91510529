"""Read PyTorch's pickles without PyTorch and without unpickling.

The result has tensors, dictionaries, and a stand-in object for everything else. A name in a pickle is only text: it is
never imported. Calls of known names are recognised; all other calls give a stand-in. Layout: `torch/_utils.py` and
`torch/serialization.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from filtershift.dataset.pickles.machine import CONSTANTS, Machine
from filtershift.errors import FiltershiftError

BYTES = MappingProxyType(
    {
        **{"Double": 8, "Float": 4, "Half": 2, "BFloat16": 2, "Long": 8, "Int": 4, "Short": 2, "Char": 1, "Byte": 1},
        **{"Bool": 1, "ComplexDouble": 16, "ComplexFloat": 8, "ComplexHalf": 4, "Untyped": 1},
        **{"QInt8": 1, "QUInt8": 1, "QInt32": 4, "QUInt4x2": 1, "QUInt2x4": 1},
    }
)
"""Bytes per number in a storage, by PyTorch's name of the type (Float for torch.FloatStorage)."""

MOST_DIMENSIONS = 64
"""PyTorch's limit of the dimensions of a tensor."""


@dataclass(frozen=True)
class Name:
    """A name in a pickle, "module.name", kept as text."""

    text: str


@dataclass(frozen=True)
class Storage:
    """Stored numbers of one or more tensors: their key in the file, their type, and how many they are."""

    key: str
    kind: str
    count: int


@dataclass(frozen=True)
class Tensor:
    """A view of a storage; offset and strides count numbers, not bytes.

    `kind` is the type of the numbers: that of the storage, or a full name ("torch.float8_e4m3fn") if the storage holds
    untyped bytes.
    """

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    kind: str


@dataclass(eq=False)
class Opaque:
    """A stand-in for an object of any other class: the name of its class or maker, and its state and items."""

    name: str
    content: dict[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Pickle:
    """The value of a pickle, its size in bytes, and the storages it refers to, by key."""

    value: Any
    size: int
    storages: Mapping[str, Storage]


def read_pickle(data: memoryview) -> Pickle:
    """Read one pickle written by PyTorch at the start of `data`. Nothing is executed.

    Dictionaries, lists, tuples, text and numbers come as such, PyTorch's objects as the classes above.

    Raises:
        FiltershiftError: this is not a readable pickle; the message is a predicate, to be put after the file's name.
    """
    with _TorchMachine(data) as machine:
        return Pickle(machine.run(), machine.position, machine.storages)


def _reduce(function: Any, arguments: Any) -> Any:
    """The result of a call: a dictionary, a tensor, or a stand-in."""
    made: Any = Opaque(function.text if isinstance(function, Name) else "?")
    match made.name.removeprefix("torch._utils._rebuild_"), arguments:
        case "collections.OrderedDict", (*pairs,):
            made = _mapping(*pairs)
        case "tensor" | "tensor_v2" | "qtensor", (storage, offset, shape, strides, *_):
            made = _tensor(storage, offset, shape, strides, None)
        case "tensor_v3", (storage, offset, shape, strides, _, _, Name(kind), *_):
            made = _tensor(storage, offset, shape, strides, kind)
        case "parameter" | "parameter_with_state", (Tensor() as tensor, *_):
            made = tensor
        case "torch._tensor._rebuild_from_type_v2", (inner, _, tuple() as given, _):
            made = _reduce(inner, given)
    return made


def _tensor(storage: Any, offset: Any, shape: Any, strides: Any, kind: str | None) -> Tensor:
    match storage, shape, strides:
        case Storage(), tuple(), tuple() if len(shape) == len(strides) <= MOST_DIMENSIONS:
            if all(type(number) is int and 0 <= number < 2**63 for number in (offset, *shape, *strides)):
                return Tensor(storage, offset, shape, strides, kind or storage.kind)
    raise FiltershiftError("has a tensor without storage, shape or strides")


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


def _build(state: Any, target: Any) -> None:
    """Set the state of a stand-in; the state of a dictionary or a tensor is not needed."""
    if isinstance(target, Opaque):
        attributes, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
        for part in (attributes, slots):
            if isinstance(part, dict):
                target.content.update(part)


def _set_items(machine: Machine, values: list[Any]) -> None:
    target = machine.stack[-1]
    content = target.content if isinstance(target, Opaque) else target
    if type(content) is not dict:
        raise FiltershiftError("sets items of something that is not a dictionary")
    content.update(_mapping(zip(values[::2], values[1::2], strict=True)))


def _mapping(pairs: Iterable[Any] = ()) -> dict[str | int, Any]:
    """A dictionary of the pairs whose keys are text or integers, as for tensors; nested tuples could hash for ever."""
    return {key: value for key, value in pairs if isinstance(key, str | int)}


def _extend(machine: Machine, values: list[Any]) -> None:
    """Append to a list; appending to a stand-in has no effect, because its items are not needed."""
    if not isinstance(machine.stack[-1], Opaque):
        machine.extend(values)


def _new(machine: Machine, count: int) -> Opaque:
    function = machine.take(count)[0]
    return Opaque(function.text if isinstance(function, Name) else "?")


def _frozen(machine: Machine) -> Opaque:
    machine.take_marked()
    return Opaque("frozenset")


def _symbol(module: Any, name: Any) -> Name:
    if not isinstance(module, str) or not isinstance(name, str):
        raise FiltershiftError("has a name that is not text")
    return Name(f"{module}.{name}")


class _TorchMachine(Machine):
    """The pickle machine with dictionaries, objects of any class and references to storages."""

    pushes = {
        **Machine.pushes,
        **dict.fromkeys(CONSTANTS.split(), lambda _, argument: argument),
        "EMPTY_DICT": lambda *_: {},
        "EMPTY_SET": lambda *_: Opaque("set"),
        "FROZENSET": lambda machine, _: _frozen(machine),
        "NEWOBJ": lambda machine, _: _new(machine, 2),
        "NEWOBJ_EX": lambda machine, _: _new(machine, 3),
        "BINPERSID": lambda machine, _: _outside(machine),
    }
    effects = {
        **Machine.effects,
        "SETITEM": lambda machine, _: _set_items(machine, machine.take(2)),
        "SETITEMS": lambda machine, _: _set_items(machine, machine.take_marked()),
        "ADDITEMS": lambda machine, _: machine.take_marked(),
        "APPEND": lambda machine, _: _extend(machine, machine.take(1)),
        "APPENDS": lambda machine, _: _extend(machine, machine.take_marked()),
    }
    symbol = staticmethod(_symbol)
    reduce = staticmethod(_reduce)
    build = staticmethod(_build)

    def __init__(self, view: memoryview) -> None:
        super().__init__(view)
        self.storages: dict[str, Storage] = {}
