"""A few filters of each layer to look at: the most typical, the most extreme, and random ones.

How typical a filter is follows from pass 2: the sum, over the nine components, of the logarithm of the layer's own
histogram where its scaled coefficient lies. A large layer is not read whole: 1,024 of its filters, in runs of 64 at
even distances, stand for it, so that this costs no third pass.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.bases import Basis
from filtershift.passes.blocks import FilterSource
from filtershift.passes.histograms import Grid

KINDS = ("typical", "extreme", "random")

EACH = 6
"""Filters of each kind."""

READ, RUN = 1024, 64
"""Filters of a layer that are read at most, and how many neighbours at a time."""


@dataclass(frozen=True)
class ExampleFilters:
    """Filters of each layer: first the most typical, then the most extreme, then random ones, `EACH` of each kind.

    Attributes:
        layer: (L,) layer numbers.
        row: (L, 18) their rows in the data set; -1 where a layer has fewer filters.
        weights: (L, 18, 3, 3) their raw weights, NaN where there is none.
    """

    layer: NDArray[np.int64]
    row: NDArray[np.int64]
    weights: NDArray[np.float32]


def example_filters(
    source: FilterSource, row_ranges: pd.DataFrame, basis: Basis, grid: Grid, counts: NDArray[np.integer]
) -> ExampleFilters:
    """Choose them.

    Args:
        source: where the filters are read.
        row_ranges: columns layer, start, stop, sorted by layer.
        basis: that of the scaled variant.
        grid: of its histograms.
        counts: (L, 9, bins) the histograms of the layers, in the order of their numbers.
    """
    layers = row_ranges["layer"].unique()
    rows = np.full((len(layers), len(KINDS) * EACH), -1, np.int64)
    bounds = np.searchsorted(row_ranges["layer"], [*layers, np.inf])
    weights = np.full((*rows.shape, 3, 3), np.nan, np.float32)
    for k, layer in enumerate(layers.tolist()):
        own = row_ranges.iloc[bounds[k] : bounds[k + 1]]
        row, filters = _read(source, own["start"].to_numpy(), own["stop"].to_numpy())
        chosen = _chosen(_typicality(filters, basis, grid, counts[k]), layer)
        rows[k, chosen >= 0] = row[chosen[chosen >= 0]]
        weights[k, chosen >= 0] = filters[chosen[chosen >= 0]].reshape(-1, 3, 3)
    return ExampleFilters(layers, rows, weights)


def _read(
    source: FilterSource, start: NDArray[np.int64], stop: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.floating]]:
    """Rows of a layer and their filters (n, 9): all, or runs at even distances; non-finite and zero ones left out."""
    ends = np.cumsum(stop - start)
    if ends[-1] > READ:
        runs = READ // RUN
        first = np.arange(runs) * (ends[-1] - RUN) // (runs - 1)
        part = np.searchsorted(ends, first, side="right")
        start, stop = stop[part] - (ends[part] - first), np.minimum(stop[part] - (ends[part] - first) + RUN, stop[part])
    row = np.concatenate([np.arange(a, b) for a, b in zip(start, stop, strict=True)])
    filters = np.concatenate([source.read(int(a), int(b)) for a, b in zip(start, stop, strict=True)])
    usable = np.isfinite(filters).all(axis=1) & filters.any(axis=1)
    return row[usable], filters[usable]


def _typicality(
    filters: NDArray[np.floating], basis: Basis, grid: Grid, counts: NDArray[np.integer]
) -> NDArray[np.float64]:
    """The log-likelihood of each filter under the layer's histograms (9, bins), half a filter added to each bin."""
    scaled = filters / np.abs(filters).max(axis=1, keepdims=True, initial=1e-300)
    coefficients = (scaled - basis.mean) @ basis.components.T
    low, high = grid.extent
    place = ((coefficients - low) / (high - low) * counts.shape[1]).astype(np.int64).clip(0, counts.shape[1] - 1)
    found: NDArray[np.float64] = np.log(counts[np.arange(9), place] + 0.5).sum(axis=1)
    return found


def _chosen(typicality: NDArray[np.float64], seed: int) -> NDArray[np.int64]:
    """Which filters are shown, (18,), each at most once; -1 where there are no more."""
    order = np.argsort(-typicality, kind="stable")
    each = min(EACH, -(-len(order) // len(KINDS)))
    typical, rest = order[:each], order[each:]
    extreme, rest = rest[::-1][:each], rest[::-1][each:]
    parts = (typical, extreme, np.random.default_rng(seed).permutation(rest)[:each])
    return np.concatenate([np.pad(part, (0, EACH - len(part)), constant_values=-1) for part in parts])
