"""Distribution shifts: the symmetric Kullback-Leibler divergence between groups of filters."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.files import read_table

Array = NDArray[np.float64]

SETTLED = 1_000
"""Filters from which a group's shifts are trusted: fewer inflate them."""

# An empty bin gets this density (not probability), as the authors do.
EPSILON = float(np.finfo(np.float32).eps)


def probabilities(counts: NDArray[np.int64] | Array, width: float) -> Array:
    """Histogram counts (..., bins) as probabilities: densities, empty bins set to ``EPSILON``, divided by their sum.

    ``width`` is the bins' width in units of the coefficients. A histogram without any filter becomes NaN. They are
    float32 if the counts are.
    """
    n = counts.sum(axis=-1, keepdims=True)
    missing = np.full(counts.shape, np.nan, np.result_type(counts, np.float32))
    density = np.divide(counts, n * width, out=missing, where=n > 0)
    density = np.where((counts == 0) & (n > 0), EPSILON, density)
    return density / density.sum(axis=-1, keepdims=True)


def component_shifts(probability: Array) -> Array:
    """Symmetric KL divergence of every pair of groups in every component, (9, groups, groups), in nats.

    KL(P||Q) + KL(Q||P) = sum (P - Q) (log P - log Q) for probabilities (groups, 9, bins), the two directions summed.
    Groups without filters have NaN shifts.
    """
    p = probability.transpose(1, 0, 2)
    cross = p @ np.log(p).transpose(0, 2, 1)
    own = np.diagonal(cross, axis1=1, axis2=2)
    shifts = (own[:, :, None] + own[:, None, :]) - (cross + cross.transpose(0, 2, 1))
    return np.maximum(shifts, 0.0)


def by_mean_shift(shift: Array) -> NDArray[np.int64]:
    """The display order of a D-matrix: ascending column mean, diagonal included; equal means keep their order.

    Groups without filters, whose shifts are NaN, come last and count in no mean.
    """
    some = ~np.isnan(np.diagonal(shift))
    return np.argsort(np.where(some, shift[some].sum(axis=0), np.inf), kind="stable")


def shift_tables(
    groups: Mapping[str, NDArray[np.int64]], edges: Array, ratio: Array, sizes: pd.DataFrame, order: str
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The D-matrix of groups in display order, what each group counts, and the parts of every D.

    Args:
        groups: per label the histogram counts (9, bins).
        edges: (bins + 1,) their shared edges.
        ratio: (9,) explained variance ratio of the global basis.
        sizes: columns group, n_filters, n_layers, n_models.
        order: "shift" to show groups by ascending mean shift, else the order of ``groups``.

    Returns:
        The square matrix; a table group, n_filters, n_layers, n_models in the same order; and a table
        a, b, shift, component_0 … component_8 of all pairs, whose weighted components add up to the shift.
    """
    counts = np.stack(list(groups.values()))
    parts = component_shifts(probabilities(counts, edges[1] - edges[0])) * ratio[:, None, None]
    return tables_of(parts, dict(zip(groups, counts[:, 0].sum(axis=1), strict=True)), sizes, order)


def tables_of(
    parts: Array, n_filters: Mapping[str, int], sizes: pd.DataFrame, order: str
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The tables of `shift_tables`, of parts (9, groups, groups) that add up to D and each label's filters."""
    order_shown = by_mean_shift(parts.sum(axis=0)) if order == "shift" else np.arange(len(n_filters))
    labels = [list(n_filters)[k] for k in order_shown]
    parts = parts[:, order_shown][:, :, order_shown]
    matrix = pd.DataFrame(parts.sum(axis=0), labels, labels)
    n = sizes.set_index("group").loc[labels].assign(n_filters=[n_filters[label] for label in labels]).reset_index()
    a, b = np.triu_indices(len(labels), k=1)
    components = pd.DataFrame({"a": np.take(labels, a), "b": np.take(labels, b), "shift": parts.sum(axis=0)[a, b]})
    return matrix, n, components.assign(**{f"component_{i}": parts[i, a, b] for i in range(9)})


def load_matrix(path: Path) -> pd.DataFrame:
    """Read a D-matrix back: labels as index and columns, in display order."""
    table = read_table(path, text=("Unnamed: 0",))
    return pd.DataFrame(table.iloc[:, 1:].to_numpy(float), table.iloc[:, 0].astype(str), table.iloc[:, 0].astype(str))
