"""Tensors of a PyTorch file, whose values are read when they are needed."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.models.stored import StoredTensor
from filtershift.dataset.models.torch.modules import Found
from filtershift.dataset.models.torch.objects import Array, Storage, Tensor
from filtershift.errors import FiltershiftError, one_line

Read = Callable[[Storage], bytes | memoryview]
"""A function that reads the bytes of a storage."""

Load = Callable[[], NDArray[np.float32]]

_FLOATS = {"Double": "f8", "Float": "f4", "Half": "f2"}
_NUMBERS = re.compile("[iufc][0-9]{1,2}|b1")  # numpy's dtypes of numbers, without byte order


def stored_tensors(found: Sequence[Found], read: Read, mark: str) -> list[StoredTensor]:
    """The tensors that were found; `mark` is numpy's character for the byte order.

    Raises:
        FiltershiftError: a tensor does not fit what is stored.
    """
    claimed = claimed_kernels(item.tensor for item in found if isinstance(item.tensor, Tensor))
    read = lru_cache(maxsize=1)(read)  # tensors of the same storage follow each other
    stored = []
    for item in found:
        if isinstance(item.tensor, Tensor):
            view = stored_view(item.name, item.tensor, claimed, read, mark)
            load, reason = view.load, view.left_out
        elif isinstance(item.tensor, Array):
            load, reason = _array(item.name, item.tensor)
        else:
            load, reason = _nothing, item.tensor.reason
        stored.append(StoredTensor(item.name, item.tensor.shape, item.tensor, load, item.left_out or reason))
    return stored


def claimed_kernels(tensors: Iterable[Tensor]) -> Counter[str]:
    """How many numbers the 3×3 kernels among different tensors take from each storage."""
    claimed = Counter[str]()
    for tensor in set(tensors):
        if tensor.shape[2:] == (3, 3):
            claimed[tensor.storage.key] += math.prod(tensor.shape)
    return claimed


def stored_view(name: str, tensor: Tensor, claimed: Counter[str], read: Read, mark: str = "<") -> StoredTensor:
    """A view of a storage, which is read when needed.

    Args:
        name: its name in the model.
        tensor: the view.
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
        reason = _kind(tensor.kind)
    elif math.prod(shape) > storage.count or (shape[2:] == (3, 3) and claimed[storage.key] > storage.count):
        reason = "overlaps with itself or other tensors"
    return StoredTensor(name, shape, tensor, partial(_load_view, tensor, read, mark), reason)


def _load_view(tensor: Tensor, read: Read, mark: str) -> NDArray[np.float32]:
    if not math.prod(tensor.shape):
        return np.empty(tensor.shape, np.float32)
    numbers = np.frombuffer(read(tensor.storage), f"{mark}{_FLOATS.get(tensor.kind, 'u2')}", tensor.storage.count)
    strides = [stride * numbers.itemsize for stride in tensor.strides]
    view = np.lib.stride_tricks.as_strided(numbers[tensor.offset :], tensor.shape, strides, writeable=False)
    is_upper_half = tensor.kind == "BFloat16"  # of a float32
    values = (view.astype(np.uint32) << 16).view(np.float32) if is_upper_half else view.astype(np.float32)
    return -values if tensor.negative else values


def _array(name: str, array: Array) -> tuple[Load, str]:
    """How a numpy array in the pickle is read, and why it is left out."""
    text = array.dtype.text if array.dtype else "nothing"
    if not _NUMBERS.fullmatch(text):
        return _nothing, f"weights are {text[:80]}"
    found = len(array.data) if isinstance(array.data, bytes | bytearray | str) else 0
    declared = math.prod(array.shape) * int(text[1:])
    if found != declared:
        raise FiltershiftError(f"array {name[:80]!r} has {found:,} bytes but declares {declared:,}")
    readable = text in _FLOATS.values()
    return partial(_load_array, name, array), "" if readable else _kind(np.dtype(text).name)


def _load_array(name: str, array: Array) -> NDArray[np.float32]:
    try:
        data = array.data.encode("latin-1") if isinstance(array.data, str) else array.data
    except UnicodeEncodeError as error:
        raise FiltershiftError(f"array {name[:80]!r} is not made of bytes ({one_line(error)})") from None
    return (
        np.frombuffer(data, f"{array.dtype.order}{array.dtype.text}" if array.dtype else None)
        .reshape(array.shape, order="F" if array.fortran else "C")
        .astype(np.float32)
    )


def _kind(name: str) -> str:
    """Why numbers of a type are left out."""
    return f"complex (weights are {name})" if "complex" in name.lower() else f"quantised (weights are {name})"


def _nothing() -> NDArray[np.float32]:
    raise FiltershiftError("has a tensor whose values cannot be read")
