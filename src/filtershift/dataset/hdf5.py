"""Read nodes, attributes and bytes of HDF5 files that may be damaged or hostile; each problem gives one clear line.

Global heap: "HDF5 File Format Specification", III.E.
"""

import csv
import math
import mmap
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from operator import lt
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from filtershift.errors import FiltershiftError, one_line

_DAMAGE = (
    *(OSError, RuntimeError, LookupError, ValueError, TypeError, ArithmeticError, MemoryError),
    *(csv.Error, struct.error, zlib.error),
)
# The only compression filters allowed: in some of the others, which nobody uses for weights, HDF5 has buffer overruns.
_FILTERS = (h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32, h5py.h5z.FILTER_LZF)
_MOST_COMPRESSED = 10_000  # zlib shrinks zeros 1,032 times; a larger ratio means that the declared size is false
_LARGEST_BLOCK = 2**28  # bytes; HDF5 decompresses a whole block to read any part of it


def open_hdf5(path: Path, **options: Any) -> h5py.File:
    """Open the HDF5 file at `path` for reading; `options` go to `h5py.File`.

    Raises:
        FiltershiftError: the file does not exist, is not HDF5, or is cut off.
    """
    if not path.is_file():
        raise FiltershiftError(f"{path}: no such file; expected an HDF5 file with /filters and /meta")
    try:
        return h5py.File(path, "r", **options)
    except (OSError, RuntimeError, ValueError) as error:
        why = one_line(error)
        if "truncated file" in why:
            why = "the file is cut off; get it again"
        elif "file signature not found" in why:
            why = "not an HDF5 file; expected one with /filters and /meta"
        elif "errno" not in why:  # not an error of the system, such as missing permission
            why = f"the file is damaged ({why}); get it again"
        raise FiltershiftError(f"{path}: {why}") from error


@contextmanager
def reading(path: Path, what: str) -> Iterator[None]:
    """Turn errors of HDF5, numpy and pandas on damaged data into one line: "`path`: `what` cannot be read (…)"."""
    try:
        yield
    except _DAMAGE as error:
        raise FiltershiftError(f"{path}: {what} cannot be read ({one_line(error)}); get the file again") from error


def place(node: h5py.Group | h5py.Dataset) -> str:
    """The file and the node, as the start of a message."""
    return f"{node.file.filename}: {node.name}"


def has(group: h5py.Group, name: str) -> bool:
    """Whether `group` has an entry `name`; links are not followed."""
    return group.id.links.exists(name.encode())


def find_node(group: h5py.Group | h5py.Dataset, *names: str) -> h5py.Group | h5py.Dataset:
    """The first of `names` in `group`.

    Raises:
        FiltershiftError: there is none (the message lists what there is); it is a link or a named type; its data lie in
            another file, which is never opened; or `group` is not a group.
    """
    if not isinstance(group, h5py.Group):
        raise FiltershiftError(f"{place(group)} is an array; expected a group")
    path, root = group.file.filename, group.name.rstrip("/")
    name = next((name for name in names if has(group, name)), None)
    if name is None:
        wanted = " or ".join(ascii(f"{root}/{name}")[1:-1][:200] for name in names)
        found = ", ".join(ascii(f"{root}/{name}")[1:-1] for name in list(group)[:50])
        raise FiltershiftError(f"{path}: no {wanted}; found {found or 'nothing'}")
    is_link = group.id.links.get_info(name.encode()).type != h5py.h5l.TYPE_HARD
    node = None if is_link else group[name]
    if node is None or (isinstance(node, h5py.Dataset) and (node.external or node.is_virtual)):
        raise FiltershiftError(f"{path}: {root}/{name} is a link or lies in another file; expected data in this file")
    if not isinstance(node, h5py.Group | h5py.Dataset):
        raise FiltershiftError(f"{path}: {root}/{name} is a named data type; expected data")
    return node


def find_array(group: h5py.Group | h5py.Dataset, *names: str) -> h5py.Dataset:
    """The first of `names` in `group`, which must be an array that is safe to read.

    Raises:
        FiltershiftError: as `find_node`; or it is a group, has a type that numpy does not have, is compressed with
            anything but zlib or lzf, or declares far more data than are stored.
    """
    node = find_node(group, *names)
    if not isinstance(node, h5py.Dataset):
        raise FiltershiftError(f"{place(node)} is a group; expected an array")
    if not _is_plain(node.id.get_type()):
        raise FiltershiftError(f"{place(node)} has a type that numpy does not have; expected numbers or text")
    plist = node.id.get_create_plist()
    for code, _, _, name in map(plist.get_filter, range(plist.get_nfilters())):
        if code not in _FILTERS:
            raise FiltershiftError(f"{place(node)} is compressed with {ascii(name)[1:]}; expected zlib, lzf or none")
    stored = node.id.get_storage_size()
    if (node.size or 0) * node.id.get_type().get_size() > _MOST_COMPRESSED * stored:
        raise FiltershiftError(f"{place(node)} declares the shape {node.shape} but {stored:,} bytes are stored")
    if node.chunks is not None:
        _check_chunks(node)
    return node


