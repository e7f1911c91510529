"""Join the filters of several sources: as if they were one data set."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.blocks import FilterSource


class Part(Protocol):
    """What is joined: the attributes of `filtershift.Filters`."""

    source: FilterSource
    layers: pd.DataFrame
    row_ranges: pd.DataFrame
    skipped: pd.DataFrame


class _Chain:
    """Several sources read as one, each after the other."""

    def __init__(self, sources: Sequence[FilterSource], starts: NDArray[np.int64]) -> None:
        self._sources, self._starts = sources, starts

    def read(self, start: int, stop: int) -> NDArray[np.floating]:
        k = int(np.searchsorted(self._starts, start, side="right")) - 1
        return self._sources[k].read(start - int(self._starts[k]), stop - int(self._starts[k]))


def joined(parts: Sequence[Part]) -> tuple[FilterSource, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The source, layers, row ranges and skipped table of all parts, one after the other, with layers numbered anew.

    Parts of one source keep their models. Models of different sources stay apart: they get different ids, and where
    names are equal, these ids are added to them.
    """
    sources = list({id(part.source): part.source for part in parts}.values())
    of_part = [next(k for k, source in enumerate(sources) if source is part.source) for part in parts]
    row, model = np.zeros(len(sources), np.int64), np.zeros(len(sources), np.int64)
    for part, k in zip(parts, of_part, strict=True):
        row[k] = max(row[k], part.row_ranges["stop"].to_numpy().max(initial=0))
        model[k] = max(model[k], part.layers["model_id"].to_numpy().max(initial=-1) + 1)
    row_starts, model_starts = np.cumsum(row) - row, np.cumsum(model) - model

    tables, row_ranges, first = [], [], 0
    for part, k in zip(parts, of_part, strict=True):
        numbers = pd.Series(range(first, first + len(part.layers)), part.layers.index)
        first += len(part.layers)
        tables.append(part.layers.assign(model_id=part.layers["model_id"] + model_starts[k]).set_axis(numbers))
        own, at = part.row_ranges, row_starts[k]
        row_ranges.append(own.assign(layer=own["layer"].map(numbers), start=own["start"] + at, stop=own["stop"] + at))
    layers = _with_different_names(pd.concat(tables).rename_axis("layer"))
    source = sources[0] if len(sources) == 1 else _Chain(sources, row_starts)
    skipped = pd.concat([part.skipped for part in parts], ignore_index=True).drop_duplicates()
    return source, layers, pd.concat(row_ranges, ignore_index=True), skipped


def _with_different_names(layers: pd.DataFrame) -> pd.DataFrame:
    """Add the id to the names of different models with the same name."""
    shared = layers.groupby("model")["model_id"].transform("nunique") > 1
    ids = " (" + layers["model_id"].astype(str) + ")"
    return layers.assign(model=layers["model"].mask(shared, layers["model"].astype(str) + ids))
