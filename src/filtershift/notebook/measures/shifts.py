"""Shifts between groups of filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from filtershift.analysis.shifts.d_matrix import shift_tables
from filtershift.analysis.uncertainty.clusters import clusters_by_column
from filtershift.analysis.uncertainty.grouped_layers import grouped_layers
from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.analysis.uncertainty.tables import uncertainty_tables
from filtershift.dataset.models.labels import LINEAGE
from filtershift.notebook.filters.choosing import check_whole
from filtershift.notebook.filters.filters import Filters
from filtershift.notebook.measures.measuring import check_groups, grouped, measured, variant_number
from filtershift.passes.histograms import compared_counts

_MOST_BINS, _MOST_RESAMPLES = 10_000, 1_000_000


def shift(
    filters: Filters | Mapping[str, Filters | ArrayLike] | ArrayLike,
    by: str | Sequence[str] | None = None,
    variant: str = "scaled",
    bins: int = 70,
    intervals: bool = False,
    resamples: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """The D-matrix of groups: symmetric KL divergence of their coefficients in the basis of all of them, in nats.

    Args:
        filters: filters (or arrays) whose layers are grouped by a column, or the filters of each group by label.
        by: that column, or several, as in ``shift(filters, by=["Task", "kernel"])``; a missing label is the group
            "unknown".
        variant: "scaled" or "unscaled".
        bins: of the histograms, 1 to 10,000.
        intervals: whether to measure how far each shift can be trusted. Then the result is a table of pairs.
        resamples: number of draws for an interval.
        seed: of the random numbers.

    Returns:
        A square table, labels as index and columns in the order of ascending mean shift.

        With ``intervals`` one row per pair of groups: a, b, shift, the ends low and high of its 95 % interval, floor
        (the shift between halves of the noisier group), null (the shift between such groups with meaningless labels),
        flag ("above" if it is above both), and what was resampled: models where a group has several, else layers or
        filters. Models of one ``lineage`` count as one, where there is such a column. See docs/uncertainty.md.

    Raises:
        FiltershiftError: no such column or variant, a number out of range, or a group without a finite filter.
    """
    v = variant_number(variant)
    check_whole("bins", bins, 1, _MOST_BINS)
    check_whole("resamples", resamples, 1, _MOST_RESAMPLES)
    check_whole("seed", seed, 0, 2**32 - 1)
    filters, number, sizes = grouped(filters, by)
    labels = sizes["group"].tolist()
    found = measured(filters, bins)
    group_of = check_groups(filters, found.moments, number, labels)
    # Intervals need the histogram of each layer, shifts only that of each group.
    row = dict(zip(filters.layers.index.tolist(), range(len(filters)), strict=True)) if intervals else group_of
    counts = np.zeros((max(row.values()) + 1, 9, bins), np.int64)
    for layer, of_layer, _ in found.counted:
        counts[row[layer]] += compared_counts(of_layer[v], bins)
    of_groups = np.zeros((len(labels), 9, bins), np.int64)
    np.add.at(of_groups, number if intervals else np.arange(len(labels)), counts)

    edges, ratio = found.grids[v].edges, found.bases[v].explained_variance_ratio
    by_label = dict(zip(labels, of_groups, strict=True))
    matrix, n, pairs = shift_tables(by_label, edges, ratio, sizes, "shift")
    if not intervals:
        return matrix
    model, width = filters.layers["model_id"].to_numpy(), edges[1] - edges[0]
    layers = grouped_layers(counts, width, ratio, number, len(labels), model, _lineages(filters.layers))
    return uncertainty_tables(layers, labels, "shift", Resampling(resamples, seed), pairs, n)[0]


def _lineages(layers: pd.DataFrame) -> NDArray[np.int64] | None:
    """The lineage of each layer's model as a number, None if all are different."""
    models = layers.drop_duplicates("model_id")
    cluster = clusters_by_column(models, LINEAGE)
    return cluster.loc[layers["model_id"]].to_numpy() if cluster.duplicated().any() else None
