"""The shifts of one grouping in one variant: from what is stored of layers to every table about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.distributions.densities import densities
from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.shifts.choices import KNOWN, PAPER, Choices
from filtershift.analysis.shifts.d_matrix import tables_of
from filtershift.analysis.shifts.divergences import chosen_parts
from filtershift.analysis.shifts.gaussian import CoefficientMoments
from filtershift.analysis.shifts.sensitivity import sensitivity
from filtershift.analysis.shifts.weighting import load_fine_counts
from filtershift.passes.bases import Basis
from filtershift.passes.histograms import Grid, coarsen
from filtershift.passes.stored.histograms import group_counts

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class GroupingShifts:
    """The shifts between the groups of one grouping, and the distributions behind them.

    Tables are in display order, the dictionaries in the natural order of the groups.

    Attributes:
        matrix: the D-matrix, with labels as index and columns.
        n: columns group, n_filters, n_layers, n_models.
        components: one row per pair: a, b, shift, component_0 … component_8, which add up to the shift.
        sensitivity: how the shifts depend on the choices, as of `filtershift.analysis.shifts.sensitivity.sensitivity`.
        counts: the histogram (9, bins) of each group over the extent, each filter counted once.
        window_counts: its histogram (9, bins) over the window.
        densities: its densities (9, points) at ``x``.
        x: (points,) coefficients.
        grid: where the bins lie.
    """

    matrix: pd.DataFrame
    n: pd.DataFrame
    components: pd.DataFrame
    sensitivity: pd.DataFrame
    counts: dict[str, Counts]
    window_counts: dict[str, Counts]
    densities: dict[str, Array]
    x: Array
    grid: Grid


def measure_shifts(
    histograms: Sequence[Path],
    moments: CoefficientMoments,
    groups: Membership,
    sizes: pd.DataFrame,
    model: pd.Series,
    basis: Basis,
    bases: Mapping[str, Basis],
    choices: Choices = PAPER,
    order: str = "shift",
) -> GroupingShifts:
    """Measure the shifts between the groups of a grouping.

    Args:
        histograms: the files of all shards of one variant.
        moments: of all layers, in this variant and basis.
        groups: the groups and the layers of each.
        sizes: columns group, n_filters, n_layers, n_models.
        model: the model_id of each layer.
        basis: the global basis of the variant.
        bases: each group's own basis, by label.
        choices: how shifts are computed.
        order: "shift" to show groups by ascending mean shift, else their natural order.
    """
    labels = groups.labels
    fine = load_fine_counts(histograms, moments, groups, KNOWN["weighting"], model)
    window = group_counts(histograms, "window", groups.group_of, len(labels))
    grid, ratio = fine.grid, basis.explained_variance_ratio
    counts = dict(zip(labels, coarsen(fine.groups["filter"].astype(np.int64), grid.bins), strict=True))
    window_counts = dict(zip(labels, window, strict=True))

    n_filters = {label: int(count[0].sum()) for label, count in counts.items()}
    matrix, n, components = tables_of(chosen_parts(fine, choices, grid.bins, ratio), n_filters, sizes, order)
    x, curves = densities(window_counts, bases, grid.window, basis.components)
    return GroupingShifts(
        matrix=matrix,
        n=n,
        components=components,
        sensitivity=sensitivity(fine, labels, choices, grid.bins, ratio),
        counts=counts,
        window_counts=window_counts,
        densities=curves,
        x=x,
        grid=grid,
    )
