"""Records in a TFLite file, which is a flatbuffer: fields by their number in the schema, read when they are asked for.

Nothing in a flatbuffer keeps records and vectors from overlapping, so that a small file can describe an endless model.
What is read is counted, and may not be much more than the file has.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from flatbuffers import number_types as kinds
from flatbuffers.table import Table

from filtershift.errors import FiltershiftError, one_line

RECORD_BYTES = 16  # with its place in a vector, the least that a record of a tensor or an operator takes
LONGEST = 1 << 12  # characters of a name; some dozen joined names take a thousand
TIMES = 4  # some records are read several times, and writers may store equal lists and names once
_DAMAGE = (struct.error, ValueError, IndexError, TypeError, OverflowError)


class Span(NamedTuple):
    """Bytes in the file: the first one, and how many."""

    start: int
    length: int


class Source:
    """A file, and how many bytes of it may still be read as records, names and lists of numbers."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._left = TIMES * len(self.data)

    def root(self) -> Record:
        """The record that the file is."""
        with damage():
            return Record(self, Table(self.data, 0).Indirect(0))

    def spend(self, count: int) -> None:
        """Count bytes that are read."""
        self._left -= count
        if self._left < 0:
            raise FiltershiftError("is a damaged TFLite file: its records take more bytes than it has")


class Record:
    """One record. A field that is missing has the default of the schema, which is 0 unless given."""

    def __init__(self, source: Source, position: int) -> None:
        source.spend(RECORD_BYTES)
        self._source = source
        self._table = Table(source.data, position)

    def integer(self, field: int, kind: type = kinds.Int32Flags) -> int:
        """A number."""
        with damage():
            offset = self._offset(field)
            return int(self._table.Get(kind, self._table.Pos + offset)) if offset else 0

    def text(self, field: int) -> str:
        """A text, cut off where it is too long; "" if it is missing."""
        start, length = self.span(field)
        length = min(length, LONGEST)
        self._source.spend(length)
        return self._source.data[start : start + length].decode(errors="replace")

    def integers(self, field: int) -> list[int]:
        """A list of numbers of 32 bits."""
        span = self.span(field, 4)
        self._source.spend(span.length)
        with damage():
            return list(struct.unpack_from(f"<{span.length // 4}i", self._source.data, span.start))

    def record(self, field: int) -> Record | None:
        """A record, if there is one."""
        with damage():
            offset = self._offset(field)
            return Record(self._source, self._table.Indirect(self._table.Pos + offset)) if offset else None

    def records(self, field: int) -> Records:
        """A list of records."""
        return Records(self._source, self.span(field, 4))

    def span(self, field: int, size: int = 1) -> Span:
        """Where a list of values of `size` bytes is; of no length if it is missing."""
        with damage():
            offset = self._offset(field)
            if not offset:
                return Span(0, 0)
            span = Span(self._table.Vector(offset), self._table.VectorLen(offset) * size)
        if span.start + span.length > len(self._source.data):
            raise FiltershiftError(
                f"is a damaged TFLite file: a list of {span.length:,} bytes starts at byte {span.start:,}, but the "
                f"file has {len(self._source.data):,}; get the file again"
            )
        return span

    def _offset(self, field: int) -> int:
        return int(self._table.Offset(4 + 2 * field))


class Records:
    """A list of records, each of which is read when it is asked for."""

    def __init__(self, source: Source, span: Span) -> None:
        self._source, self._span = source, span

    def __len__(self) -> int:
        return self._span.length // 4

    def __getitem__(self, number: int) -> Record:
        if not 0 <= number < len(self):
            raise FiltershiftError(f"is a damaged TFLite file: it names record {number} of {len(self):,}")
        with damage():
            table = Table(self._source.data, 0)
            return Record(self._source, table.Indirect(self._span.start + 4 * number))

    def __iter__(self) -> Iterator[Record]:
        return map(self.__getitem__, range(len(self)))


@contextmanager
def damage() -> Iterator[None]:
    """Turn the errors of a flatbuffer with wrong offsets into one line."""
    try:
        yield
    except _DAMAGE as error:
        raise FiltershiftError(f"is a damaged TFLite file ({one_line(error)}); get the file again") from None
