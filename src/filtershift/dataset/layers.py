"""Read the layer table of a data set file: one row per layer, with the rows of `/filters` that it owns."""

import re
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from filtershift.dataset.filters import FilterFile
from filtershift.dataset.isolation import in_own_process
from filtershift.dataset.layer_table import fail_at, find_row_ranges, shown
from filtershift.dataset.meta import read_meta
from filtershift.errors import FiltershiftError
from filtershift.results import SKIPPED

REQUIRED = ("model_id", "conv_depth", "conv_depth_norm", "filter_ids")
FIRST = ("model_id", "model", "conv_depth", "conv_depth_norm", "layer_position", "n_filters", "filter_ids")
UNKNOWN = "unknown"
"""The `batch_norm` of a layer of which the file does not say it."""

FROM_FILE = "file"
"""The `depth_source` of a layer whose depth the data set file states without saying where it is from."""

MAX_TEXT = 2**28
"""Largest number of characters in all labels together; the authors' file has less than 2**26.

The limit is needed because a long label that is repeated takes only four bytes per row in a pickle."""

# Columns that are computed here; columns of the file with these names are dropped.
_OURS = ("layer", "layer_position", "n_filters")
# Backslashes that would read as an escape or precede one. They are doubled, so that different labels stay different.
_AMBIGUOUS = re.compile(r"\\+(?=[r0\r\0\ud800-\udfff]|ud[89a-f])")


@dataclass(frozen=True)
class LayerTable:
    """The layers of a data set.

    Attributes:
        layers: one row per layer, indexed by `layer`; the columns of `FIRST`, then the other columns of the file in
            their order. `filter_ids` are ranges with both ends included, "0:63" or "0:63 128:191".
        row_ranges: columns layer, start, stop: row ranges in `/filters`, stop excluded, sorted by layer and start.
        skipped: columns kind, name, reason, count: filters without a layer, and columns of the file that were replaced.
    """

    layers: pd.DataFrame
    row_ranges: pd.DataFrame
    skipped: pd.DataFrame


def read_layers(path: Path) -> LayerTable:
    """Read the layer table of a data set file and check it against the filters.

    * The column `Datatype` is renamed to `Visual Category`.
    * Every `Task` that contains "Segmentation" becomes "Segmentation".
    * Empty text is a missing label.
    * `model` is taken from the file's `model`, or if that is missing from `Name`, or from the id. Where several ids
      have the same text, "(id)" is added, so that no two models merge.
    * `depth_source` is "file" where the file does not say how depths are known.
    * `batch_norm` is unknown where the file does not say: see :mod:`filtershift.dataset.models.batch_norm`.
    * `layer_position` is first (`conv_depth_norm` 0), last (1) or middle.

    Raises:
        FiltershiftError: the file cannot be read, a column is missing, the table is empty, a depth lies outside 0…1, or
            ids are out of range, reversed, negative, listed twice or owned by two layers.
    """
    return in_own_process(_read_layers, path)


def _read_layers(path: Path) -> LayerTable:
    with FilterFile(path) as filters:
        n_filters = filters.n_filters
    meta = read_meta(path)
    meta.columns = pd.Index([str(_label(name)) for name in meta.columns], dtype=object)
    if meta.columns.has_duplicates:
        name = meta.columns[meta.columns.duplicated()][0]
        raise FiltershiftError(f"{path}: /meta has two columns {name[:80]!r}; expected different names")
    if missing := [name for name in REQUIRED if name not in meta]:
        raise FiltershiftError(f"{path}: /meta has no column {missing[0]!r}; found {', '.join(map(repr, meta))[:2000]}")
    if meta.empty:
        raise FiltershiftError(f"{path}: /meta has no rows; expected one row per layer")
    replaced = [name for name in _OURS if name in meta]
    meta = meta.drop(columns=replaced).set_axis(pd.RangeIndex(len(meta), name="layer"))
    for name in ("model_id", "conv_depth", "conv_depth_norm"):
        meta[name] = _numbers(path, meta, name)
    row_ranges = find_row_ranges(path, meta)
    _check_row_ranges(path, meta, row_ranges, n_filters)
    sizes = (row_ranges["stop"] - row_ranges["start"]).groupby(row_ranges["layer"]).sum()
    layers = _labelled(meta).assign(
        model=_models(meta),
        layer_position=meta["conv_depth_norm"].map({0.0: "first", 1.0: "last"}).fillna("middle"),
        n_filters=sizes,
        filter_ids=_ranges(row_ranges),
    )
    size = sum(len(text) for text in layers.to_numpy().ravel() if isinstance(text, str))
    if size > MAX_TEXT:
        raise FiltershiftError(f"{path}: /meta has {size:,} characters of text; expected at most {MAX_TEXT:,}")
    skipped = [("column", name, "its name is taken by a column computed from the others", 1) for name in replaced]
    if unowned := n_filters - int(sizes.sum()):
        skipped.append(("filters", "no layer", "in /filters but owned by no layer of /meta", unowned))
    skipped += _mixed(layers)
    return LayerTable(
        layers[[*FIRST, *(name for name in layers if name not in FIRST)]],
        row_ranges,
        pd.DataFrame(skipped, columns=SKIPPED),
    )


