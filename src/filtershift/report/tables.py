"""Tables that put side by side what is in several files of a run."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.uncertainty.noise import above_noise

Pairs = Mapping[str, Mapping[str, pd.DataFrame]]
"""Of each variant and grouping, the shift of each pair of groups: columns a, b, shift, and of noise if it is known."""


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


def trusted(pairs: pd.DataFrame, few: Sequence[str]) -> pd.DataFrame:
    """The pairs (columns a, b, shift, …) that have a shift, and no group among those with ``few`` filters."""
    return pairs[pairs["shift"].notna() & ~pairs["a"].isin(few) & ~pairs["b"].isin(few)]


def shift_summary(pairs: Pairs, titles: Mapping[str, str], few: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """The shifts of each grouping and variant in short, without the groups of each that have ``few`` filters.

    How many pairs are above noise, if that is known, the median and the largest shift, and of which groups it is: of
    pairs above noise, if there are any.
    """
    rows = []
    for variant, tables in pairs.items():
        for key, table in tables.items():
            known = trusted(table, few[key])
            if known.empty:
                continue
            above = known[above_noise(known["flag"])] if "flag" in known else known
            farthest = (above if len(above) else known).nlargest(1, "shift").iloc[0]
            counted = {"above noise": len(above)} if "flag" in known else {}
            rows.append(
                {
                    "grouping": titles[key],
                    "variant": variant,
                    "pairs": len(known),
                    **counted,
                    "median D": known["shift"].median(),
                    "largest D": farthest["shift"],
                    "between": farthest["a"],
                    "and": farthest["b"],
                }
            )
    return pd.DataFrame(rows, columns=None if rows else ["grouping", "variant", "pairs", "median D"])


def shift_pairs(pairs: Pairs, grouping: str, filters: pd.Series, few: int) -> pd.DataFrame:
    """The shifts of each pair of groups of a grouping in all variants, and its smaller group's filters.

    Pairs above noise come first, then by their shift; those with a group of less than ``few`` filters come last. Each
    variant draws its groups in an order of its own: here each pair is in the order of ``filters``.
    """
    number = pd.Series(range(len(filters)), filters.index)
    shifts = {}
    for variant, tables in pairs.items():
        table = tables[grouping]
        turned = table["a"].map(number) > table["b"].map(number)
        table = table.assign(a=table["a"].mask(turned, table["b"]), b=table["b"].mask(turned, table["a"]))
        shifts[variant] = table.set_index(["a", "b"]).rename(columns={"shift": "D"}).add_suffix(f", {variant}")
    merged = pd.concat(shifts.values(), axis=1).reset_index()
    smaller = np.minimum(merged["a"].map(filters), merged["b"].map(filters))
    first = next(iter(pairs))
    noise = ~above_noise(merged[f"flag, {first}"]) if f"flag, {first}" in merged else np.zeros(len(merged), bool)
    order = np.lexsort([-merged[f"D, {first}"].fillna(-np.inf), noise, smaller < few])
    return merged.assign(filters_of_the_smaller=smaller).iloc[order].reset_index(drop=True)


def depth_ranges(ranges: pd.DataFrame, deciles: pd.Series) -> pd.DataFrame:
    """How the mean filter range varies between the models in each depth decile; deciles without models are left out.

    Args:
        ranges: columns group, model, mean_range.
        deciles: their labels in natural order.
    """
    range_of = ranges.groupby("group")["mean_range"]
    table = range_of.agg(n_models="size", smallest="min", median="median", largest="max")
    return table.reindex([decile for decile in deciles if decile in table.index]).rename_axis("depth").reset_index()
