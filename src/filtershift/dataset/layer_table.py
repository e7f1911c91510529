"""Read the layer table back from layers.csv, and find the rows of `/filters` that each layer owns."""

import re
from collections import defaultdict
from contextlib import suppress
from math import isnan
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.dataset.pickles.arrays import IntList
from filtershift.errors import FiltershiftError

_WHOLE = ("layer", "model_id", "conv_depth", "n_filters")
_NUMBERS = ("conv_depth_norm", "total_filters", "3x3_filter_share", "depth")
_IDS = "'0:63' (first and last id) or a list of ids, none negative"
_LITERAL = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?")
_RANGE = re.compile(r"(-?[0-9]{1,18})(?::(-?[0-9]{1,18}))?")


def load_layers(path: Path) -> pd.DataFrame:
    """Read back the `layers` of a :class:`LayerTable` from the file that `layers.to_csv(path)` wrote.

    Only empty cells are missing values. Labels are text ("01", "1" and "NA" are three different labels); depths and
    counts are numbers.
    """
    layers = load_texts(path)
    for name in [name for name in _NUMBERS if name in layers]:
        with suppress(ValueError):  # some files have words in these columns: then the column is a label
            # Python's exact parser: a depth that is off in its last digit may fall into another decile.
            layers[name] = layers[name].astype(object).astype("float64")
    return layers


def load_texts(path: Path) -> pd.DataFrame:
    """Read the same file, so that it can be written again as it is: only ids, depths in layers and counts of filters
    are numbers.
    """
    types = defaultdict(lambda: "str", dict.fromkeys(_WHOLE, "int64"))
    return pd.read_csv(path, dtype=types, keep_default_na=False, na_values=[""], index_col="layer")


def with_numbers(layers: pd.DataFrame) -> pd.DataFrame:
    """The table with numbers in the columns in which every label is one.

    Names stay text, and so do columns with labels such as "01", or "1.0" beside "1": as numbers they would be equal.
    """
    columns = {}
    for name in layers.columns.difference(["model", "layer_name", "filter_ids"]):
        texts = layers[name].dropna()
        if pd.api.types.is_numeric_dtype(texts) or not len(texts):
            continue
        if all(isinstance(text, str) and _LITERAL.fullmatch(text) for text in texts.unique()):
            numbers = pd.to_numeric(texts)
            if numbers.nunique() == texts.nunique():
                whole = pd.api.types.is_integer_dtype(numbers) and len(numbers) < len(layers)
                columns[name] = numbers.astype("Int64" if whole else numbers.dtype).reindex(layers.index)
    return layers.assign(**columns)


def row_ranges_of(layers: pd.DataFrame) -> pd.DataFrame:
    """Compute the `row_ranges` of a :class:`LayerTable` from the `filter_ids` of its `layers`."""
    return find_row_ranges(Path("layers.csv"), layers)


def find_row_ranges(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    """Table with columns layer, start, stop from ids in any form; sorted, with adjacent ranges merged."""
    parts = [_cell_row_ranges(path, table, row, cell) for row, cell in enumerate(table["filter_ids"])]
    row = np.repeat(np.arange(len(parts)), np.array([starts.size for starts, _ in parts], dtype=np.int64))
    empty = np.empty(0, np.int64)
    start, stop = (np.concatenate([empty, *(part[side] for part in parts)]) for side in (0, 1))
    if (wrong := np.flatnonzero((start < 0) | (stop <= start))).size:
        fail_at(path, table, row[wrong[0]], f"filter_ids holds {start[wrong[0]]}:{stop[wrong[0]] - 1}", _IDS)
    order = np.lexsort((start, row))
    row, start, stop = row[order], start[order], stop[order]
    breaks = (row[1:] != row[:-1]) | (start[1:] != stop[:-1])
    first, last = np.ones(row.size, bool), np.ones(row.size, bool)
    first[1:] = last[:-1] = breaks
    return pd.DataFrame({"layer": table.index.to_numpy()[row[first]], "start": start[first], "stop": stop[last]})


def _cell_row_ranges(
    path: Path, table: pd.DataFrame, row: int, cell: Any
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Starts and stops (excluded) of one cell: "0:63", "0:63 128:191", "[0, 1, 2]", one id or a list of ids."""
    if isinstance(cell, IntList) and cell.starts.size:
        return cell.starts, cell.stops
    ranges = [_RANGE.fullmatch(token) for token in str(cell).strip("[]() \n").replace(",", " ").split()]
    if not ranges or not all(ranges):
        fail_at(path, table, row, f"filter_ids is {shown(cell)}", _IDS)
    first = np.array([int(found[1]) for found in ranges if found], dtype=np.int64)
    last = np.array([int(found[2] or found[1]) for found in ranges if found], dtype=np.int64)
    return first, last + 1


def shown(cell: Any) -> str:
    """A cell as quoted in an error message."""
    is_missing = cell is None or (isinstance(cell, float) and isnan(cell))
    return "missing" if is_missing else repr(str(cell)[:40])


def fail_at(path: Path, table: pd.DataFrame, row: int, wrong: str, expected: str) -> NoReturn:
    """Raise an error about a row of the table, identified by its number, model and depth."""
    model, depth = (repr(str(table[name].iloc[row])[:40])[1:-1] for name in ("model_id", "conv_depth"))
    raise FiltershiftError(
        f"{path}: row {row} of /meta (model_id {model}, conv_depth {depth}): {wrong}; expected {expected}"
    )
