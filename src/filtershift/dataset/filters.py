"""The filters of a data set, read in ranges of rows."""

import mmap
from math import prod
from pathlib import Path
from types import TracebackType
from typing import Self

import h5py
import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.hdf5 import find_array, open_hdf5, place, reading
from filtershift.errors import FiltershiftError

_NODES = ("filters", "filter")  # the authors' files use the first name, their README the second
_AHEAD = 64 << 20  # bytes to fetch ahead, and to keep behind: a few times what all threads work on at once
_CACHE = 8 << 20  # bytes; the cache of HDF5 for decompressed blocks
# Bytes per weight in the file -> type of the weights returned.
_DTYPES: dict[int, np.dtype] = {2: np.dtype("f4"), 4: np.dtype("f4"), 8: np.dtype("f8")}


class FilterFile:
    """The filters of a data set file: `/filters` or `/filter`, N×9 or N×3×3 of f16, f32 or f64 in either byte order.

    A context manager. Contiguous data are memory-mapped; chunked or compressed data are read through HDF5. Filters are
    not kept in memory, and several threads may read at once.

    Attributes:
        path: the file.
        n_filters: N.
        dtype: type of the filters that `read` returns: float64 for f64, otherwise float32.
        contiguous: whether the data are memory-mapped.
        bytes_per_filter: size of one filter in the file, before compression.

    Raises:
        FiltershiftError: the file is not HDF5, has no such node, or its data are not 3×3 floating-point filters.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with reading(path, "/filters"):
            self._file = open_hdf5(path)
            try:
                node = _filters_node(self._file)
                block = prod(node.chunks or ()) * node.dtype.itemsize
                if block > _CACHE // 2:  # with a smaller cache each read would decompress the block again
                    self._file.close()
                    self._file = open_hdf5(path, rdcc_nbytes=2 * block)
                    node = _filters_node(self._file)
                offset = _offset(path, node)
            except BaseException:
                self._file.close()
                raise
        self.n_filters = int(node.shape[0])
        self.dtype = _DTYPES[node.dtype.itemsize]
        self.bytes_per_filter = 9 * node.dtype.itemsize
        self.contiguous = offset is not None
        self._rows: h5py.Dataset | NDArray = node
        self._map: mmap.mmap | None = None
        if offset is not None:
            with path.open("rb") as stream:
                self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            self._offset = offset
            self._rows = np.frombuffer(self._map, node.dtype, node.size, offset).reshape(-1, 9)

    def read(self, start: int, stop: int) -> NDArray:
        """Filters `start` to `stop - 1`, shape (stop − start, 9), read-only, in native byte order.

        If no conversion is needed this is a view of the mapped file, which costs nothing until it is used.

        Raises:
            FiltershiftError: a compressed block is damaged.
        """
        if self._map is not None:
            self._slide(start, stop)
        with reading(self.path, f"filters {start} to {stop - 1}"):
            rows = self._rows[start:stop].reshape(-1, 9)
        filters = np.require(rows, self.dtype, ["C_CONTIGUOUS", "ALIGNED"])
        filters.flags.writeable = False  # compiled code sees one kind of array, mapped or not
        return filters

    def _slide(self, start: int, stop: int) -> None:
        """Ask the system to fetch the filters that follow, so that no thread waits, and unmap those read long before.

        Unmapped pages stay in the system's cache but no longer count as memory of this process.
        """
        length = (stop - start) * self.bytes_per_filter + mmap.PAGESIZE
        for distance, advice in ((_AHEAD, mmap.MADV_WILLNEED), (-_AHEAD, mmap.MADV_DONTNEED)):
            first = self._offset + start * self.bytes_per_filter + distance
            first -= first % mmap.PAGESIZE
            if self._map is not None and 0 <= first < len(self._map):
                self._map.madvise(advice, first, min(length, len(self._map) - first))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with reading(self.path, "the file"):
            self._file.close()


def _filters_node(file: h5py.File) -> h5py.Dataset:
    node = find_array(file, *_NODES)
    if node.dtype.kind != "f" or node.dtype.itemsize not in _DTYPES:
        raise FiltershiftError(f"{place(node)} has type {node.dtype}; expected float16, float32 or float64")
    if not node.shape or node.shape[1:] not in {(9,), (3, 3)} or node.shape[0] == 0:
        raise FiltershiftError(f"{place(node)} has shape {node.shape}; expected (N, 9) or (N, 3, 3) with N ≥ 1")
    return node


def _offset(path: Path, node: h5py.Dataset) -> int | None:
    """The position in the file where contiguous filters begin; None for any other layout."""
    offset = node.id.get_offset() if node.chunks is None else None
    if offset is not None and offset + node.size * node.dtype.itemsize > path.stat().st_size:
        raise FiltershiftError(f"{place(node)} is cut off; get the file again")
    return offset
