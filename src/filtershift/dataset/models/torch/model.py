"""Read the tensors of one model from a PyTorch file, zip (since 1.6) or the older format, without PyTorch."""

from __future__ import annotations

import math
import mmap
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.models.stored import StoredModel, StoredTensor
from filtershift.dataset.models.tensors import model_of_tensors
from filtershift.dataset.models.torch.pickles import BYTES, Storage, Tensor, read_pickle
from filtershift.dataset.models.torch.state_dict import Found, model_tensors
from filtershift.errors import FiltershiftError, one_line

LARGEST_PICKLE = 1 << 28  # bytes; weights are not in the pickle, so real ones have less than a hundredth of this
LEGACY = re.compile(rb"\x80.(?:\x95.{8})?\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19\.", re.DOTALL)
"""The start of a file in the format of torch.save before 1.6: the pickled magic number."""

_FLOATS = {"Double": "f8", "Float": "f4", "Half": "f2"}
_DAMAGE = (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile)

Read = Callable[[Storage], bytes | memoryview]


def read_zip(path: Path) -> StoredModel:
    """Read the tensors in a zip file.

    The file may hold a state_dict, a checkpoint that contains one, a whole module, or TorchScript. No code that it
    names is imported or run, and never more is read than the file has bytes.

    Raises:
        FiltershiftError: this is not a PyTorch file, or it contradicts itself.
    """
    try:
        return _read_zip(zipfile.ZipFile(path), path.stat().st_size)
    except _DAMAGE as error:
        raise FiltershiftError(f"is a damaged zip file ({one_line(error)})") from None


def read_legacy(path: Path) -> StoredModel:
    """The same for a file in the format before PyTorch 1.6.

    Raises:
        FiltershiftError: the file contradicts itself.
    """
    try:
        with path.open("rb") as file:
            return _read_legacy(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
    except _DAMAGE as error:
        raise FiltershiftError(f"cannot be read ({one_line(error)})") from None


def _read_zip(archive: zipfile.ZipFile, size: int) -> StoredModel:
    entries = {entry.filename: entry for entry in archive.infolist()}
    pickles = sorted((entry for entry in entries if f"/{entry}".endswith("/data.pkl")), key=len)
    if not pickles or entries[pickles[0]].file_size > LARGEST_PICKLE:
        raise FiltershiftError("is a zip file, but not a PyTorch model; expected a file written by torch.save")
    folder = pickles[0].removesuffix("data.pkl")
    claimed = sum(entry.file_size for entry in archive.infolist() if entry.filename.startswith(f"{folder}data/"))
    if claimed > size:
        raise FiltershiftError(f"has {size:,} bytes but claims to hold {claimed:,}; torch.save compresses nothing")
    order = entries.get(f"{folder}byteorder")
    mark = ">" if order and order.file_size == 3 and archive.read(order) == b"big" else "<"

    def read(storage: Storage) -> bytes:
        entry = entries.get(f"{folder}data/{storage.key}")
        found, declared = entry.file_size if entry else 0, storage.count * BYTES[storage.kind]
        if entry is None or found != declared:
            raise FiltershiftError(f"storage {storage.key[:80]!r} has {found:,} bytes but declares {declared:,}")
        try:
            return archive.read(entry)
        except _DAMAGE as error:
            raise FiltershiftError(f"is a damaged zip file ({one_line(error)})") from None

    return _model(read_pickle(memoryview(archive.read(pickles[0]))).value, read, mark)


def _read_legacy(view: memoryview) -> StoredModel:
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

    return _model(saved.value, read, "<")


def _model(root: object, read: Read, mark: str) -> StoredModel:
    """The model in a file's content `root`; `mark` is numpy's character for the byte order."""
    found, skipped = model_tensors(root)
    claimed = Counter[str]()
    for tensor in {item.tensor for item in found if item.tensor.shape[2:] == (3, 3)}:
        claimed[tensor.storage.key] += math.prod(tensor.shape)
    read = lru_cache(maxsize=1)(read)  # tensors of the same storage follow each other
    tensors = [_stored(item, claimed, read, mark) for item in found]
    groups = {tensor.name: item.module["groups"] for tensor, item in zip(tensors, found, strict=True) if _groups(item)}
    return model_of_tensors(tensors, groups=groups, skipped=skipped)


def _groups(found: Found) -> bool:
    """Whether the module of a tensor says its number of groups, and can have them."""
    groups, shape = found.module.get("groups"), found.tensor.shape
    return type(groups) is int and groups > 0 and len(shape) > 0 and shape[0] % groups == 0


def _stored(found: Found, claimed: Counter[str], read: Read, mark: str) -> StoredTensor:
    """A tensor that is read when needed; `claimed` is how many numbers the 3×3 kernels take from each storage."""
    tensor, module, name = found.tensor, found.module, ".".join(found.keys)
    shape, storage = tensor.shape, tensor.storage
    last = tensor.offset + sum((length - 1) * stride for length, stride in zip(shape, tensor.strides, strict=True))
    if math.prod(shape) and last >= storage.count:
        raise FiltershiftError(f"tensor {name[:80]!r} ends at {last:,} in a storage of {storage.count:,} numbers")
    reason = ""
    if module.get("transposed") is True:
        reason = "transposed convolution"
    elif tensor.kind not in (*_FLOATS, "BFloat16"):
        reason = f"quantised (weights are {tensor.kind})"
    elif shape[2:] == (3, 3) and claimed[storage.key] > storage.count:
        reason = "overlaps with itself or other tensors"
    return StoredTensor(name, shape, tensor, partial(_load, tensor, read, mark), reason)


def _load(tensor: Tensor, read: Read, mark: str) -> NDArray[np.float32]:
    numbers = np.frombuffer(read(tensor.storage), f"{mark}{_FLOATS.get(tensor.kind, 'u2')}", tensor.storage.count)
    strides = [stride * numbers.itemsize for stride in tensor.strides]
    view = np.lib.stride_tricks.as_strided(numbers[tensor.offset :], tensor.shape, strides, writeable=False)
    if tensor.kind == "BFloat16":  # the upper half of a float32
        return (view.astype(np.uint32) << 16).view(np.float32)
    return view.astype(np.float32)
