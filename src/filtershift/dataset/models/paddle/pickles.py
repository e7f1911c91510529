"""Read pickles of numpy arrays without unpickling: dictionaries of arrays, and stand-ins for everything else.

A name in a pickle is only text: it is never imported. Layout: `ndarray.__reduce__` of numpy, and paddle.save
(`paddle/framework/io.py`). The numbers of an array stay in the file where the pickle has them as bytes (protocol 3 and
later); protocol 2 has them as text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.pickles.machine import CONSTANTS, MAX_STEPS, Machine
from filtershift.errors import FiltershiftError

_DTYPE = re.compile("[iu][1248]|f[248]|b1|c8|c16")
_MOST_DIMENSIONS = 64
_LONGEST_NAME = 1000


@dataclass(frozen=True)
class Name:
    """A name in a pickle, "module.name", kept as text."""

    text: str


@dataclass(frozen=True)
class Other:
    """A stand-in for an object that is no array: the name of its class or maker."""

    name: str


@dataclass(eq=False)
class Dtype:
    """A numpy dtype; a pickle may set its byte order after making it."""

    dtype: np.dtype


@dataclass(eq=False)
class Array:
    """A numpy array; its state is set after it is made.

    Attributes:
        shape: its size in each dimension.
        dtype: type of its numbers.
        data: its numbers as bytes, or as text whose characters are bytes.
        fortran: whether the first axis varies fastest.
    """

    shape: tuple[int, ...] = ()
    dtype: np.dtype = field(default_factory=lambda: np.dtype("V"))
    data: bytes | bytearray | memoryview | str = b""
    fortran: bool = False

    @property
    def count(self) -> int:
        """How many numbers it has; -1 if that is not how many its shape asks for."""
        size = math.prod(self.shape)
        return size if size * self.dtype.itemsize == len(self.data) and self.dtype.itemsize else -1

    def values(self) -> NDArray:
        """The numbers, in the shape of the array."""
        try:
            raw = self.data.encode("latin-1") if isinstance(self.data, str) else self.data
        except UnicodeEncodeError:
            raise FiltershiftError("has an array of text whose characters are no bytes; get the file again") from None
        return np.frombuffer(raw, self.dtype).reshape(self.shape, order="F" if self.fortran else "C")


def read_arrays(data: memoryview) -> tuple[Any, list[str]]:
    """The value of a pickle, and the names of classes and functions in it. Nothing is executed.

    Dictionaries, lists, tuples, text and numbers come as such, numpy arrays as `Array`, all else as `Other`.

    Raises:
        FiltershiftError: this is not a readable pickle; the message is a predicate, to be put after the file's name.
    """
    with _ArrayMachine(data) as machine:
        try:
            return machine.run(), machine.names
        except (FiltershiftError, ValueError):
            if any(name.startswith("joblib.") for name in machine.names):  # its arrays are not in the pickle's opcodes
                return Other("joblib"), machine.names
            raise


def is_shape(sizes: tuple[Any, ...]) -> bool:
    """Whether these are the sizes of an array."""
    return len(sizes) <= _MOST_DIMENSIONS and all(type(size) is int and 0 <= size < 2**62 for size in sizes)


def _call(function: Any, arguments: Any) -> Any:
    """The result of a call: an array, or a stand-in."""
    name = function.text if isinstance(function, Name) else "?"
    made: Any = Other(name)
    match re.sub(r"^(?:numpy\.(?:_?core\.)?|__builtin__\.|builtins\.)", "", name), arguments:
        case "multiarray._reconstruct", _:
            made = Array()
        case "numeric._frombuffer", (data, Dtype(dtype=dtype), tuple() as shape, order):
            made = _filled(Array(), shape, dtype, order == "F", data)
        case "dtype", (str() as text, *_) if _DTYPE.fullmatch(text):
            made = Dtype(np.dtype(text))
        case "_codecs.encode", (str() as text, "latin1"):
            made = text
        case "tuple", (tuple() as items,):
            made = items
        case "eval", ("data", {"data": Array() as array}):  # how Paddle writes a tensor of a static graph
            made = array
    return made


def _filled(array: Array, shape: tuple[Any, ...], dtype: np.dtype, fortran: bool, data: Any) -> Array:
    if not is_shape(shape):
        raise FiltershiftError("has an array without a shape")
    array.shape, array.dtype, array.fortran = shape, dtype, fortran
    array.data = data if isinstance(data, bytes | bytearray | memoryview | str) else b""
    return array


def _build(state: Any, target: Any) -> None:
    """Set the state of a dtype or an array; that of other objects is not needed."""
    match target, state:
        case Array(), (int(), tuple() as shape, Dtype(dtype=dtype), fortran, data):
            _filled(target, shape, dtype, bool(fortran), data)
        case Dtype(), (int(), "<" | ">" | "=" | "|" as order, *_):
            target.dtype = target.dtype.newbyteorder(order)


class _ArrayMachine(Machine):
    """The pickle machine with dictionaries and objects of any class.

    Attributes:
        names: the names of classes and functions, in order.
        copied: how many values were copied; a few bytes of a pickle can name a large list again and again.
    """

    pushes = {
        **Machine.pushes,
        **dict.fromkeys(CONSTANTS.split(), lambda _, argument: argument),
        **dict.fromkeys(("BINBYTES", "BINBYTES8", "BYTEARRAY8"), lambda machine, argument: machine.last(len(argument))),
        "EMPTY_DICT": lambda *_: {},
        "DICT": lambda machine, _: _pairs(machine.take_marked()),
        "EMPTY_SET": lambda *_: Other("set"),
        "FROZENSET": lambda machine, _: machine.made(Name("frozenset"), machine.take_marked()),
        "NEWOBJ": lambda machine, _: machine.made(*machine.take(2)),
        "NEWOBJ_EX": lambda machine, _: machine.made(*machine.take(3)),
        "BINPERSID": lambda machine, _: machine.made(Name("persistent id"), machine.take(1)),
    }
    effects = {
        **Machine.effects,
        "POP": lambda machine, _: machine.take(1),
        "SETITEM": lambda machine, _: machine.set_items(machine.take(2)),
        "SETITEMS": lambda machine, _: machine.set_items(machine.take_marked()),
        "ADDITEMS": lambda machine, _: machine.take_marked(),
        "APPEND": lambda machine, _: machine.append(machine.take(1)),
        "APPENDS": lambda machine, _: machine.append(machine.take_marked()),
    }
    build = staticmethod(_build)

    def __init__(self, view: memoryview) -> None:
        super().__init__(view)
        self.names: list[str] = []
        self.copied = 0
        self.symbol = self._symbol
        self.reduce = self._reduce

    def last(self, length: int) -> memoryview:
        """The bytes that were just read, where they are in the file."""
        return self.view[self.position - length : self.position]

    def made(self, kind: Any, *_: Any) -> Other:
        """A stand-in for a new object of a class."""
        return Other(kind.text if isinstance(kind, Name) else "?")

    def set_items(self, values: list[Any]) -> None:
        """Set items of a dictionary; those of a stand-in are not needed."""
        target = self.stack[-1]
        if type(target) is dict:
            target.update(_pairs(values))
        elif not isinstance(target, Other):
            raise FiltershiftError("sets items of something that is not a dictionary")

    def append(self, values: list[Any]) -> None:
        """Append to a list; items of a stand-in are not needed."""
        if not isinstance(self.stack[-1], Other):
            self.extend(values)

    def _symbol(self, module: Any, name: Any) -> Name:
        if not isinstance(module, str) or not isinstance(name, str) or len(module) + len(name) > _LONGEST_NAME:
            raise FiltershiftError("has a name that is not text")
        self.names.append(f"{module}.{name}")
        return Name(self.names[-1])

    def _reduce(self, function: Any, arguments: Any) -> Any:
        if isinstance(function, Name) and function.text == "collections.OrderedDict" and isinstance(arguments, tuple):
            return self._mapping(*arguments)
        return _call(function, arguments)

    def _mapping(self, pairs: Any = (), *_: Any) -> dict[str | int, Any]:
        self.copied += len(pairs)
        if self.copied > MAX_STEPS:
            raise FiltershiftError(f"copies more than {MAX_STEPS:,} values; plain data copy fewer")
        return _pairs(value for pair in pairs for value in _pair(pair))


def _pair(value: Any) -> tuple[Any, Any]:
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise FiltershiftError("has a dictionary made of something that is not pairs")
    return value[0], value[1]


def _pairs(values: Iterable[Any]) -> dict[str | int, Any]:
    """A dictionary of keys and values in turn; keys that are no text or integers are left out, as they could hash for
    ever."""
    turns = iter(values)
    return {key: value for key, value in zip(turns, turns, strict=True) if isinstance(key, str | int)}
