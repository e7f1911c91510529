"""The members of a zip file that PyTorch wrote."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from filtershift.dataset.models.torch.objects import BYTES, Storage
from filtershift.errors import FiltershiftError, one_line

DAMAGE = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)
"""What the standard library raises on a damaged zip file."""


class Archive:
    """The members of a zip file, and its size in bytes."""

    def __init__(self, source: Path | bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(source) if isinstance(source, bytes) else source)
            self.size = len(source) if isinstance(source, bytes) else source.stat().st_size
            self._entries = {entry.filename: entry for entry in self._zip.infolist()}
        except DAMAGE as error:
            raise FiltershiftError(f"is a damaged zip file ({one_line(error)})") from None

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def names(self, prefix: str = "", suffix: str = "") -> list[str]:
        """The names of the members that begin and end so, in their order."""
        return [name for name in self._entries if name.startswith(prefix) and name.endswith(suffix)]

    def folder(self, member: str) -> str:
        """The folder that has `member`, with a slash at its end; "" if it is in none.

        Raises:
            FiltershiftError: the member is in no folder.
        """
        found = [name for name in self._entries if f"/{name}".endswith(f"/{member}")]
        if not found:
            raise FiltershiftError(f"has no member {member}")
        return min(found, key=len).removesuffix(member)

    def sizes(self, names: Iterable[str]) -> int:
        """How many bytes the members have in total, unpacked."""
        return sum(self._entries[name].file_size for name in names)

    def refuse_packed(self, names: Iterable[str]) -> None:
        """Refuse a file whose members have more bytes than itself.

        Raises:
            FiltershiftError: they have.
        """
        if (claimed := self.sizes(names)) > self.size:
            raise FiltershiftError(
                f"has {self.size:,} bytes but claims to hold {claimed:,}; torch.save compresses nothing"
            )

    def check_single(self) -> None:
        """Refuse a file in which one reader of zip files finds other members than the next one.

        Raises:
            FiltershiftError: a name is there twice, or there is something before the archive.
        """
        counts = Counter(entry.filename for entry in self._zip.infolist())
        if twice := [name for name, count in counts.items() if count > 1]:
            raise FiltershiftError(f"holds more than one model ({twice[0][:80]!r} is not the only one); expected one")
        if before := min((entry.header_offset for entry in self._zip.infolist()), default=0):
            raise FiltershiftError(
                f"has {before:,} bytes before its zip archive, such as another archive; expected one"
            )

    def read(self, name: str, largest: int | None = None) -> bytes:
        """The content of a member.

        Raises:
            FiltershiftError: it is missing, damaged, or has more than `largest` bytes.
        """
        entry = self._entries.get(name)
        if entry is None or (largest is not None and entry.file_size > largest):
            found = f"has {entry.file_size:,} bytes; expected at most {largest:,}" if entry else "is missing"
            raise FiltershiftError(f"the member {ascii(name)[1:-1][-80:]} {found}")
        try:
            return self._zip.read(entry)
        except DAMAGE as error:
            raise FiltershiftError(f"is a damaged zip file ({one_line(error)})") from None

    def storage(self, folder: str, storage: Storage) -> bytes:
        """The bytes of a storage in `folder`.

        Raises:
            FiltershiftError: they are more or fewer than declared.
        """
        entry = self._entries.get(f"{folder}{storage.key}")
        found, declared = entry.file_size if entry else 0, storage.count * BYTES.get(storage.kind, 1)
        if entry is None or found != declared:
            raise FiltershiftError(f"storage {storage.key[:80]!r} has {found:,} bytes but declares {declared:,}")
        return self.read(entry.filename)

    def byte_order(self, folder: str) -> str:
        """Numpy's character for the byte order of the storages."""
        order = f"{folder}byteorder"
        return ">" if order in self and self.sizes([order]) == 3 and self.read(order) == b"big" else "<"
