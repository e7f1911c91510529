"""Read the table of layers, `/meta`, from a file of unknown origin.

`pandas.read_hdf` would run code in a hostile file. So the nodes that pandas writes are read one by one through h5py,
and their pickles through :mod:`filtershift.dataset.pickles.machine`. Layouts: pandas `io/pytables.py`.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.dataset.hdf5 import (
    attribute,
    find_array,
    find_node,
    has,
    is_text,
    open_hdf5,
    place,
    reading,
    row_bytes,
)
from filtershift.dataset.pickles.arrays import MAX_CELLS, IntList
from filtershift.dataset.pickles.machine import decode
from filtershift.errors import FiltershiftError

MAX_NODE_BYTES = 2**30
"""Largest node of /meta that is read, except pickles; in the authors' file of 21,436 layers all are below 2**27."""
MAX_COLUMNS = 10_000
"""Largest number of columns in a CSV; the authors have less than 200, and pandas takes a kilobyte for each."""


def read_meta(path: Path) -> pd.DataFrame:
    """Read the table `/meta` of a data set: one row per layer, index levels as the first columns.

    Three forms are recognised by their content: a pandas HDFStore frame in fixed format, one in table format (both from
    any version of pandas), and an array of bytes that holds UTF-8 CSV (then all columns are text). Columns keep their
    order. Cells that are lists of integers become :class:`~filtershift.dataset.pickles.arrays.IntList`.

    Raises:
        FiltershiftError: the file is not HDF5 or is cut off, `/meta` or a part of it is missing, or it holds anything
            but plain data.
    """
    with reading(path, "/meta"), open_hdf5(path) as file:  # a damaged file may even fail to close
        node = find_node(file, "meta")
        if isinstance(node, h5py.Dataset):
            return _csv(find_array(file, "meta"))
        return _table(node) if has(node, "table") else _fixed(node)


def _csv(node: h5py.Dataset) -> pd.DataFrame:
    is_bytes = node.dtype.kind in "iu" and node.dtype.itemsize == 1
    if is_text(node):
        content = bytes(row_bytes(node))
    elif is_bytes or (node.dtype.kind in "SV" and node.dtype.names is None):
        content = np.asarray(_stored(node)).tobytes()
    else:
        raise FiltershiftError(f"{place(node)} has type {node.dtype}; expected a pandas HDFStore or CSV bytes")
    text = content.rstrip(b"\0").decode("utf-8")
    header = next(csv.reader(StringIO(text, newline="")), [])
    if not header:
        raise FiltershiftError(f"{place(node)} is empty; expected a header of columns and one row per layer")
    columns, rows = len(header), text.count("\n") + text.count("\r")
    if columns > MAX_COLUMNS or columns * rows > MAX_CELLS:  # pandas pads rows that are too short
        raise FiltershiftError(f"{place(node)} has {columns:,} columns and {rows:,} rows: not a table of layers")
    name, number = Counter(header).most_common(1)[0]
    if number > 1:  # pandas would rename one of them
        raise FiltershiftError(f"{place(node)} has two columns {name[:80]!r}; expected different names")
    return pd.read_csv(StringIO(text), dtype=str, keep_default_na=False, na_values=[""])


def _fixed(group: h5py.Group) -> pd.DataFrame:
    """Read a frame in fixed format: one block per type of column, and the index as levels and codes."""
    names = _values(find_array(group, "axis0")).tolist()
    columns: dict[Any, NDArray] = {}
    for level, label in _numbered(group, "axis1_level{}", "axis1_label{}"):
        values, codes = _values(level), _values(label)
        if not np.all((codes >= -1) & (codes < values.size)):
            raise FiltershiftError(f"{place(label)} points outside the {values.size} values of {level.name}")
        columns[_name(level)] = pd.Series(values).reindex(codes).to_numpy()
    if has(group, "axis1"):
        index = find_array(group, "axis1")
        columns[_name(index)] = _values(index)
    levels = [name for name in columns if name is not None and name not in names]
    for items, block in _numbered(group, "block{}_items", "block{}_values"):
        labels, values = _values(items), _values(block)
        if values.size == 0 or (values.ndim == 1 and labels.size == 1):  # no rows, or text written by pandas 3
            values = values.reshape(-1, labels.size)
        if values.ndim != 2 or values.shape[1] != labels.size:
            raise FiltershiftError(f"{place(block)} has shape {values.shape}; expected (rows, {labels.size})")
        columns |= zip(labels.tolist(), values.T, strict=True)
    return _frame(group, columns, levels + names)


