"""Which shifts of a grouping rise above noise: their flags, and what matrices and boxes mark."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.files import read_table

Array = NDArray[np.floating]

ABOVE, BELOW_FLOOR, WITHIN_NULL, TOO_SMALL = "above", "below floor", "within null", "too small"
"""What a shift is: above floor and null; not above the floor; above the floor, not above the null; of a group of less
than two filters."""


def flags(shift: Array, floor: Array, null: Array) -> NDArray[np.object_]:
    """The flag of each pair, see `ABOVE`."""
    flag = np.where(shift <= null, WITHIN_NULL, ABOVE).astype(object)
    flag[shift <= floor] = BELOW_FLOOR
    flag[np.isnan(shift) | np.isnan(floor)] = TOO_SMALL
    return flag


def noise_cells(intervals: pd.DataFrame, labels: Sequence[str]) -> NDArray[np.bool_]:
    """Which cells of the D-matrix of groups in this order do not rise above floor and null, (groups, groups).

    ``intervals`` has columns a, b, flag, one row for each pair; pairs with other groups do not count. The diagonal is
    not marked.
    """
    number = pd.Index(labels)
    a, b = (number.get_indexer(pd.Index(intervals[end])) for end in ("a", "b"))
    marked = (intervals["flag"] != ABOVE).to_numpy() & (a >= 0) & (b >= 0)
    noise = np.zeros((len(labels), len(labels)), bool)
    noise[a[marked], b[marked]] = noise[b[marked], a[marked]] = True
    return noise


def noise_level(intervals: pd.DataFrame) -> tuple[float, int]:
    """What the shifts of a grouping must exceed, the median over its pairs, and how many of them do.

    ``intervals`` has columns floor, null, flag. The level is missing where no pair has one.
    """
    level = intervals[["floor", "null"]].max(axis=1, skipna=False)
    return float(level.median()), int((intervals["flag"] == ABOVE).sum())


def load_intervals(path: Path) -> pd.DataFrame:
    """Read back the first table of `uncertainty_tables`."""
    return read_table(path, text=("a", "b", "flag", "resampled_a", "resampled_b"))
