"""The weight matrix W of a layer: of one row per output channel, where the data set says the shapes of layers.

A layer's filters, in order, are the matrix of as many rows as the layer has output channels, with 9 · input channels /
groups columns.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.blocks import FilterSource

Weights = NDArray[np.floating]

SHAPE = ("out_channels", "in_channels", "groups")

# W is cut into strips of at most so many rows and weights (a single row may have more): a thread holds two of them.
STRIP_ROWS = 1 << 9
STRIP_WEIGHTS = 1 << 21


@dataclass(frozen=True)
class WeightMatrix:
    """Where the matrix W of a layer is: its row ranges (start, stop), rows, and filters in each row."""

    row_ranges: list[tuple[int, int]]
    rows: int
    width: int

    @property
    def columns(self) -> int:
        """Weights in each row."""
        return 9 * self.width

    def strips(self) -> list[tuple[int, int]]:
        """First and last + 1 row of each strip: they depend on the shape alone."""
        most = min(STRIP_ROWS, max(STRIP_WEIGHTS // (9 * self.width), 1))
        count = -(-self.rows // most)
        return [(k * self.rows // count, (k + 1) * self.rows // count) for k in range(count)]

    def read(self, source: FilterSource, first: int, last: int) -> Weights:
        """Rows first … last - 1, of the type of the weights."""
        parts, start, stop = [], first * self.width, last * self.width
        for run_start, run_stop in self.row_ranges:
            length = run_stop - run_start
            if start < length and stop > 0:
                parts.append(source.read(run_start + max(start, 0), run_start + min(stop, length)))
            start, stop = start - length, stop - length
        return (parts[0] if len(parts) == 1 else np.concatenate(parts)).reshape(last - first, -1)

    def read_strips(self, source: FilterSource) -> Iterator[Weights]:
        """The rows of each strip, of the type of the weights."""
        return (self.read(source, *strip) for strip in self.strips())


def weight_matrices(layers: pd.DataFrame, row_ranges: pd.DataFrame) -> dict[int, WeightMatrix]:
    """By position, 0 …, the matrices of those layers that have the filters their shape says."""
    if not set(SHAPE) <= set(layers.columns):
        return {}
    rows, inputs, groups = (
        pd.to_numeric(layers[name], errors="coerce").to_numpy(float, na_value=np.nan) for name in SHAPE
    )
    n = layers["n_filters"].to_numpy()
    with np.errstate(all="ignore"):
        fits = (rows >= 1) & (rows % 1 == 0) & (groups > 0) & (rows * inputs == n * groups) & (n % rows == 0)
    row_ranges_of = defaultdict(list)
    for layer, start, stop in zip(row_ranges["layer"], row_ranges["start"], row_ranges["stop"], strict=True):
        row_ranges_of[layer].append((start, stop))
    return {
        k: WeightMatrix(row_ranges_of[layers.index[k]], int(rows[k]), int(n[k] // rows[k]))
        for k in np.flatnonzero(fits).tolist()
    }
