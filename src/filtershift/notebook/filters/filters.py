"""The filters of some layers: chosen, joined, read and saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Self, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from filtershift.dataset.writer import write_dataset
from filtershift.errors import FiltershiftError
from filtershift.notebook.filters.choosing import nearest, shown, with_mask, with_values
from filtershift.notebook.filters.joining import joined
from filtershift.passes.blocks import BLOCK, FilterSource
from filtershift.results import SKIPPED

# Columns that are computed when a data set is read.
_COMPUTED = ["layer_position", "n_filters", "filter_ids"]


class Filters:
    """The 3×3 filters of some layers, read when they are needed.

    Iterating gives the filters of one layer after another, (n, 3, 3). ``filters[3]`` gives those of layer 3,
    ``filters["conv1"]`` those of the layer with this name, and the slice ``filters[2:5]`` the third to fifth layer as
    `Filters`. ``a + b`` are the filters of both.

    Attributes:
        layers: one row per layer with its metadata, indexed by layer number. Columns may be added and then used.
        row_ranges: columns layer, start, stop: the rows of ``source`` that belong to each layer.
        source: where filters are read.
        skipped: what was left out: kind, name, reason, count (of filters).
    """

    def __init__(
        self,
        source: FilterSource,
        layers: pd.DataFrame,
        row_ranges: pd.DataFrame,
        skipped: pd.DataFrame | None = None,
    ) -> None:
        self.source, self.layers, self.row_ranges = source, layers, row_ranges
        self.skipped = pd.DataFrame(columns=list(SKIPPED)) if skipped is None else skipped

    def __len__(self) -> int:
        return len(self.layers)

    @overload
    def __getitem__(self, key: slice) -> Self: ...
    @overload
    def __getitem__(self, key: int | str) -> NDArray[np.floating]: ...
    def __getitem__(self, key: int | str | slice) -> Self | NDArray[np.floating]:
        if not isinstance(key, slice):
            return self._read(self._layer(key))
        try:
            return self._only(self.layers.iloc[key])
        except (TypeError, ValueError):
            raise FiltershiftError(
                "a slice of filters takes whole numbers, as in filters[2:5]; choose by values with where"
            ) from None

    def __iter__(self) -> Iterator[NDArray[np.floating]]:
        return (self._read(layer) for layer in self.layers.index)

    def __add__(self, other: Filters) -> Filters:
        if not isinstance(other, Filters):
            raise FiltershiftError(f"only Filters can be added to Filters, not {shown(other)}; from_arrays makes them")
        return Filters(*joined([self, other]))

    def __radd__(self, other: object) -> Self:
        if isinstance(other, int) and other == 0:  # where sum() starts
            return self
        raise FiltershiftError(f"Filters can be added to Filters only, not to {shown(other)}")

    def __repr__(self) -> str:
        kinds = self.skipped["kind"].astype(str).str.removesuffix("s").value_counts()
        out = ", ".join(f"{count:,} {kind}{'s' * (count != 1)}" for kind, count in kinds.items())
        return f"<{self.layers['n_filters'].sum():,} filters of {len(self):,} layers{out and f'; skipped: {out}'}>"

    def _repr_html_(self) -> str:
        known = self.layers.loc[:, self.layers.notna().any()]
        return f"<p>{escape(repr(self))}</p>{known.to_html(max_rows=10, max_cols=12, notebook=True)}"

    def _ipython_key_completions_(self) -> list[str]:
        return self.layers["layer_name"].dropna().astype(str).tolist() if "layer_name" in self.layers else []

    def where(self, mask: ArrayLike | Mapping[str, object] | None = None, **chosen: object) -> Self:
        """The layers whose columns have these values, or at which a mask is true.

        Conditions are joined by "and": ``where(Task=["Classification", "Segmentation"], kernel="regular")``. Columns
        whose names are no Python names go into a mapping: ``where({"Visual Category": "natural"})``.

        Args:
            mask: booleans, one for each layer, as in ``where(filters.layers["n_filters"] > 100)``; or such a mapping.
            **chosen: column=value or column=[values]; values are compared for equality, and None is a missing one.

        Raises:
            FiltershiftError: there is no such column, the mask is none, or no layer is left.
        """
        if isinstance(mask, Mapping):
            chosen = {**mask, **chosen}
        layers = self.layers if mask is None or isinstance(mask, Mapping) else with_mask(self.layers, mask)
        for column, wanted in chosen.items():
            layers = with_values(layers, column, wanted)
        return self._only(layers)

    def save(self, path: str | Path) -> None:
        """Write a data set file, which `open_dataset` and the workflow (dataset=local) read.

        Raises:
            FiltershiftError: there is no filter, or the file cannot be written.
        """
        if not isinstance(path, (str, Path)):
            raise FiltershiftError(f"save expects the path of a file, not {shown(path)}")
        if not self.layers["n_filters"].sum():
            raise FiltershiftError(f"{path}: {self!r} cannot be saved without a filter")
        # A layer without filters has no ids.
        kept = self._only(self.layers[self.layers["n_filters"] > 0])
        stops = kept.layers["n_filters"].cumsum()
        ids = (stops - kept.layers["n_filters"]).astype(str) + ":" + (stops - 1).astype(str)
        meta = kept.layers.drop(columns=_COMPUTED, errors="ignore").assign(filter_ids=ids)
        dtype = np.result_type(*{self.source.read(start, start).dtype for start in kept.row_ranges["start"]})
        write_dataset(Path(path).expanduser(), kept._blocks(), meta, dtype)

    def _blocks(self) -> Iterator[NDArray[np.floating]]:
        """All filters in the order of layers, at most `BLOCK` at a time."""
        parts = self.row_ranges.groupby("layer", sort=False)
        for layer in self.layers.index:
            own = parts.get_group(layer)
            for first, last in zip(own["start"], own["stop"], strict=True):
                for start in range(first, last, BLOCK):
                    yield self.source.read(start, min(start + BLOCK, last))

    def _only(self, layers: pd.DataFrame) -> Self:
        row_ranges = self.row_ranges[self.row_ranges["layer"].isin(layers.index)]
        return type(self)(self.source, layers, row_ranges, self.skipped)

    def _layer(self, key: int | str) -> int:
        """The number of a layer, from its number or its name."""
        if isinstance(key, str):
            return self._named(key)
        if not isinstance(key, (int, np.integer)) or isinstance(key, bool) or key not in self.layers.index:
            numbers = self.layers.index
            known = f"numbers go from {numbers.min()} to {numbers.max()}" if len(numbers) else "there are none"
            raise FiltershiftError(
                f"there is no layer {shown(key)}; {known}, see the index of filters.layers; a name or a slice such as "
                "filters[2:5] does as well, and where chooses by a mask"
            )
        return int(key)

    def _named(self, name: str) -> int:
        if name in self.layers.columns:
            raise FiltershiftError(f"'{name}' is a column, not a layer; it is filters.layers['{name}']")
        names = self.layers.get("layer_name", pd.Series(dtype=object))
        found = self.layers[names == name] if len(names) else self.layers[:0]
        if len(found) == 1:
            return int(found.index[0])
        if found.empty:
            near = nearest(name, names.dropna().astype(str).unique().tolist())
            raise FiltershiftError(f"no layer is called '{name}'{near}; see the column layer_name of filters.layers")
        models = ", ".join(found["model"].astype(str).unique()[:3])
        raise FiltershiftError(
            f"{len(found)} layers are called '{name}', of the models {models}{', …' * (len(found) > 3)}; choose a "
            "model first, as in filters.where(model=…)"
        )

    def _read(self, layer: int) -> NDArray[np.floating]:
        own = self.row_ranges[self.row_ranges["layer"] == layer]
        parts = [self.source.read(start, stop) for start, stop in zip(own["start"], own["stop"], strict=True)]
        return np.concatenate(parts).reshape(-1, 3, 3)
