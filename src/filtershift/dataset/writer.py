"""Write data set files in the authors' v1.0.0 schema."""

import os
import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
from numpy.typing import DTypeLike, NDArray

from filtershift.dataset.layer_table import row_ranges_of
from filtershift.errors import FiltershiftError

INDEX = ("model_id", "conv_depth", "conv_depth_norm")

# A pickled array of objects consists of _ARRAY, its shape, _OBJECTS (its dtype), the list of its cells, and an end.
# It is written by hand because numpy 2 would pickle the name numpy._core, which the numpy that goes with the authors'
# pandas 1.1.4 cannot load.
_ARRAY = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01"
_OBJECTS = (
    b"cnumpy\ndtype\nX\x02\x00\x00\x00O8K\x00K\x01\x87R(K\x03X\x01\x00\x00\x00|NNN" + 2 * b"J\xff\xff\xff\xff" + b"K?tb"
)


def write_dataset(path: Path, blocks: Iterable[NDArray], meta: pd.DataFrame, dtype: DTypeLike = np.float32) -> None:
    """Write a data set with `/filters` and `/meta`, laid out as in the authors' v1.0.0 files.

    `/filters` is (N, 3, 3), contiguous. `/meta` is a pandas HDFStore frame in fixed format with the index `INDEX`,
    which `pandas.read_hdf` reads in any version since 1.1. It is written through h5py, node by node, so that equal
    input gives equal bytes. The file appears whole or not at all.

    Args:
        path: the file; an existing one is replaced.
        blocks: the filters in order, in arrays of shape (n, 9) or (n, 3, 3) with any n.
        meta: one row per layer, with the columns of `INDEX` and `filter_ids` ("first:last", last included).
        dtype: type of `/filters`.

    Raises:
        FiltershiftError: the number of filters does not match the ids, or the file cannot be written.
    """
    n_filters = int(row_ranges_of(meta)["stop"].max())
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with h5py.File(part, "w") as file:
            _write_filters(path, file, blocks, n_filters, dtype)
            _write_meta(file.create_group("meta"), meta)
        part.replace(path)
    except (OSError, RuntimeError) as error:
        cause = error if isinstance(error, OSError) else error.__context__  # closing the file raises a second error
        if not isinstance(cause, OSError):
            raise
        reason = os.strerror(cause.errno) if cause.errno else " ".join(str(cause).split())[:200]
        raise FiltershiftError(f"{path}: cannot be written ({reason})") from error
    finally:
        part.unlink(missing_ok=True)


def _write_filters(path: Path, file: h5py.File, blocks: Iterable[NDArray], n_filters: int, dtype: DTypeLike) -> None:
    filters = file.create_dataset("filters", (n_filters, 3, 3), dtype)
    start = 0
    for block in blocks:
        stop = start + len(block)
        if stop <= n_filters:
            filters[start:stop] = block.reshape(-1, 3, 3)
        start = stop
    if start != n_filters:
        raise FiltershiftError(f"{path}: filter_ids ends at {n_filters - 1} but there are {start} filters")


def _write_meta(group: h5py.Group, meta: pd.DataFrame) -> None:
    columns = {str(name): _plain(values) for name, values in meta.items() if name not in INDEX}
    kinds = [kind for kind in ("float64", "int64", "object") if any(v.dtype == kind for v in columns.values())]
    _set(group, CLASS="GROUP", VERSION="1.0", TITLE="", pandas_type="frame", pandas_version="0.15.2")
    _set(group, encoding="UTF-8", errors="strict", ndim=2, nblocks=len(kinds), axis0_variety="regular")
    _set(group, axis1_variety="multi", axis1_nlevels=len(INDEX))
    _write_names(group, "axis0", list(columns))
    for level, name in enumerate(INDEX):
        values, codes = np.unique(meta[name].to_numpy(), return_inverse=True)
        node = _write_array(group, f"axis1_level{level}", values)
        kind = "float" if values.dtype.kind == "f" else "integer"
        _set(node, kind=kind, name=name, **{f"axis1_name{name}": name})
        _write_array(group, f"axis1_label{level}", codes.astype(np.int32))
    for block, kind in enumerate(kinds):
        names = [name for name, values in columns.items() if values.dtype == kind]
        values = np.stack([columns[name] for name in names], axis=1)
        _write_names(group, f"block{block}_items", names)
        _set(group, **{f"block{block}_items_variety": "regular"})
        if kind == "object":
            _write_objects(group, f"block{block}_values", values)
        else:
            _write_array(group, f"block{block}_values", values)


def _plain(values: pd.Series) -> NDArray:
    """A column as int64, as float64 if numbers are missing, or as text with NaN for missing values."""
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        whole = pd.api.types.is_integer_dtype(values) and values.notna().all()
        return values.to_numpy(np.int64) if whole else values.to_numpy(np.float64, na_value=np.nan)
    missing, texts = values.isna(), values.astype(object)
    known: dict[str, str] = {}  # one object per text: two equal objects would make a different pickle
    cells = [np.nan if gone else known.setdefault(str(v), str(v)) for gone, v in zip(missing, texts, strict=True)]
    return np.array(cells, dtype=object)


def _write_names(group: h5py.Group, name: str, names: list[str]) -> None:
    node = _write_array(group, name, np.array([name.encode() for name in names]))
    _set(node, kind="string", name=np.bytes_(b"N."))  # None, pickled


def _write_array(group: h5py.Group, name: str, values: NDArray) -> h5py.Dataset:
    node = group.create_dataset(name, data=values)
    _set(node, CLASS="ARRAY", FLAVOR="numpy", TITLE="", VERSION="2.4", transposed=np.uint8(1))
    return node


def _write_objects(group: h5py.Group, name: str, values: NDArray[np.object_]) -> None:
    cells = pickle.dumps(values.ravel().tolist(), protocol=3)[2:-1]  # without PROTO and STOP
    rows, columns = (b"J" + size.to_bytes(4, "little") for size in values.shape)
    data = b"\x80\x03" + _ARRAY + rows + columns + b"\x86" + _OBJECTS + b"\x89" + cells + b"tb."
    node = group.create_dataset(name, (1,), h5py.vlen_dtype(np.uint8), chunks=(1,), maxshape=(None,))
    node[0] = np.frombuffer(data, np.uint8)
    _set(node, CLASS="VLARRAY", PSEUDOATOM="object", TITLE="", VERSION="1.4", transposed=np.uint8(1))


def _set(node: h5py.Group | h5py.Dataset, **attributes: Any) -> None:
    """Set attributes as PyTables does: text as UTF-8 of fixed length, integers with 64 bits."""
    for name, value in attributes.items():
        if isinstance(value, str):
            kind = h5py.string_dtype("utf-8", max(1, len(value.encode())))
            node.attrs.create(name, value.encode() if value else h5py.Empty("S1"), dtype=kind if value else None)
        else:
            node.attrs[name] = np.int64(value) if isinstance(value, int) else value
