"""Filters in a notebook: read them from data sets, models or arrays, and measure them as the workflow does."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from filtershift.analysis.quality.layers import layer_quality
from filtershift.analysis.shifts.d_matrix import shift_tables
from filtershift.dataset.filters import FilterFile
from filtershift.dataset.layers import read_layers
from filtershift.dataset.models.batch_norm import FOLDED
from filtershift.dataset.models.layers import model_layers
from filtershift.dataset.models.listed import listed_models
from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError
from filtershift.passes.all_passes import Measured, measure
from filtershift.passes.bases import global_basis
from filtershift.passes.blocks import FilterSource
from filtershift.passes.filter_array import FilterArray
from filtershift.passes.histograms import compared_counts
from filtershift.passes.moments import LayerMoments, measure_moments
from filtershift.passes.orthogonality import measure_orthogonality
from filtershift.results import VARIANTS

if TYPE_CHECKING:
    from sklearn.decomposition import PCA

THREADS = os.cpu_count() or 1
MOST_BINS = 10_000


class Filters:
    """The 3×3 filters of some layers, read when they are needed.

    Iterating gives the filters of one layer after another, (n, 3, 3); ``filters[layer]`` those of one.

    Attributes:
        layers: one row per layer with its metadata, indexed by layer number.
        row_ranges: columns layer, start, stop: the rows of ``source`` that belong to each layer.
        source: where filters are read.
    """

    def __init__(self, source: FilterSource, layers: pd.DataFrame, row_ranges: pd.DataFrame) -> None:
        self.source, self.layers, self.row_ranges = source, layers, row_ranges

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, layer: int) -> NDArray[np.floating]:
        if not isinstance(layer, (int, np.integer)) or layer not in self.layers.index:
            raise FiltershiftError(f"there is no layer {layer}; see the index of the attribute layers")
        own = self.row_ranges[self.row_ranges["layer"] == layer]
        parts = [self.source.read(start, stop) for start, stop in zip(own["start"], own["stop"], strict=True)]
        return np.concatenate(parts).reshape(-1, 3, 3)

    def __iter__(self) -> Iterator[NDArray[np.floating]]:
        return (self[layer] for layer in self.layers.index)

    def __repr__(self) -> str:
        return f"<{self.layers['n_filters'].sum():,} filters of {len(self):,} layers>"

    def where(self, **chosen: object) -> Self:
        """The layers whose columns have these values, as in ``filters.where(model="resnet50")``.

        Raises:
            FiltershiftError: there is no such column, or no layer with this value.
        """
        layers = self.layers
        for column, value in chosen.items():
            found = layers[_column(layers, column) == value]
            if found.empty:
                known = ", ".join(map(str, layers[column].dropna().unique()[:10])) or "nothing"
                raise FiltershiftError(f"no layer has {column}={value!r}; there is {known}")
            layers = found
        return type(self)(self.source, layers, self.row_ranges[self.row_ranges["layer"].isin(layers.index)])


class _Chain:
    """Several sources read as one, each after the other."""

    def __init__(self, parts: Sequence[Filters]) -> None:
        self._sources = [part.source for part in parts]
        self.starts = np.cumsum([0, *(int(part.row_ranges["stop"].max()) for part in parts)])

    def read(self, start: int, stop: int) -> NDArray[np.floating]:
        k = int(np.searchsorted(self.starts, start, side="right")) - 1
        return self._sources[k].read(start - int(self.starts[k]), stop - int(self.starts[k]))


def open_dataset(path: str | Path) -> Filters:
    """The filters of a data set file in any of the formats the workflow reads, memory-mapped where possible.

    Raises:
        FiltershiftError: what is wrong with the file, in one line.
    """
    table = read_layers(Path(path))
    return Filters(FilterFile(Path(path)), table.layers, table.row_ranges)


def read_model(path: str | Path, batch_norm: str = FOLDED) -> Filters:
    """The 3×3 filters of a model file of any kind, or of a folder as model hubs lay it out.

    Args:
        path: the file or folder.
        batch_norm: "folded": multiplied by the BatchNorm behind the convolution, where the file says that there is
            one; "stored": as they are.

    Raises:
        FiltershiftError: no such model, or one without 3×3 convolutions.
    """
    [file] = listed_models([str(path)])
    name = file.name
    model = read_model_file(Path(file.file), name, batch_norm)
    if not model.layers:
        raise FiltershiftError(f"{path}: {model.skipped[-1].reason if model.skipped else 'no 3×3 convolution'}")
    source = FilterArray([layer.weights for layer in model.layers])
    return Filters(source, model_layers({name: model}), source.row_ranges)


def from_arrays(layers: Mapping[str, ArrayLike] | Sequence[ArrayLike] | ArrayLike) -> Filters:
    """Arrays as layers: one array, several, or several by name.

    An array of four dimensions (out, in, 3, 3) is the weight of a convolution; others are filters, (n, 3, 3) or (n, 9).

    Raises:
        FiltershiftError: an array of another shape or type, or none.
    """
    if isinstance(layers, Mapping):
        named = {str(name): np.asarray(array) for name, array in layers.items()}
    else:
        several = layers if isinstance(layers, (list, tuple)) else [layers]
        named = {str(k): np.asarray(array) for k, array in enumerate(several)}
    for name, array in named.items():
        if not (array.ndim in (3, 4) and array.shape[-2:] == (3, 3)) and not (array.ndim == 2 and array.shape[1] == 9):
            raise FiltershiftError(f"layer '{name}' has shape {array.shape}, not (out, in, 3, 3), (n, 3, 3) or (n, 9)")
        if array.dtype.kind not in "fiu":
            raise FiltershiftError(f"layer '{name}' has type {array.dtype}; expected real numbers")
    if not named:
        raise FiltershiftError("no layer given; give one array at least")
    source = FilterArray([np.asarray(a, a.dtype if a.dtype == np.float64 else np.float32) for a in named.values()])
    rows = [
        {
            "model_id": 0,
            "model": "arrays",
            "layer_name": name,
            "conv_depth": k,
            "conv_depth_norm": k / max(len(named) - 1, 1),
            "n_filters": array.size // 9,
            "out_channels": array.shape[0] if array.ndim == 4 else None,
            "in_channels": array.shape[1] if array.ndim == 4 else None,
            "groups": 1 if array.ndim == 4 else None,
        }
        for k, (name, array) in enumerate(named.items())
    ]
    return Filters(source, pd.DataFrame(rows).rename_axis("layer"), source.row_ranges)


def pca(filters: Filters | ArrayLike, variant: str = "scaled") -> PCA:
    """A fitted scikit-learn PCA of all filters, from one pass over them: they need not fit into memory.

    Args:
        filters: the filters, or arrays as of `from_arrays`.
        variant: "scaled", each filter divided by its largest absolute weight, or "unscaled". What the PCA transforms is
            to be scaled in the same way.

    Raises:
        FiltershiftError: no such variant, or no finite filter.
    """
    from sklearn.decomposition import PCA

    filters = _filters(filters)
    moments = measure_moments(filters.source, filters.row_ranges, THREADS)
    _check_finite(filters, moments)
    basis = global_basis(moments, _variant(variant))
    fitted = PCA(n_components=9, svd_solver="full")
    fitted.components_, fitted.mean_ = basis.components, basis.mean
    fitted.explained_variance_ = basis.explained_variance
    fitted.explained_variance_ratio_ = basis.explained_variance_ratio
    fitted.singular_values_ = np.sqrt(basis.explained_variance * (basis.n_filters - 1))
    fitted.n_components_ = fitted.n_features_in_ = 9
    fitted.n_samples_, fitted.noise_variance_ = basis.n_filters, 0.0
    return fitted


def shift(
    filters: Filters | Mapping[str, Filters | ArrayLike] | ArrayLike,
    by: str | None = None,
    variant: str = "scaled",
    bins: int = 70,
) -> pd.DataFrame:
    """The D-matrix of groups: symmetric KL divergence of their coefficients in the basis of all of them, in nats.

    Args:
        filters: filters (or arrays) whose layers are grouped by a column, or the filters of each group by label.
        by: that column, as in ``shift(filters, by="Task")``; a missing label is the group "unknown".
        variant: "scaled" or "unscaled".
        bins: of the histograms, 1 to 10,000.

    Returns:
        A square table, labels as index and columns in the order of ascending mean shift.

    Raises:
        FiltershiftError: no such column or variant, another number of bins, or no finite filter.
    """
    v = _variant(variant)
    if isinstance(bins, bool) or not isinstance(bins, (int, np.integer)) or not 1 <= bins <= MOST_BINS:
        raise FiltershiftError(f"shift: bins must be a whole number from 1 to {MOST_BINS:,}, not {bins!r}")
    if isinstance(filters, Mapping):
        filters, by = _together({str(label): _filters(group) for label, group in filters.items()}), "group"
    if by is None:
        raise FiltershiftError("shift: name the column to group by, as in by='model', or give filters by label")
    filters = _filters(filters)
    label = _column(filters.layers, by).astype(object).where(filters.layers[by].notna(), "unknown").astype(str)
    measured = _measured(filters, bins)
    counts = {group: np.zeros((9, bins), np.int64) for group in label.unique()}
    for layer, of_layer in measured.counted:
        counts[label[layer]] += compared_counts(of_layer[v], bins)
    sizes, ratio = pd.DataFrame({"group": list(counts)}), measured.bases[v].explained_variance_ratio
    return shift_tables(counts, measured.grids[v].edges, ratio, sizes, "shift")[0]


def quality(filters: Filters | ArrayLike) -> pd.DataFrame:
    """The quality of every layer: sparsity, variance entropy and its random threshold, orthogonality, state, …."""
    filters = _filters(filters)
    measured = _measured(filters)
    orthogonality = measure_orthogonality(filters.source, filters.layers, filters.row_ranges, THREADS)
    table = layer_quality(filters.layers, measured.moments, measured.extent, orthogonality)
    if "layer_name" in filters.layers:
        table.insert(2, "layer_name", filters.layers["layer_name"])
    return table


def _measured(filters: Filters, bins: int = 70) -> Measured:
    measured = measure(filters.source, filters.row_ranges, bins, THREADS)
    _check_finite(filters, measured.moments)
    return measured


def _check_finite(filters: Filters, moments: LayerMoments) -> None:
    if not moments.n.any():
        raise FiltershiftError(f"{filters!r}: none is finite, so nothing can be measured")


def _filters(filters: Filters | ArrayLike) -> Filters:
    return filters if isinstance(filters, Filters) else from_arrays(filters)


def _variant(variant: str) -> int:
    if variant not in VARIANTS:
        raise FiltershiftError(f"variant must be {' or '.join(VARIANTS)}, not '{variant}'")
    return VARIANTS.index(variant)


def _column(layers: pd.DataFrame, column: str) -> pd.Series:
    if not isinstance(column, str) or column not in layers.columns:
        known = ", ".join(map(str, layers.columns))
        raise FiltershiftError(f"the layers have no column '{column}'; theirs are: {known}")
    return layers[column]


def _together(groups: Mapping[str, Filters]) -> Filters:
    """The filters of all groups as one, with the column group."""
    parts = list(groups.values())
    if not parts:
        raise FiltershiftError("shift: no group given; give two at least")
    chain, tables, row_ranges, first = _Chain(parts), [], [], 0
    for k, (label, part) in enumerate(groups.items()):
        renumbered = dict(zip(part.layers.index, range(first, first + len(part)), strict=True))
        first += len(part)
        tables.append(part.layers.rename(index=renumbered).assign(group=label))
        own, at = part.row_ranges, int(chain.starts[k])
        layer, start, stop = own["layer"].map(renumbered), own["start"] + at, own["stop"] + at
        row_ranges.append(own.assign(layer=layer, start=start, stop=stop))
    return Filters(chain, pd.concat(tables), pd.concat(row_ranges, ignore_index=True))
