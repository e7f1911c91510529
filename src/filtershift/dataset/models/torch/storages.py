"""Read tensors out of the members of a zip file that PyTorch wrote."""

from __future__ import annotations

import lzma
import math
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.models.stored import StoredTensor
from filtershift.dataset.models.torch.pickles import BYTES, Storage, Tensor
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

_FLOATS = {"Double": "f8", "Float": "f4", "Half": "f2"}


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
            raise FiltershiftError(f"has {self.size:,} bytes but claims to hold {claimed:,}; PyTorch packs no tensors")

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


def claimed_kernels(tensors: Iterable[Tensor]) -> Counter[str]:
    """How many numbers the 3×3 kernels among different tensors take from each storage."""
    claimed = Counter[str]()
    for tensor in set(tensors):
        if tensor.shape[2:] == (3, 3):
            claimed[tensor.storage.key] += math.prod(tensor.shape)
    return claimed


def tensor_in_storage(
    name: str, tensor: Tensor, claimed: Counter[str], read: Callable[[Storage], bytes], mark: str = "<"
) -> StoredTensor:
    """A tensor that is read when needed.

    Args:
        name: its name in the model.
        tensor: where it is.
        claimed: what `claimed_kernels` gives for all tensors of the file.
        read: function that reads a storage.
        mark: numpy's character for the byte order.

    Raises:
        FiltershiftError: it reaches over the end of its storage.
    """
    shape, storage = tensor.shape, tensor.storage
    last = tensor.offset + sum((length - 1) * stride for length, stride in zip(shape, tensor.strides, strict=True))
    if math.prod(shape) and last >= storage.count:
        raise FiltershiftError(f"tensor {name[:80]!r} ends at {last:,} in a storage of {storage.count:,} numbers")
    reason = ""
    if tensor.kind not in (*_FLOATS, "BFloat16"):
        reason = f"quantised (weights are {tensor.kind})"
    elif math.prod(shape) > storage.count or (shape[2:] == (3, 3) and claimed[storage.key] > storage.count):
        reason = "overlaps with itself or other tensors"
    return StoredTensor(name, shape, tensor, partial(_load, tensor, read, mark), reason)


def _load(tensor: Tensor, read: Callable[[Storage], bytes], mark: str) -> NDArray[np.float32]:
    if not math.prod(tensor.shape):
        return np.empty(tensor.shape, np.float32)
    numbers = np.frombuffer(read(tensor.storage), f"{mark}{_FLOATS.get(tensor.kind, 'u2')}", tensor.storage.count)
    strides = [stride * numbers.itemsize for stride in tensor.strides]
    view = np.lib.stride_tricks.as_strided(numbers[tensor.offset :], tensor.shape, strides, writeable=False)
    if tensor.kind == "BFloat16":  # the upper half of a float32
        return (view.astype(np.uint32) << 16).view(np.float32)
    return view.astype(np.float32)
