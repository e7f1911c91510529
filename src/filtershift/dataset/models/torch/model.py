"""Read the tensors of one model from a PyTorch file, zip (since 1.6) or the older format, without PyTorch."""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from filtershift.dataset.models.model import Skipped
from filtershift.dataset.models.stored import StoredModel, StoredTensor
from filtershift.dataset.models.tensors.model import model_of_tensors
from filtershift.dataset.models.torch.archive import Archive
from filtershift.dataset.models.torch.modules import epsilons_of, groups_of, sort_out
from filtershift.dataset.models.torch.objects import BYTES, Storage
from filtershift.dataset.models.torch.pickles import read_pickle
from filtershift.dataset.models.torch.state_dict import model_tensors
from filtershift.dataset.models.torch.values import Read, stored_tensors
from filtershift.errors import FiltershiftError, one_line

LARGEST_PICKLE = 1 << 28  # bytes; weights are not in the pickle, so real ones have less than a hundredth of this
"""The start of a file in the format of torch.save before 1.6: the pickled magic number."""

_DAMAGE = (OSError, EOFError, ValueError)


@dataclass(frozen=True)
class Contents:
    """The tensors of a model, and what its modules say of them, as for `model_of_tensors`."""

    tensors: list[StoredTensor]
    groups: Mapping[str, int]
    epsilons: Mapping[str, float]
    skipped: tuple[Skipped, ...]

    def model(self) -> StoredModel:
        """The convolutions among the tensors."""
        return model_of_tensors(self.tensors, groups=self.groups, skipped=self.skipped, epsilons=self.epsilons)


def read_zip(path: Path) -> StoredModel:
    """Read the model in a zip file, see `zip_contents`."""
    return zip_contents(path).model()


def read_legacy(path: Path) -> StoredModel:
    """Read the model in a file in the format before PyTorch 1.6, see `legacy_contents`."""
    return legacy_contents(path).model()


def zip_contents(path: Path) -> Contents:
    """Read the tensors in a zip file.

    The file may hold a state_dict, a checkpoint that contains one, a whole module, or TorchScript. No code that it
    names is imported or run, and never more is read than the file has bytes.

    Raises:
        FiltershiftError: this is not a PyTorch file, or it contradicts itself.
    """
    return _read_zip(Archive(path))


def legacy_contents(path: Path) -> Contents:
    """The same for a file in the format before PyTorch 1.6.

    Raises:
        FiltershiftError: the file contradicts itself.
    """
    try:
        with path.open("rb") as file:
            return _read_legacy(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
    except _DAMAGE as error:
        raise FiltershiftError(f"cannot be read ({one_line(error)})") from None


def _read_zip(archive: Archive) -> Contents:
    pickles = sorted((name for name in archive.names() if f"/{name}".endswith("/data.pkl")), key=_depth)
    if not pickles or archive.sizes(pickles[:1]) > LARGEST_PICKLE:
        raise FiltershiftError("is a zip file, but not a PyTorch model; expected a file written by torch.save")
    archive.check_single()
    if pickles[1:] and _depth(pickles[1]) == _depth(pickles[0]):
        raise FiltershiftError(f"holds more than one model ({pickles[1][:80]!r} is not the only one); expected one")
    folder = pickles[0].removesuffix("data.pkl")
    archive.refuse_packed(archive.names(f"{folder}data/"))
    read = partial(archive.storage, f"{folder}data/")
    return _contents(read_pickle(memoryview(archive.read(pickles[0]))).value, read, archive.byte_order(folder))


def _depth(name: str) -> int:
    return name.count("/")


def _read_legacy(view: memoryview) -> Contents:
    """Read five pickles (magic number, version, system, saved object, storage keys), then the storages with lengths."""
    position, parts = 0, []
    for _ in range(5):
        parts.append(read_pickle(view[position:]))
        position += parts[-1].size
    saved, keys = parts[3], parts[4].value
    places: dict[str, tuple[int, int]] = {}
    for key in keys if isinstance(keys, list) else []:
        storage = saved.storages.get(key) if isinstance(key, str) else None
        if storage is None or storage.kind not in BYTES:
            raise FiltershiftError(f"has a storage {str(key)[:80]!r} of unknown type")
        start, length = position + 8, storage.count * BYTES[storage.kind]
        if int.from_bytes(view[position:start], "little") != storage.count or start + length > len(view):
            raise FiltershiftError(f"is cut off or damaged at its storage {key[:80]!r}; get the file again")
        places[key], position = (start, start + length), start + length

    def read(storage: Storage) -> memoryview:
        if storage.key not in places:
            raise FiltershiftError(f"has no storage {storage.key[:80]!r}, but a tensor that refers to it")
        start, stop = places[storage.key]
        return view[start:stop]

    return _contents(saved.value, read, "<")


def _contents(root: object, read: Read, mark: str) -> Contents:
    """The tensors in a file's content `root`; `mark` is numpy's character for the byte order."""
    found, skipped = model_tensors(root)
    found, others = sort_out(found)
    groups = {item.name: groups for item in found if (groups := groups_of(item))}
    return Contents(stored_tensors(found, read, mark), groups, epsilons_of(found), (*skipped, *others))
