"""Bundles: the statistics of a finished run in one file, from which others go on without its filters."""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from filtershift.dataset.sources.archives import LARGEST_MEMBER, SUSPECT_RATIO, SUSPECT_SIZE
from filtershift.dataset.sources.bundle_manifest import Manifest, Member, RunSettings, parsed_manifest, without_paths
from filtershift.errors import FiltershiftError, one_line
from filtershift.files import whole_file

MANIFEST = "manifest.json"
LARGEST_MANIFEST = 16 << 20  # bytes
CHUNK = 1 << 20
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of zip archives: equal statistics make equal bundles
READABLE = 0o644 << 16

_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError, NotImplementedError)


def write_bundle(path: Path, files: Mapping[str, Path], configuration: Mapping[str, Any]) -> None:
    """Pack the files of a run by their names in the bundle, with a manifest in front.

    Equal files and an equal configuration give equal bytes. ``configuration`` is the resolved one; what it says of this
    machine's files is left out.
    """
    kept = without_paths(configuration)
    settings = RunSettings.of(kept, str(path))
    members = {name: Member(files[name].stat().st_size, _sha256(files[name])) for name in sorted(settings.files)}
    with whole_file(path) as beside, zipfile.ZipFile(beside, "w") as archive:
        archive.writestr(_entry(MANIFEST), Manifest(kept, settings, members).text)
        for name, member in members.items():
            with files[name].open("rb") as source, archive.open(_entry(name, member.size), "w") as target:
                while chunk := source.read(CHUNK):
                    target.write(chunk)


def read_manifest(path: Path) -> Manifest:
    """What a bundle says of itself; its other files are not looked at.

    Raises:
        FiltershiftError: there is no such file, or it is no bundle of this version.
    """
    with _opened(path) as archive:
        return _manifest(path, archive)


def read_table_text(path: Path, name: str) -> str:
    """The text of one of a bundle's tables.

    Raises:
        FiltershiftError: the bundle is damaged.
    """
    with _opened(path) as archive:
        manifest = _manifest(path, archive)
        _check_size(path, archive.getinfo(name), manifest.members[name])
        return archive.read(name).decode("utf-8")


def unpack(path: Path, folder: Path) -> Manifest:
    """Unpack a bundle into a folder, each file checked against the manifest.

    Only files that a run so configured has are written, under their own names.

    Raises:
        FiltershiftError: the bundle is damaged, was changed, or holds what no bundle does. The folder may then hold
            files that are whole, and one that is not.
    """
    with _opened(path) as archive:
        manifest = _manifest(path, archive)
        entries = {entry.filename: entry for entry in archive.infolist() if entry.filename != MANIFEST}
        for name, member in manifest.members.items():
            _check_size(path, entries[name], member)
        for name, member in manifest.members.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entries[name]) as source:
                found = _copy(source, target)
            if found != member.sha256:
                raise FiltershiftError(
                    f"{path}: {name} was changed: its SHA-256 is not the one in manifest.json; get the bundle again"
                )
    return manifest


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; damage, found whenever, is a FiltershiftError."""
    if not path.is_file():
        raise FiltershiftError(f"{path}: no such file; expected a bundle, as `snakemake bundle` writes")
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _DAMAGE as error:
        raise FiltershiftError(f"{path}: is no bundle, or was cut or damaged ({one_line(error)})") from None


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    """The manifest of an archive that holds exactly the files which that names."""
    names = archive.namelist()
    if MANIFEST not in names:
        raise FiltershiftError(f"{path}: is a zip archive, but no bundle: it has no {MANIFEST}")
    if (size := archive.getinfo(MANIFEST).file_size) > LARGEST_MANIFEST:
        raise FiltershiftError(f"{path}: {MANIFEST} claims {size:,} bytes; no bundle's is so large")
    manifest = parsed_manifest(path, archive.read(MANIFEST))
    if len(set(names)) < len(names) or set(names) != {MANIFEST, *manifest.members}:
        odd = next((name for name in names if name not in (MANIFEST, *manifest.members)), "")
        said = f"holds {odd[:200]!r}, which is" if odd else "holds a file twice, or lacks one, which is"
        raise FiltershiftError(f"{path}: {said} not as {MANIFEST} says; get the bundle again")
    return manifest


def _check_size(path: Path, entry: zipfile.ZipInfo, member: Member) -> None:
    """Refuse an entry whose size is not the manifest's, or which unpacks to more than any statistics do."""
    size, packed = entry.file_size, max(entry.compress_size, 1)
    if size != member.size:
        raise FiltershiftError(f"{path}: {entry.filename} has {size:,} bytes; {MANIFEST} says {member.size:,}")
    if size > LARGEST_MEMBER or (size > SUSPECT_SIZE and size > SUSPECT_RATIO * packed):
        raise FiltershiftError(
            f"{path}: {entry.filename} claims {size:,} bytes out of {packed:,}; no statistics are so large, or "
            "compress so well"
        )


def _copy(source: IO[bytes], target: Path) -> str:
    """Copy a file; its SHA-256."""
    digest = hashlib.sha256()
    with target.open("wb") as file:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _entry(name: str, size: int = 0) -> zipfile.ZipInfo:
    """A new entry, the same on every machine and every day."""
    entry = zipfile.ZipInfo(name, FIRST_DAY)
    entry.file_size = size
    entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, READABLE
    return entry
