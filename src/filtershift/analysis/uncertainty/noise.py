"""Which shifts are above noise: the rule, the flags that say so, and what matrices and boxes mark."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.files import read_table

Array = NDArray[np.floating]

ABOVE, BELOW_FLOOR, WITHIN_NULL, TOO_SMALL = "above", "below floor", "within null", "too small"
"""How a shift compares with noise: above floor and null; not above the floor; above the floor, not above the null; not
known, because a group has fewer than two filters."""

REACHES_0, ABOVE_0 = "interval reaches 0", "interval above 0"
"""What a flag adds if the interval alone would say the opposite: of shifts above noise, and of those that are not."""


def within_noise(shift: Array, floor: Array, null: Array) -> NDArray[np.bool_]:
    """Which shifts are not larger than both floor and null; False where these are not known."""
    noise: NDArray[np.bool_] = (shift <= floor) | (shift <= null)
    return noise


def flags(shift: Array, floor: Array, null: Array, low: Array) -> NDArray[np.object_]:
    """The flag of each pair, see `ABOVE`; "above, interval reaches 0" if the interval disagrees, see `REACHES_0`.

    ``low`` is the lower end of the interval.
    """
    flag = np.where(shift <= null, WITHIN_NULL, ABOVE).astype(object)
    flag[shift <= floor] = BELOW_FLOOR
    above = ~within_noise(shift, floor, null)
    flag[above & (low <= 0)] += f", {REACHES_0}"
    flag[~above & (low > 0)] += f", {ABOVE_0}"
    flag[np.isnan(shift) | np.isnan(floor)] = TOO_SMALL
    return flag


def above_noise(flag: pd.Series | NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which shifts are above noise by their flags, also if the interval reaches 0. A missing flag says they are not."""
    return pd.Series(flag).isin([ABOVE, f"{ABOVE}, {REACHES_0}"]).to_numpy()


def noise_cells(intervals: pd.DataFrame, labels: Sequence[str]) -> NDArray[np.bool_]:
    """Which cells of the D-matrix of groups in this order are not above noise, (groups, groups).

    ``intervals`` has columns a, b, flag, one row for each pair; pairs with other groups do not count. The diagonal is
    not marked.
    """
    number = pd.Index(labels)
    a, b = (number.get_indexer(pd.Index(intervals[end])) for end in ("a", "b"))
    marked = ~above_noise(intervals["flag"]) & (a >= 0) & (b >= 0)
    noise = np.zeros((len(labels), len(labels)), bool)
    noise[a[marked], b[marked]] = noise[b[marked], a[marked]] = True
    return noise


def noise_level(intervals: pd.DataFrame) -> tuple[float, int]:
    """What the shifts of a grouping must exceed, the median over its pairs, and how many of them do.

    ``intervals`` has columns floor, null, flag. The level is missing where no pair has one.
    """
    level = intervals[["floor", "null"]].max(axis=1, skipna=False)
    return float(level.median()), int(above_noise(intervals["flag"]).sum())


def load_intervals(path: Path) -> pd.DataFrame:
    """Read back the first table of `uncertainty_tables`."""
    return read_table(path, text=("a", "b", "flag", "resampled_a", "resampled_b"))
