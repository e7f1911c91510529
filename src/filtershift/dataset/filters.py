"""The filters of a data set, read in ranges of rows."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from struct import error as StructError
from types import TracebackType
from typing import Self

import h5py
import numpy as np
from numpy.typing import NDArray

from filtershift.errors import FiltershiftError

_NODES = ("filters", "filter")  # the authors' files have the first, their README says the second
_MOST_COMPRESSED = 10_000  # zlib makes zeros 1,032 times smaller; beyond this a size is declared, not stored
_DTYPES: dict[int, np.dtype] = {2: np.dtype("f4"), 4: np.dtype("f4"), 8: np.dtype("f8")}  # by bytes of a weight


def open_hdf5(path: Path) -> h5py.File:
    """The HDF5 file at `path`, open for reading.

    Raises:
        FiltershiftError: there is no such file, it is not HDF5, or it is cut off.
    """
    if not path.is_file():
        raise FiltershiftError(f"{path}: no such file; an HDF5 file with /filters and /meta would be right")
    try:
        return h5py.File(path, "r")
    except (OSError, RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        if "truncated file" in reason:
            reason = "the file is cut off; get it again"
        elif "file signature not found" in reason:
            reason = "not an HDF5 file; one with /filters and /meta would be right"
        raise FiltershiftError(f"{path}: {reason}") from error


@contextmanager
def reading(path: Path, what: str) -> Iterator[None]:
    """Turn what HDF5, numpy and pandas raise on damaged data into one line: "`path`: `what` cannot be read (…)"."""
    try:
        yield
    except (
        OSError,
        RuntimeError,
        LookupError,
        ValueError,
        TypeError,
        ArithmeticError,
        MemoryError,
        StructError,
    ) as error:
        reason = " ".join(str(error).split())[:200]
        raise FiltershiftError(f"{path}: {what} cannot be read ({reason}); get the file again") from error


def find_node(group: h5py.Group, *names: str) -> h5py.Group | h5py.Dataset:
    """The first of `names` in `group`.

    Raises:
        FiltershiftError: there is none (the message lists what there is), or its data lie in another file.
    """
    path, place = group.file.filename, group.name.rstrip("/")
    name = next((name for name in names if name in group), None)
    if name is None:
        wanted = " or ".join(f"{place}/{name}" for name in names)
        found = ", ".join(ascii(f"{place}/{name}")[1:-1] for name in list(group)[:50])
        raise FiltershiftError(f"{path}: no {wanted}; found {found or 'nothing'}")
    node = group[name]
    outside = isinstance(node, h5py.Dataset) and (node.external or node.is_virtual)
    if outside or node.file.filename != path:
        raise FiltershiftError(f"{path}: {place}/{name} lies in another file; data inside this file would be right")
    return node


def is_plain(kind: h5py.h5t.TypeID) -> bool:
    """Whether numbers of an HDF5 type are stored just as numpy has them.

    The type of any other need not be the one h5py tells, and where one is damaged HDF5 converts beyond its buffers.
    """
    if isinstance(kind, h5py.h5t.TypeCompoundID):
        return all(is_plain(kind.get_member_type(member)) for member in range(kind.get_nmembers()))
    if isinstance(kind, h5py.h5t.TypeArrayID | h5py.h5t.TypeVlenID):
        return is_plain(kind.get_super())
    if isinstance(kind, h5py.h5t.TypeIntegerID | h5py.h5t.TypeFloatID):
        return kind == h5py.h5t.py_create(kind.dtype)
    if isinstance(kind, h5py.h5t.TypeBitfieldID):
        return kind == h5py.h5t.STD_B8LE
    return isinstance(kind, h5py.h5t.TypeStringID)


class FilterFile:
    """The filters of a data set file: `/filters` or `/filter`, N×9 or N×3×3 of f16, f32 or f64 in either byte order.

    A context manager. Contiguous data are memory-mapped, others (chunked, compressed) read through HDF5; nothing is
    kept, and several threads may read at once.

    Attributes:
        path: the file.
        n_filters: N.
        dtype: what `read` returns: float64 for f64, else float32.
        contiguous: whether the data are memory-mapped.
        bytes_per_filter: size of a filter in the file, before compression.

    Raises:
        FiltershiftError: not an HDF5 file, no such node, or not filters of 3×3 floating point weights.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = open_hdf5(path)
        try:
            with reading(path, "/filters"):
                node = _filters_node(self._file)
                rows = _mapped(path, node)
        except FiltershiftError:
            self._file.close()
            raise
        self.n_filters = int(node.shape[0])
        self.dtype = _DTYPES[node.dtype.itemsize]
        self.bytes_per_filter = 9 * node.dtype.itemsize
        self.contiguous = rows is not None
        self._rows: h5py.Dataset | NDArray = node if rows is None else rows

    def read(self, start: int, stop: int) -> NDArray:
        """Filters `start` to `stop - 1`, shape (stop − start, 9), read-only, in native byte order.

        A view of the mapped file where that needs no conversion, which costs nothing until it is used.

        Raises:
            FiltershiftError: a damaged compressed block.
        """
        with reading(self.path, f"filters {start} to {stop - 1}"):
            rows = self._rows[start:stop].reshape(-1, 9)
        filters = np.require(rows, self.dtype, ["C_CONTIGUOUS", "ALIGNED"])
        filters.flags.writeable = False  # compiled code sees one kind of array, mapped or not
        return filters

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()


def _filters_node(file: h5py.File) -> h5py.Dataset:
    node = find_node(file, *_NODES)
    place = f"{file.filename}: {node.name}"
    if not isinstance(node, h5py.Dataset):
        raise FiltershiftError(f"{place} is a group; a data set of shape (N, 9) or (N, 3, 3) would be right")
    if not is_plain(node.id.get_type()) or node.dtype.kind != "f" or node.dtype.itemsize not in _DTYPES:
        raise FiltershiftError(f"{place} is of type {node.dtype}; float16, float32 or float64 would be right")
    if not node.shape or node.shape[1:] not in {(9,), (3, 3)} or node.shape[0] == 0:
        raise FiltershiftError(f"{place} has shape {node.shape}; (N, 9) or (N, 3, 3) with N ≥ 1 would be right")
    stored = node.id.get_storage_size()
    if node.size * node.dtype.itemsize > _MOST_COMPRESSED * stored:
        raise FiltershiftError(f"{place} declares {node.shape[0]:,} filters but {stored:,} bytes are stored")
    return node


def _mapped(path: Path, node: h5py.Dataset) -> NDArray | None:
    """The filters of a contiguous data set as a view of the file, N×9; None if they are stored in another way."""
    offset = node.id.get_offset() if node.chunks is None else None
    if offset is None:
        return None
    if offset + node.size * node.dtype.itemsize > path.stat().st_size:
        raise FiltershiftError(f"{path}: {node.name} is cut off; get the file again")
    with path.open("rb") as stream:
        mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(mapped, node.dtype, node.size, offset).reshape(-1, 9)
