"""What runs have in common: means over runs, with intervals."""

from collections.abc import Sequence

import numpy as np
import pandas as pd


def over_runs(table: pd.DataFrame, keys: Sequence[str], values: Sequence[str], level: float) -> pd.DataFrame:
    """The mean of each value over runs and its interval: keys, n_runs, then per value NAME, NAME_low, NAME_high.

    The interval is Student's t: runs are few, and a bootstrap of three runs covers the true mean in two of three cases
    only. One run has no interval. Intervals of values that are never negative are cut at 0. Missing values are left
    out.

    Args:
        table: one row per run and combination of keys.
        keys: columns whose combinations stay apart, in the order of the table.
        values: columns of numbers.
        level: coverage of the intervals, as 0.95.
    """
    from scipy.special import stdtrit

    grouped = table.groupby(list(keys), sort=False, dropna=False)
    found = grouped["run"].nunique().rename("n_runs").to_frame()
    of_values = table[list(values)].astype(float)
    again = of_values.groupby([table[key] for key in keys], sort=False, dropna=False)
    mean, spread, count = again.mean(), again.std(ddof=1), again.count()
    reach = spread / np.sqrt(count) * stdtrit(np.maximum(count - 1, 1), (1 + level) / 2)
    for value in values:
        low, high = mean[value] - reach[value], mean[value] + reach[value]
        if (of_values[value].dropna() >= 0).all():
            low = low.clip(lower=0)
        found[value], found[f"{value}_low"], found[f"{value}_high"] = mean[value], low, high
    return found.reset_index()
