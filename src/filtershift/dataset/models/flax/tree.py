"""The arrays in a Flax file, with the keys that lead to them; their values stay in the file.

Format: `flax/serialization.py`. The file is one msgpack map of maps; an array is a msgpack extension (type 1) that
holds a list of shape, name of the type, and bytes. An array of more than 1 GiB is a map of several such arrays.
"""

from __future__ import annotations

import math
import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import msgpack

from filtershift.errors import FiltershiftError, one_line

DEEPEST = 100
"""Limit of nested maps; trained models have about ten."""

MOST_ARRAYS = 1_000_000

BYTES = MappingProxyType({"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2})
"""Bytes per number of the types that are read."""

_ARRAY = 1
_LONGEST_HEADER = 1000  # of an array: shape and name of the type
_DAMAGE = (ValueError, TypeError, OverflowError, msgpack.exceptions.UnpackException)


@dataclass(frozen=True)
class Leaf:
    """An array: the keys that lead to it, its shape and type, and where its numbers are (start, stop)."""

    keys: tuple[str, ...]
    shape: tuple[int, ...]
    kind: str
    parts: tuple[tuple[int, int], ...]


def read_tree(path: Path) -> tuple[memoryview, list[Leaf]]:
    """The bytes of a file, and all arrays in it in order.

    Raises:
        FiltershiftError: this is not a file of Flax, or it is damaged.
    """
    try:
        with path.open("rb") as file:
            view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            reader = _Reader(view, msgpack.Unpacker(file, max_buffer_size=len(view), strict_map_key=False))
            leaves = list(reader.container(()))
            if reader.position != len(view):
                raise ValueError(f"it goes on after its end at byte {reader.position:,}")
    except OSError as error:
        raise FiltershiftError(f"{path.name} cannot be read ({error.strerror})") from None
    except _DAMAGE as error:
        reason = one_line(error) or "it is cut off"
        raise FiltershiftError(f"{path.name} is not a file of Flax, or damaged ({reason}); get it again") from None
    return view, leaves


@dataclass
class _Reader:
    view: memoryview
    unpacker: msgpack.Unpacker
    found: int = field(default=0)

    @property
    def position(self) -> int:
        """Position of the next object."""
        return int(self.unpacker.tell())

    def container(self, keys: tuple[str, ...]) -> Iterator[Leaf]:
        """The arrays in the map or list that comes next."""
        if len(keys) > DEEPEST:
            raise FiltershiftError(f"holds more than {DEEPEST} levels of nested maps")
        is_map = self._next() == "map"
        length = self.unpacker.read_map_header() if is_map else self.unpacker.read_array_header()
        for number in range(length):
            key = self._key() if is_map else str(number)
            if key == "__msgpack_chunked_array__" and number == 0 and length == 3:
                self.unpacker.skip()
                yield self._chunked(keys)
                break
            yield from self._value((*keys, key))

    def _value(self, keys: tuple[str, ...]) -> Iterator[Leaf]:
        match self._next():
            case "map" | "list":
                yield from self.container(keys)
            case "extension":
                start = self.position
                self.unpacker.skip()
                leaf = self._array(keys, start, self.position)
                if leaf:
                    yield leaf
            case _:
                self.unpacker.skip()

    def _array(self, keys: tuple[str, ...], start: int, stop: int) -> Leaf | None:
        """The array in an extension, None if that holds something else."""
        code = self.view[start]
        # the length is in the first byte (fixext), or in the 1, 2 or 4 bytes after it; then comes the type
        at = start + 1 + {0xC7: 1, 0xC8: 2, 0xC9: 4}.get(code, 0)
        if self.view[at] != _ARRAY:
            return None
        self.found += 1
        if self.found > MOST_ARRAYS:
            raise FiltershiftError(f"holds more than {MOST_ARRAYS:,} arrays")
        header = msgpack.Unpacker()
        header.feed(self.view[at + 1 : min(stop, at + 1 + _LONGEST_HEADER)])
        length, shape, kind = header.read_array_header(), header.unpack(), header.unpack()
        name = ".".join(keys)[:80]
        if length != 3 or not isinstance(kind, str) or not _is_shape(shape):
            raise FiltershiftError(f"array {name!r} has no shape and type")
        at += 1 + header.tell()
        at += {0xC4: 2, 0xC5: 3, 0xC6: 5}.get(self.view[at] if at < stop else 0, 0)
        if kind in BYTES and math.prod(shape) * BYTES[kind] != stop - at:
            raise FiltershiftError(f"array {name!r} has {stop - at:,} bytes but declares {kind} of shape {shape}"[:300])
        return Leaf(keys, tuple(shape), kind[:20], ((at, stop),))

    def _chunked(self, keys: tuple[str, ...]) -> Leaf:
        """The array whose shape and parts come next."""
        shape: tuple[int, ...] | None = None
        parts: list[Leaf] = []
        for _ in range(2):
            if self._key() == "shape":
                shape = tuple(self._integers())
            else:
                parts += self.container(keys)
        kinds = {part.kind for part in parts}
        if shape is None or len(kinds) != 1 or math.prod(shape) != sum(math.prod(part.shape) for part in parts):
            raise FiltershiftError(f"array {'.'.join(keys)[:80]!r} is in parts that do not fit its shape")
        return Leaf(keys, shape, kinds.pop(), tuple(place for part in parts for place in part.parts))

    def _integers(self) -> Iterator[int]:
        """The sizes of a shape, which is a map from 0, 1, … to sizes."""
        for _ in range(self.unpacker.read_map_header()):
            self._key()
            size = self.unpacker.unpack() if self._next() == "number" else -1
            if not _is_shape([size]):
                raise ValueError("a size is not a number")
            yield size

    def _key(self) -> str:
        if self._next() not in ("text", "number"):
            raise ValueError("a key is neither text nor a number")
        return str(self.unpacker.unpack())

    def _next(self) -> str:
        """What comes next, by its first byte."""
        if self.position >= len(self.view):
            raise ValueError("it is cut off")
        return _KINDS.get(self.view[self.position], "")


def _is_shape(sizes: object) -> bool:
    return isinstance(sizes, list) and all(type(size) is int and 0 <= size < 2**62 for size in sizes)


def _kinds() -> Mapping[int, str]:
    """What the first byte of an object says: https://github.com/msgpack/msgpack/blob/master/spec.md."""
    bytes_of = {
        "map": [*range(0x80, 0x90), 0xDE, 0xDF],
        "list": [*range(0x90, 0xA0), 0xDC, 0xDD],
        "text": [*range(0xA0, 0xC0), 0xD9, 0xDA, 0xDB],
        "number": [*range(0x80), *range(0xCC, 0xD4)],
        "extension": [0xC7, 0xC8, 0xC9, *range(0xD4, 0xD9)],
    }
    return {code: kind for kind, codes in bytes_of.items() for code in codes}


_KINDS = _kinds()
