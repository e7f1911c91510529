"""Copy a model out of a package, which is a zip or tar archive, without unpacking the rest."""

from __future__ import annotations

import lzma
import shutil
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from filtershift.dataset.models.containers import MODELS
from filtershift.errors import FiltershiftError, one_line

LARGEST_MEMBER = 2 << 30  # bytes
SUSPECT_SIZE, SUSPECT_RATIO = 64 << 20, 100  # above both is a zip bomb: trained weights hardly compress

_DAMAGE = (
    *(OSError, EOFError, ValueError, RuntimeError, tarfile.TarError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
)


@dataclass(frozen=True)
class _Member:
    """A file in an archive: its size, the packed bytes that it comes out of, and how to open it."""

    size: int
    packed: int
    open: Callable[[], IO[bytes] | None]


def copy_model(archive: Path, member: str, folder: Path) -> Path:
    """Copy a model to `folder` under its plain name, with the .bin file beside it in which ncnn and OpenVINO keep
    weights; returns the model's path.

    Raises:
        FiltershiftError: the archive cannot be read, has no such file, or the size is impossible for a model.
    """
    path = PurePosixPath(member)
    if path.is_absolute() or ".." in path.parts or "\\" in member:
        raise FiltershiftError(f"{archive.name}: member {member!r} must be a path inside the package, without '..'")
    names = [member, *([str(path.with_suffix(".bin"))] if path.suffix in (".param", ".xml") else [])]
    try:
        if archive.suffix in (".whl", ".zip"):
            with zipfile.ZipFile(archive) as opened:
                _copy(archive, _in_zip(opened), names, folder)
        else:
            with tarfile.open(archive) as opened:
                _copy(archive, _in_tar(opened, archive), names, folder)
    except _DAMAGE as error:
        raise FiltershiftError(f"{archive.name}: member {member!r} cannot be read: {one_line(error)}") from None
    return folder / path.name


def _copy(archive: Path, members: dict[str, _Member], names: Sequence[str], folder: Path) -> None:
    """Copy files out of an archive; only the first of the names must be there."""
    if names[0] not in members:
        models = [repr(name)[1:-1] for name in members if name.endswith(MODELS)][:50]
        raise FiltershiftError(f"{archive.name}: no member {names[0]!r}; found {', '.join(models) or 'no model'}")
    for name in filter(members.__contains__, names):
        member = members[name]
        ratio = member.size / max(member.packed, 1)
        if member.size > LARGEST_MEMBER or (member.size > SUSPECT_SIZE and ratio > SUSPECT_RATIO):
            size = f"{member.size:,} bytes out of {member.packed:,}"
            raise FiltershiftError(f"{archive.name}: member {name!r} claims {size}; no model compresses so well")
        source = member.open()
        if source is None:
            raise FiltershiftError(f"{archive.name}: member {name!r} is no file")
        with source, (folder / PurePosixPath(name).name).open("wb") as target:
            shutil.copyfileobj(source, target)


def _in_zip(archive: zipfile.ZipFile) -> dict[str, _Member]:
    return {
        entry.filename: _Member(entry.file_size, entry.compress_size, partial(archive.open, entry))
        for entry in archive.infolist()
    }


def _in_tar(archive: tarfile.TarFile, path: Path) -> dict[str, _Member]:
    packed = path.stat().st_size
    return {
        entry.name: _Member(entry.size, packed, partial(archive.extractfile, entry))
        for entry in archive
        if entry.isfile()
    }