def _check_chunks(node: h5py.Dataset) -> None:
    """Refuse chunks that are missing, misplaced or of impossible size: HDF5 would read beyond its buffers there."""
    plist = node.id.get_create_plist()
    codes = [plist.get_filter(position)[0] for position in range(plist.get_nfilters())]
    smallest = 5 if h5py.h5z.FILTER_FLETCHER32 in codes else 1  # a checksum takes four bytes
    size = math.prod(node.chunks) * node.id.get_type().get_size()
    if size > _LARGEST_BLOCK:
        raise FiltershiftError(
            f"{place(node)} is stored in blocks of {size:,} bytes; expected at most {_LARGEST_BLOCK:,}"
        )
    largest = size + size // 100 + 64  # data that do not compress get slightly larger
    expected = math.prod(-(-extent // length) for extent, length in zip(node.shape, node.chunks, strict=True))
    found = 0

    def is_wrong(chunk: h5py.h5d.StoreInfo) -> bool | None:
        nonlocal found
        found += 1
        fits = smallest <= chunk.size <= largest and all(map(lt, chunk.chunk_offset, node.shape))
        return None if fits else True  # anything but None ends the search

    if node.id.chunk_iter(is_wrong) or found != expected:
        raise FiltershiftError(f"{place(node)} has {expected:,} blocks, some missing or damaged; get the file again")


def _is_plain(kind: h5py.h5t.TypeID) -> bool:
    """Whether numpy has exactly this HDF5 type, so that values are read without conversion.

    h5py may misreport other types, and converting from a damaged type makes HDF5 write beyond its buffers.
    """
    if isinstance(kind, h5py.h5t.TypeCompoundID):
        return all(_is_plain(kind.get_member_type(member)) for member in range(kind.get_nmembers()))
    if isinstance(kind, h5py.h5t.TypeArrayID | h5py.h5t.TypeVlenID):
        return _is_plain(kind.get_super())
    if isinstance(kind, h5py.h5t.TypeIntegerID | h5py.h5t.TypeFloatID):
        return kind == h5py.h5t.py_create(kind.dtype)
    return isinstance(kind, h5py.h5t.TypeStringID | h5py.h5t.TypeOpaqueID) or kind == h5py.h5t.STD_B8LE


def attribute(node: h5py.Group | h5py.Dataset, name: str) -> Any:
    """An attribute (numbers or text) as h5py returns it; None if there is none."""
    if name not in node.attrs:
        return None
    if not _is_plain(h5py.h5a.open(node.id, name.encode()).get_type()):
        raise FiltershiftError(f"{place(node)}: the attribute {name!r} has a type that numpy does not have")
    return node.attrs[name]


def row_bytes(node: h5py.Dataset) -> memoryview:
    """The bytes of an array that is one variable-length text or one row of bytes, mapped from the file.

    h5py is not used: for the id lists of 524 million filters, 2.6 GB, it takes five times as much memory, and for a
    damaged file as much as the file declares.
    """
    if node.size != 1 or not (is_text(node) or h5py.check_vlen_dtype(node.dtype) == np.uint8):
        raise FiltershiftError(f"{place(node)} has shape {node.shape} of {node.dtype}; expected one row of bytes")
    length, address, wanted = struct.unpack_from("<IQI", _reference(node))
    with Path(node.file.filename).open("rb") as stream:
        mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    position = address + node.file.userblock_size
    magic, size = struct.unpack_from("<4s4xQ", mapped, position)
    end = min(position + size, len(mapped))
    position += 16
    while magic == b"GCOL" and position + 16 <= end:
        number, size = struct.unpack_from("<H6xQ", mapped, position)
        position += 16
        if number == wanted and length <= size and position + length <= end:
            return memoryview(mapped)[position : position + length]
        if number == 0:
            break
        position += (size + 7) // 8 * 8
    raise FiltershiftError(f"{place(node)} points to data that are not in the file; get the file again")


def is_text(node: h5py.Dataset) -> bool:
    """Whether the array holds texts of variable length."""
    kind = h5py.check_string_dtype(node.dtype)
    return kind is not None and kind.length is None


def _reference(node: h5py.Dataset) -> bytes:
    """The 16 stored bytes that locate row 0 of a variable-length array: length, heap address, and index in the heap."""
    offset = node.id.get_offset()
    if node.file.id.get_create_plist().get_sizes() != (8, 8) or (node.chunks is None and offset is None):
        raise FiltershiftError(f"{place(node)} is not stored the way PyTables or h5py do it")
    if offset is not None:
        with Path(node.file.filename).open("rb") as stream:
            stream.seek(offset)
            return stream.read(16)
    plist = node.id.get_create_plist()
    unused, data = node.id.read_direct_chunk((0,))
    for position in reversed(range(plist.get_nfilters())):
        code, _, _, name = plist.get_filter(position)
        if unused >> position & 1 or code == h5py.h5z.FILTER_FLETCHER32:  # skipped, or only a checksum at the end
            continue
        if code == h5py.h5z.FILTER_DEFLATE:
            data = zlib.decompressobj().decompress(data, 16 * node.chunks[0])
        elif code == h5py.h5z.FILTER_SHUFFLE:
            data = np.frombuffer(data, np.uint8).reshape(16, -1).T.tobytes()
        else:
            raise FiltershiftError(f"{place(node)} is compressed with {ascii(name)[1:]}; expected zlib or none")
    return data
