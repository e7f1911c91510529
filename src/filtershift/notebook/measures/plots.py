"""Draw what was measured, as the workflow draws it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
import pandas as pd

from filtershift.analysis.distributions.densities import densities
from filtershift.analysis.shifts.d_matrix import by_mean_shift, shift_tables
from filtershift.errors import FiltershiftError
from filtershift.notebook.filters.choosing import shown
from filtershift.notebook.filters.filters import Filters
from filtershift.notebook.measures.measuring import By, check_groups, grouped, measured, variant_number
from filtershift.passes.bases import group_bases
from filtershift.passes.histograms import Counts, compared_counts, window_counts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from filtershift.notebook.measures.fitted import FilterPCA

_SIZES = ("n_filters", "n_models")
_PAIRS = {"a", "b", "shift", "flag", *(f"{column}_{end}" for column in _SIZES for end in "ab")}
_BINS = 70


def plot(
    result: pd.DataFrame | FilterPCA | Filters | Mapping[str, Any],
    by: str | Sequence[str] | None = None,
    variant: str = "scaled",
) -> Figure:
    """Draw a result as the workflow does. The figure shows itself in a notebook; ``figure.savefig`` writes it.

    Args:
        result: what `shift` returns (a matrix; with intervals, dots mark shifts that may be noise); what `pca` returns,
            or several such by label (eigenfilters); or filters, grouped as for `shift` (the densities of their
            coefficients).
        by: the column, or several, to group filters by.
        variant: "scaled" or "unscaled" filters.

    Raises:
        FiltershiftError: something else is given.
    """
    bases = {f"{result.variant_} filters": result} if _is_basis(result) else result
    if by is not None and (_is_basis(result) or isinstance(result, pd.DataFrame)):
        raise FiltershiftError(f"plot: by={shown(by)} groups filters; leave it out for what shift or pca returns")
    if isinstance(bases, Mapping) and bases and all(map(_is_basis, bases.values())):
        figure = _eigenfilters(bases)
    elif isinstance(result, pd.DataFrame):
        figure = _shifts(result)
    elif by is None and not isinstance(result, Mapping):
        raise FiltershiftError(
            f"plot draws what shift or pca returns, or filters and the column to group them by, not {shown(result)}"
        )
    else:
        figure = _densities(result, by, variant)
    return shown_by_notebooks(figure)


def _is_basis(result: Any) -> TypeGuard[FilterPCA]:
    return hasattr(result, "variant_") and hasattr(result, "n_models_")


def shown_by_notebooks(figure: Figure) -> Figure:
    """A figure outside pyplot is shown only where it says how."""
    from filtershift.figures.drawing.saving import png

    figure._repr_png_ = partial(png, figure)  # type: ignore[attr-defined]
    return figure


def _eigenfilters(bases: Mapping[str, Any]) -> Figure:
    from filtershift.figures.distributions.eigenfilters import eigenfilter_tiles

    rows = [
        (
            str(label),
            {
                "components": basis.components_,
                "explained_variance_ratio": basis.explained_variance_ratio_,
                "n_filters": np.int64(basis.n_samples_),
                "n_models": np.int64(basis.n_models_),
            },
        )
        for label, basis in bases.items()
    ]
    return eigenfilter_tiles(rows)


def _shifts(table: pd.DataFrame) -> Figure:
    from filtershift.figures.shifts.shift_matrix import shift_matrix

    if table.empty:
        raise FiltershiftError("plot: the table is empty; shifts need two groups at least")
    if set(table.columns) >= _PAIRS:
        square = _square(table)
        return shift_matrix([f"{len(square)} groups"], [square], [_sizes(table)], [table])
    labels = table.index.astype(str)
    if labels.tolist() != table.columns.astype(str).tolist():
        raise FiltershiftError("plot draws the tables that shift returns, but this one is neither square nor of pairs")
    try:
        matrix = pd.DataFrame(table.to_numpy(float), labels, labels)
    except (TypeError, ValueError):
        raise FiltershiftError("plot draws the tables that shift returns, but this one does not hold numbers") from None
    return shift_matrix([f"{len(matrix)} groups"], [matrix], [None])


def _square(pairs: pd.DataFrame) -> pd.DataFrame:
    """The D-matrix of a table of pairs, in the order of ascending mean shift."""
    labels = pd.Index(pd.unique(pairs[["a", "b"]].to_numpy().ravel()))
    a, b = labels.get_indexer(pd.Index(pairs["a"])), labels.get_indexer(pd.Index(pairs["b"]))
    shift = np.zeros((len(labels), len(labels)))
    shift[a, b] = shift[b, a] = pairs["shift"]
    order = by_mean_shift(shift)
    return pd.DataFrame(shift, labels, labels).iloc[order, order]


def _sizes(pairs: pd.DataFrame) -> pd.DataFrame:
    """The columns group, n_filters, n_models of a table of pairs."""
    ends = [
        pairs[[end, *(f"{column}_{end}" for column in _SIZES)]].set_axis(["group", *_SIZES], axis=1) for end in "ab"
    ]
    return pd.concat(ends).drop_duplicates("group")


def _densities(filters: Any, by: By, variant: str) -> Figure:
    from filtershift.figures.distributions.ridge import density_ridges

    v = variant_number(variant)
    filters, number, sizes = grouped(filters, by)
    labels = sizes["group"].tolist()
    found = measured(filters, _BINS)
    group_of = check_groups(filters, found.moments, number, labels)
    counts: dict[str, Counts] = {}
    windows: dict[str, Counts] = {}
    for layer, of_layer, _ in found.counted:
        label = labels[group_of[layer]]
        counts[label] = counts.get(label, np.int64(0)) + compared_counts(of_layer[v], _BINS)
        windows[label] = windows.get(label, np.int64(0)) + window_counts(of_layer[v])
    grid, basis = found.grids[v], found.bases[v]
    bases = dict(zip(labels, group_bases(found.moments, v, group_of, len(labels)), strict=True))
    x, curves = densities(windows, bases, grid.window, basis.components)
    order = shift_tables(counts, grid.edges, basis.explained_variance_ratio, sizes, "shift")[0].index
    return density_ridges(x, {label: {"density": curve} for label, curve in curves.items()}, order.tolist())