def _table(group: h5py.Group) -> pd.DataFrame:
    """Read a frame in table format: an HDF5 compound with one field per type of column."""
    table = find_array(group, "table")
    records = _stored(table)
    columns: dict[Any, NDArray] = {}
    for field in [field for field in records.dtype.names or () if field != "index"]:
        values = records[field].reshape(records.size, -1)
        if _attribute(table, f"{field}_meta") == "category":
            values = np.append(_categories(group, field), np.nan)[values]  # code −1 (missing) picks the last value, NaN
        elif values.dtype.kind == "S":
            per_column = _attribute(group, "data_col_nan_rep")
            missing = _attribute(table, f"{field}_nan_rep") if per_column else _attribute(group, "nan_rep") or "nan"
            values = _text(values)
            values[values == missing] = np.nan
        else:
            values = _typed(values, _attribute(table, f"{field}_dtype"))
        columns |= zip(_names(_attribute(table, f"{field}_kind")), values.T, strict=True)
    return _frame(group, columns, _names(_attribute(group, "non_index_axes")[0][1]))


def _categories(group: h5py.Group, field: str) -> NDArray:
    """The labels of a categorical column, which are stored in a table below it."""
    node: h5py.Group | h5py.Dataset = group
    for name in ("meta", field, "meta"):
        node = find_node(node, name)
    return _text(_stored(find_array(node, "table"))["values"])


def _frame(group: h5py.Group, columns: dict[Any, NDArray], names: list[Any]) -> pd.DataFrame:
    if missing := [name for name in names if name not in columns]:
        raise FiltershiftError(f"{place(group)} names the column {str(missing[0])[:80]!r} but holds no values for it")
    if len(set(names)) < len(names) or len({values.size for values in columns.values()}) > 1:
        raise FiltershiftError(f"{place(group)} has two columns of the same name, or columns of different lengths")
    return pd.DataFrame({name: columns[name] for name in names})


def _numbered(group: h5py.Group, *names: str) -> Iterator[tuple[h5py.Dataset, ...]]:
    """The arrays `names` with 0, 1, … filled in, until the first name no longer exists."""
    for number in takewhile(lambda number: has(group, names[0].format(number)), count()):
        yield tuple(find_array(group, name.format(number)) for name in names)


def _values(node: h5py.Dataset) -> NDArray:
    """The array that PyTables stored in `node`, with text decoded."""
    if h5py.check_vlen_dtype(node.dtype) is not None:
        data = row_bytes(node)
        try:
            values = decode(data)
        except FiltershiftError as error:
            raise FiltershiftError(f"{place(node)} {error}") from None
        if not isinstance(values, np.ndarray):
            raise FiltershiftError(f"{place(node)} is a {type(values).__name__}; expected an array")
        return values
    shape = _attribute(node, "shape")
    if shape is not None and 0 in shape:  # pandas stores one element for an empty array
        return np.empty(0)
    values = _stored(node)
    return _text(values) if values.dtype.kind == "S" else _typed(values, _attribute(node, "value_type"))


def _stored(node: h5py.Dataset) -> NDArray:
    if node.dtype.hasobject or node.size is None or node.size * node.dtype.itemsize > MAX_NODE_BYTES:
        raise FiltershiftError(f"{place(node)} has type {node.dtype} and shape {node.shape}: not a table of layers")
    is_bool = node.id.get_type().get_class() == h5py.h5t.BITFIELD  # how PyTables stores bool
    return node[()].astype(bool) if is_bool else node[()]


def _text(values: NDArray) -> NDArray:
    """Byte strings decoded to text, other values as objects; bytes that are not UTF-8 become escapes like `\\xe4`."""
    if values.dtype.kind != "S":
        return values.astype(object)
    if values.size > MAX_CELLS:
        raise ValueError(f"more than {MAX_CELLS:,} texts")
    texts = [value.decode("utf-8", "backslashreplace") for value in values.ravel().tolist()]
    return np.fromiter(texts, dtype=object, count=values.size).reshape(values.shape)


def _typed(values: NDArray, kind: object) -> NDArray:
    """Restore dates and booleans, which pandas stores as integers with an attribute that names the type."""
    if isinstance(kind, str) and kind.startswith("datetime64"):
        return values.view(kind if "[" in kind else "datetime64[ns]")
    return values.astype(bool) if kind == "bool" else values


def _attribute(node: h5py.Group | h5py.Dataset, name: str) -> Any:
    """An attribute as PyTables reads it: byte strings that end with a full stop are pickles. None if there is none."""
    value = attribute(node, name)
    if not isinstance(value, bytes):
        return "" if isinstance(value, h5py.Empty) else value
    if not value.endswith(b"."):
        return value.decode("utf-8")
    try:
        return decode(value)
    except FiltershiftError as error:
        raise FiltershiftError(f"{place(node)}: the attribute {name!r} {error}") from None


def _name(index: h5py.Dataset) -> str | None:
    name = _attribute(index, "name")
    return name if isinstance(name, str) else None


def _names(value: Any) -> list[str]:
    """The names of columns; pandas allows integers, too."""
    names: Any = list(value.integers()) if isinstance(value, IntList) else value
    if not isinstance(names, list) or not all(isinstance(name, str | int) for name in names):
        raise ValueError("columns without names")
    return [str(name) for name in names]
