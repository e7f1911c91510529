"""The passes over filters in a notebook, for some groups of layers or for all of them as one."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from filtershift.analysis.groups.assign import MOST, assign
from filtershift.analysis.groups.definition import Grouping
from filtershift.errors import FiltershiftError
from filtershift.notebook.filters.arrays import as_filters
from filtershift.notebook.filters.choosing import column_of, shown
from filtershift.notebook.filters.filters import Filters
from filtershift.notebook.filters.joining import joined
from filtershift.passes.all_passes import Measured, measure
from filtershift.passes.moments import LayerMoments
from filtershift.results import VARIANTS

THREADS = os.cpu_count() or 1
GIVEN = "group"
"""The column of groups that are given by label."""

By = str | Sequence[str] | None


def measured(filters: Filters, bins: int = 70) -> Measured:
    """All passes over the filters.

    Raises:
        FiltershiftError: no filter is finite.
    """
    found = measure(filters.source, filters.row_ranges, bins, THREADS)
    check_finite(filters, found.moments)
    return found


def check_finite(filters: Filters, moments: LayerMoments) -> None:
    """Raise a FiltershiftError if no filter is finite."""
    if not moments.n.any():
        models = ", ".join(filters.layers["model"].astype(str).unique()[:3])
        raise FiltershiftError(f"{filters!r} of {models}: none is finite, so nothing can be measured")


def variant_number(variant: str) -> int:
    """The place of a variant in `VARIANTS`; a FiltershiftError if there is none."""
    if not isinstance(variant, str) or variant not in VARIANTS:
        raise FiltershiftError(f"variant must be {' or '.join(VARIANTS)}, not {shown(variant)}")
    return VARIANTS.index(variant)


def grouped(
    filters: Filters | Mapping[str, Filters | ArrayLike] | ArrayLike, by: By
) -> tuple[Filters, NDArray[np.int64], pd.DataFrame]:
    """Filters with the number of the group of each layer (L,), and the columns group, n_filters, n_layers, n_models.

    Groups are numbered in natural order. They are those of a column of the layers, or of several, or given by label. A
    missing label is the group "unknown".

    Raises:
        FiltershiftError: there is no such column, or there are too many groups.
    """
    if isinstance(filters, Mapping):
        filters, by = _given_by_label(filters, by), GIVEN
    filters, columns = as_filters(filters), _columns(by)
    combinations = pd.concat([column_of(filters.layers, column) for column in columns], axis=1).drop_duplicates()
    if len(combinations) > MOST:
        raise FiltershiftError(f"by={shown(by)} makes {len(combinations):,} groups; at most {MOST:,} can be compared")
    found = assign(filters.layers, " and ".join(columns), Grouping(by=columns))
    return filters, pd.Index(found.sizes["group"]).get_indexer(pd.Index(found.group)), found.sizes


def check_groups(
    filters: Filters, moments: LayerMoments, number: NDArray[np.int64], labels: Sequence[str]
) -> dict[int, int]:
    """The group of each layer by its number; a FiltershiftError if a group has no finite filter."""
    group_of = dict(zip(filters.layers.index.tolist(), number.tolist(), strict=True))
    n = np.zeros(len(labels), np.int64)
    np.add.at(n, [group_of[layer] for layer in moments.layer.tolist()], moments.n)
    if empty := [repr(str(labels[k])) for k in np.flatnonzero(n == 0).tolist()]:
        names = f"{', '.join(empty[:5])}{', …' * (len(empty) > 5)}"
        raise FiltershiftError(f"no finite filter in the group{'s' * (len(empty) > 1)} {names}; leave such groups out")
    return group_of


def _columns(by: object) -> list[str]:
    columns = [by] if isinstance(by, str) else list(by) if isinstance(by, (list, tuple)) else []
    if not columns:
        given = "" if by is None else f", not {shown(by)}"
        raise FiltershiftError(
            f"name the column to group by, as in by='model' or by=['Task', 'kernel']{given}; or give filters by label"
        )
    return list(dict.fromkeys(columns))


def _given_by_label(groups: Mapping[str, Filters | ArrayLike], by: By) -> Filters:
    """The filters of all groups as one, with the column `GIVEN`."""
    if by is not None:
        raise FiltershiftError(f"filters are given by label already; leave out by={shown(by)}")
    if not groups:
        raise FiltershiftError("no group given; give two at least")
    parts = []
    for label, group in groups.items():
        try:
            parts.append(as_filters(group))
        except FiltershiftError as error:
            raise FiltershiftError(f"group {shown(label)}: {error}") from None
    source, layers, row_ranges, skipped = joined(parts)
    labels = np.repeat(np.array([str(label) for label in groups], object), [len(part) for part in parts])
    return Filters(source, layers.assign(**{GIVEN: labels}), row_ranges, skipped)


def filled(filters: Filters) -> Filters:
    """The layers that have filters, or all if none has, in the order of their numbers, as the passes measure them."""
    some = filters.layers["n_filters"] > 0
    layers = (filters.layers[some] if some.any() else filters.layers).sort_index()
    own = filters.row_ranges[filters.row_ranges["layer"].isin(layers.index)]
    return Filters(filters.source, layers, own.sort_values(["layer", "start"]), filters.skipped)
