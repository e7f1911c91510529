"""What stands for PyTorch's objects in a pickle that is read without PyTorch."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

BYTES = MappingProxyType(
    {
        **{"Double": 8, "Float": 4, "Half": 2, "BFloat16": 2, "Long": 8, "Int": 4, "Short": 2, "Char": 1, "Byte": 1},
        **{"Bool": 1, "ComplexDouble": 16, "ComplexFloat": 8, "ComplexHalf": 4, "Untyped": 1},
        **{"QInt8": 1, "QUInt8": 1, "QInt32": 4, "QUInt4x2": 1, "QUInt2x4": 1},
    }
)
"""Bytes per number in a storage, by PyTorch's name of the type (Float for torch.FloatStorage)."""


@dataclass(frozen=True)
class Name:
    """A name in a pickle, "module.name", kept as text."""

    text: str


@dataclass(frozen=True)
class Storage:
    """Stored numbers of one or more tensors: their key in the file, their type, and how many they are."""

    key: str
    kind: str
    count: int


@dataclass(frozen=True)
class Tensor:
    """A view of a storage; offset and strides count numbers, not bytes.

    `kind` is the type of the numbers: that of the storage, or a full name ("torch.float8_e4m3fn") if the storage holds
    untyped bytes. A `negative` tensor has the opposite sign of what is stored.
    """

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    kind: str
    negative: bool = False


@dataclass(eq=False)
class Dtype:
    """A numpy dtype: its name without byte order ("f4"), and the byte order, which a pickle sets after making it."""

    text: str
    order: str = "|"


@dataclass(eq=False)
class Array:
    """A numpy array inside a pickle, which sets all of this after making it.

    `data` are bytes, text whose characters are bytes (pickles of protocol 2), or a list of objects.
    """

    shape: tuple[int, ...] = ()
    dtype: Dtype | None = None
    data: Any = b""
    fortran: bool = False


@dataclass(frozen=True, eq=False)
class Unread:
    """A tensor whose values cannot be read: its shape (None if unknown) and why."""

    shape: tuple[int, ...] | None
    reason: str


@dataclass(eq=False)
class Opaque:
    """A stand-in for an object of any other class.

    Attributes:
        name: its class or the function that makes it.
        content: its attributes, and its items if it is a dictionary.
        items: what it was made with, its items if it is a list or a set, and its state if that is not attributes.
    """

    name: str
    content: dict[Any, Any] = field(default_factory=dict)
    items: list[Any] = field(default_factory=list)


AnyTensor = Tensor | Array | Unread
