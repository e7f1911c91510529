"""Tables that put side by side what is in several files of a run."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Pairs = Mapping[str, Mapping[str, pd.DataFrame]]
"""Of each variant and grouping, the shift of each pair of groups: columns a, b, shift."""


def components_for(ratio: NDArray[np.float64], carried: float = 0.9) -> int:
    """How many components carry this share of the variance, from their ratios (9,) in descending order."""
    return int((np.cumsum(ratio) < carried).sum()) + 1


def own_bases(curves: Mapping[str, pd.DataFrame], filters: pd.Series) -> pd.DataFrame:
    """What the first components of each group's own PCA carry of its variance; missing where it has none.

    Args:
        curves: of each variant the columns group, component, explained_variance_ratio.
        filters: of each group.
    """
    table = pd.DataFrame({"filters": filters})
    for variant, curve in curves.items():
        ratios = curve.pivot(index="group", columns="component", values="explained_variance_ratio")
        rows = ratios.reindex(filters.index).to_numpy(float)
        known = np.isfinite(rows).all(axis=1)
        table[f"first, {variant}"] = rows[:, 0]
        table[f"first three, {variant}"] = rows[:, :3].sum(axis=1)
        table[f"needed for 90 %, {variant}"] = np.where(known, [components_for(row) for row in rows], np.nan)
    return table.reset_index()


def shift_summary(pairs: Pairs, titles: Mapping[str, str]) -> pd.DataFrame:
    """The shifts of each grouping and variant in short, and which two groups are the farthest apart."""
    rows = []
    for variant, tables in pairs.items():
        for key, table in tables.items():
            known = table.dropna(subset=["shift"])
            if len(known):
                shift, farthest = known["shift"], known.iloc[int(known["shift"].argmax())]
                middle = shift.median(), shift.mean(), shift.max()
                rows.append((titles[key], variant, len(known), *middle, farthest["a"], farthest["b"]))
    columns = ["grouping", "variant", "pairs", "median D", "mean D", "largest D", "between", "and"]
    return pd.DataFrame(rows, columns=columns)


def shift_pairs(pairs: Pairs, grouping: str, filters: pd.Series) -> pd.DataFrame:
    """The shifts of each pair of groups of a grouping in all variants, largest first, and its smaller group's filters.

    Each variant draws its groups in an order of its own: here each pair is in the order of ``filters``.
    """
    number = pd.Series(range(len(filters)), filters.index)
    shifts = {}
    for variant, tables in pairs.items():
        table = tables[grouping]
        turned = table["a"].map(number) > table["b"].map(number)
        table = table.assign(a=table["a"].mask(turned, table["b"]), b=table["b"].mask(turned, table["a"]))
        shifts[f"D, {variant}"] = table.set_index(["a", "b"])["shift"]
    merged = pd.DataFrame(shifts).sort_values(next(iter(shifts)), ascending=False, kind="stable").reset_index()
    smaller = np.minimum(merged["a"].map(filters), merged["b"].map(filters))
    return merged.assign(filters_of_the_smaller=smaller)


def depth_ranges(ranges: pd.DataFrame, deciles: pd.Series) -> pd.DataFrame:
    """How the mean filter range varies between the models in each depth decile; deciles without models are left out.

    Args:
        ranges: columns group, model, mean_range.
        deciles: their labels in natural order.
    """
    range_of = ranges.groupby("group")["mean_range"]
    table = range_of.agg(n_models="size", smallest="min", median="median", largest="max")
    return table.reindex([decile for decile in deciles if decile in table.index]).rename_axis("depth").reset_index()
