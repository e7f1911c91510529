"""Build numpy arrays and numbers from pickles without calling the functions that the pickles name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from math import prod
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from filtershift.errors import FiltershiftError

MAX_CELLS = 10_000_000
"""Limit of cells in an array of objects; the authors' 21,436 layers have less than a million."""

_DTYPE = re.compile(r"[<>=|]?(?:[iu][1248]|f[248]|b1|O[48]?)")


@dataclass(frozen=True, eq=False)
class IntList:
    """A list of integers, stored as runs of consecutive ones: 524 million consecutive ids are one run.

    Attributes:
        starts: first integer of each run, int64.
        stops: one past the last integer of each run, int64.
    """

    starts: NDArray[np.int64]
    stops: NDArray[np.int64]

    @classmethod
    def of(cls, values: NDArray[np.integer]) -> Self:
        """The integers of an array."""
        starts = values.astype(np.int64)
        return cls._joined(starts, starts + 1)

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """The integers of all parts, one part after another."""
        empty = np.empty(0, np.int64)
        starts = np.concatenate([empty, *(part.starts for part in parts)])
        return cls._joined(starts, np.concatenate([empty, *(part.stops for part in parts)]))

    @classmethod
    def _joined(cls, starts: NDArray[np.int64], stops: NDArray[np.int64]) -> Self:
        """Merge each run that continues the one before it."""
        first, last = np.ones(starts.size, bool), np.ones(starts.size, bool)
        first[1:] = last[:-1] = starts[1:] != stops[:-1]
        return cls(starts[first], stops[last])

    def __len__(self) -> int:
        return int((self.stops - self.starts).sum())

    def __str__(self) -> str:
        """The runs as `first:last` (last included), joined by spaces."""
        return " ".join(f"{start}:{stop - 1}" for start, stop in zip(self.starts, self.stops, strict=True))

    def integers(self) -> Iterator[int]:
        """The integers one by one."""
        for start, stop in zip(self.starts.tolist(), self.stops.tolist(), strict=True):
            yield from range(start, stop)


class Symbol(Enum):
    """The names that plain data may contain; the functions behind them are never imported or called."""

    RECONSTRUCT = "multiarray._reconstruct"
    SCALAR = "multiarray.scalar"
    FROMBUFFER = "numeric._frombuffer"
    NDARRAY = "ndarray"
    DTYPE = "dtype"


_SYMBOLS = {f"numpy.{home}{symbol.value}": symbol for symbol in Symbol for home in ("", "core.", "_core.")}


@dataclass(eq=False)
class Dtype:
    """A numpy dtype; a pickle may set its byte order after making it."""

    dtype: np.dtype


@dataclass(eq=False)
class Array:
    """A numpy array as described by its pickle; `plain` turns it into a real array at the end."""

    shape: Any = None
    dtype: Dtype | None = None
    data: Any = None

    def holds(self, kinds: str) -> bool:
        """Whether the dtype of the elements is one of these kinds."""
        return self.dtype is not None and self.dtype.dtype.kind in kinds


def symbol(module: Any, name: Any) -> Symbol:
    """The symbol for a name; names that are not in `Symbol` are refused."""
    full = f"{module}.{name}" if isinstance(module, str) and isinstance(name, str) else "?"
    if full not in _SYMBOLS:
        raise FiltershiftError(f"names {full[:80]!r}, which is code, not data; it was not run")
    return _SYMBOLS[full]


def reduce(function: Any, arguments: Any) -> Any:
    """The result of calling the function behind the symbol `function` with `arguments`."""
    match function, arguments:
        case Symbol.RECONSTRUCT, (Symbol.NDARRAY, (0,), "b" | b"b"):
            return Array()
        case Symbol.DTYPE, (str() as text, int(), int()) if _DTYPE.fullmatch(text):
            return Dtype(np.dtype(text))
        case Symbol.SCALAR, (Dtype(dtype=dtype), bytes() as raw) if dtype.kind in "iufb":
            return np.frombuffer(raw, dtype, count=1)[0].item()
        case Symbol.FROMBUFFER, (bytes() | bytearray() as raw, Dtype() as dtype, tuple() as shape, _):
            return Array(shape, dtype, raw)
    raise FiltershiftError("makes an object that is neither an array nor a number")


def build(state: Any, target: Any) -> None:
    """Set the state of a dtype or an array."""
    match target, state:
        case Dtype(), (int(), "<" | ">" | "=" | "|" as order, *_):
            target.dtype = target.dtype.newbyteorder(order)
        case Array(), (int(), tuple() as shape, Dtype() as dtype, _, list() | bytes() as data):
            target.shape, target.dtype, target.data = shape, dtype, data
        case _:
            raise FiltershiftError("sets the state of something that is not an array")


def plain(value: Any) -> Any:
    """Replace our stand-ins in the value of a pickle: by object arrays, and lists of integers by an IntList."""
    if isinstance(value, Array) and value.holds("O") and isinstance(value.data, list):
        return _cells(value.data, value.shape)
    integers = _integers(value)
    if integers is None and isinstance(value, Array | Dtype | Symbol):
        raise FiltershiftError("is not an array of objects or integers")
    return value if integers is None else integers


def _cells(items: list[Any], shape: tuple[Any, ...]) -> NDArray[np.object_]:
    """An array of objects. Cells are always in C order; the pickle's flag for Fortran order is ignored."""
    cells: list[Any] = []
    seen: dict[int, IntList] = {}  # a list that many cells share is converted once
    for item in items:
        if item is None or isinstance(item, str | int | float):
            cells.append(item)
        elif not isinstance(item, IntList):
            cells.append(seen.get(id(item)) or seen.setdefault(id(item), _cell(item)))
        elif len(cells) + len(item) <= MAX_CELLS:
            cells.extend(item.integers())
        else:
            raise FiltershiftError(f"holds more than {MAX_CELLS:,} cells")
    if not (0 < len(shape) <= 2 and all(type(size) is int for size in shape) and prod(shape) == len(cells)):
        raise FiltershiftError(f"holds {len(cells):,} cells but declares another shape")
    return np.fromiter(cells, dtype=object, count=len(cells)).reshape(shape)


def _cell(item: Any) -> IntList:
    integers = _integers(list(item) if type(item) is tuple else item)
    if integers is None:
        kind = type(item).__name__.lower()
        raise FiltershiftError(f"has a cell that is a {kind}; expected text, a number or a list of integers")
    return integers


def _integers(value: Any) -> IntList | None:
    """The integers of an integer array or a list of integers only; None for any other value."""
    if isinstance(value, Array) and value.holds("iu") and isinstance(value.data, bytes | bytearray):
        return IntList.of(np.frombuffer(value.data, value.dtype.dtype))  # type: ignore[union-attr]
    if type(value) is not list or not all(type(item) in (int, IntList) for item in value):
        return None
    parts: list[IntList] = []
    for kind, group in groupby(value, type):
        items = list(group)
        parts += items if kind is IntList else [IntList.of(np.array(items, dtype=np.int64))]
    return IntList.concatenate(parts)