def _mixed(layers: pd.DataFrame) -> list[tuple[str, str, str, int]]:
    """A row that says so if the BatchNorm of some layers is unknown, and that of others is not."""
    unknown = layers[layers["batch_norm"] == UNKNOWN]
    if len(unknown) in (0, len(layers)):
        return []
    name = f"{len(unknown):,} layers of {unknown['model_id'].nunique():,} models"
    reason = "unknown whether their weights have a BatchNorm multiplied in; the unscaled ones may not be comparable"
    return [("batch norm", name, reason, int(unknown["n_filters"].sum()))]


def _check_row_ranges(path: Path, meta: pd.DataFrame, row_ranges: pd.DataFrame, n_filters: int) -> None:
    beyond = np.flatnonzero(row_ranges["stop"] > n_filters)
    if beyond.size:
        layer, start, stop = row_ranges.iloc[beyond[0]]
        fail_at(
            path, meta, layer, f"filter_ids holds {start}:{stop - 1}", f"0 to {n_filters - 1}, the rows of /filters"
        )
    row_ranges = row_ranges.sort_values("start", kind="stable")
    reached = row_ranges["stop"].cummax().to_numpy()[:-1]
    overlaps = np.flatnonzero(row_ranges["start"].to_numpy()[1:] < reached)
    if overlaps.size:
        layer, start, _ = row_ranges.iloc[overlaps[0] + 1]
        other = row_ranges["layer"].iloc[np.argmax(row_ranges["stop"].to_numpy()[: overlaps[0] + 1])]
        owner = "twice" if other == layer else f"and so has row {other}"
        fail_at(path, meta, layer, f"filter_ids has {start}, {owner}", "each filter in one layer, once")


def _ranges(row_ranges: pd.DataFrame) -> list[str]:
    """The `filter_ids` of each layer as ranges with both ends included."""
    texts = (row_ranges["start"].astype(str) + ":" + (row_ranges["stop"] - 1).astype(str)).tolist()
    firsts = np.flatnonzero(row_ranges["layer"].diff() != 0).tolist()
    return [" ".join(texts[first:end]) for first, end in zip(firsts, [*firsts[1:], len(texts)], strict=True)]


def _numbers(path: Path, meta: pd.DataFrame, name: str) -> pd.Series:
    numbers = meta[name].map(_number).astype("float64")
    if name == "conv_depth_norm":
        wrong, expected = ~numbers.between(0, 1), "a number from 0 to 1"
    else:
        wrong, expected = ~_whole(numbers), "a whole number"
    if wrong.any():
        row = int(np.argmax(wrong))
        fail_at(path, meta, row, f"{name} is {shown(meta[name].iloc[row])}", expected)
    return numbers if name == "conv_depth_norm" else numbers.astype("int64")


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return np.nan


def _whole(numbers: pd.Series) -> pd.Series:
    return (numbers.abs() < 2**53) & (numbers % 1 == 0)


def _models(meta: pd.DataFrame) -> pd.Series:
    """The name of each layer's model, such that different models have different names."""
    ids = meta["model_id"].astype(str)
    names = ids
    for column in [column for column in ("Name", "model") if column in meta]:
        names = meta[column].map(_label).astype(object).where(lambda texts: texts.notna(), names)
    while (shared := meta["model_id"].groupby(names).transform("nunique") > 1).any():
        names = names.mask(shared, names + " (" + ids + ")")
    return names.astype(str)


def _labelled(meta: pd.DataFrame) -> pd.DataFrame:
    """Columns with the names of v1.0.0: labels as text, whole numbers as integers even if some are missing."""
    if "Visual Category" not in meta:
        meta = meta.rename(columns={"Datatype": "Visual Category"})
    columns = {}
    for name, values in meta.items():
        if values.dtype.kind == "f" and name != "conv_depth_norm" and _whole(values.dropna()).all():
            columns[name] = values.astype("Int64")
        elif values.dtype.kind in "iuf" or name == "filter_ids":
            columns[name] = values
        else:
            columns[name] = values.map(_label)
    for name, default in (("depth_source", FROM_FILE), ("batch_norm", UNKNOWN)):
        columns[name] = columns.get(name, pd.Series(np.nan, meta.index, dtype=object)).fillna(default)
    if "Task" in columns:
        columns["Task"] = columns["Task"].map(lambda task: "Segmentation" if "Segmentation" in str(task) else task)
    return pd.DataFrame(columns)


def _label(value: Any) -> Any:
    """A value as text that a CSV file can hold, other characters escaped; NaN if the label is missing."""
    if value is None or value == "" or (isinstance(value, float) and isnan(value)) or value is pd.NaT:
        return np.nan
    text = _AMBIGUOUS.sub(lambda found: 2 * found[0], str(value))
    if text.isprintable():
        return text
    return text.encode("utf-8", "backslashreplace").decode().replace("\r", "\\r").replace("\0", "\\0")
