"""The page of many pairs of models: how far models that differ in one label are apart, by depth."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from filtershift.analysis.layerwise.pairs import ALL
from filtershift.analysis.shifts.d_matrix import SETTLED
from filtershift.report.page import render
from filtershift.report.sections import Figure, Section, Table, listing, name, number, several

LEAD = (
    "Models that agree in some labels and differ in one, in pairs: how far their filters are apart, by relative depth."
)

CAPTION = (
    "<p>Each box is a tenth of the relative depth of the models: quartiles and median of D over pairs; the diamond is "
    "the mean. D is that of all filters of the pair at this depth. Few filters make D too large.</p>"
)


def pairs_page(
    folder: Path,
    shifts: pd.DataFrame,
    depths: pd.DataFrame,
    skipped: pd.DataFrame,
    labels: tuple[str, list[str]],
    figures: Mapping[str, Figure],
) -> str:
    """The whole page.

    Args:
        folder: where the page and its tables will be.
        shifts: of each pair in each depth.
        depths: the same in short, over pairs.
        skipped: the models in no pair.
        labels: the column in which models differ, and those in which they agree.
        figures: the boxes of each variant.
    """
    differ, same = labels
    pairs = shifts[(shifts["variant"] == shifts["variant"].iloc[0]) & (shifts["depth"] == ALL)]
    facts = {
        "differ in": differ,
        "agree in": listing(same) or "nothing",
        "pairs": number(len(pairs)),
        "groups": number(pairs["group"].nunique()),
        "models in no pair": number(len(skipped)),
    }
    by_depth = Section(
        "By depth",
        [_headline(depths, contrast) for contrast in depths["contrast"].unique()]
        + ["Low and high are the interval of the mean over groups of models that agree."],
        [Table("D over all pairs", depths, "depths.csv")],
        list(figures.values()),
    )
    columns = ["variant", "contrast", "group", "before_name", "after_name", "n_filters_before", "shift"]
    largest = shifts[shifts["depth"] == ALL].sort_values("shift", ascending=False, kind="stable")[columns]
    farthest = Table("D of each pair", largest, "pairs.csv")
    of_pairs = Section("Pairs", ["Of all filters, the pairs that are farthest apart first."], [farthest])
    text = "Models that are in no pair, each with the reason." if len(skipped) else "Every model is in a pair."
    left = Section("Skipped", [text], [Table("Left out", skipped.rename(columns={"count": "filters"}), "skipped.csv")])
    written = next(iter(figures.values())).path.parent
    return render(folder, f"Pairs by {differ}", LEAD, facts, [by_depth, of_pairs, left], written=written)


def _headline(depths: pd.DataFrame, contrast: str) -> str:
    """How far the pairs of a contrast are apart, and at which depth most, of those with enough filters if there are."""
    own = depths[(depths["contrast"] == contrast) & (depths["variant"] == depths["variant"].iloc[0])]
    whole, parts = own[own["depth"] == ALL], own[own["depth"] != ALL]
    sentence = f"{name(contrast)}: {several(int(whole['n_pairs'].sum()), 'pair')}"
    if whole.empty or parts.empty:
        return f"{sentence}."
    settled = parts[parts["n_filters"] >= SETTLED]
    most = (parts if settled.empty else settled).sort_values("mean", kind="stable").iloc[-1]
    few = "; so few filters make D too large" if settled.empty else ""
    return (
        f"{sentence}, of {own['variant'].iloc[0]} filters D = {number(whole['mean'].iloc[0])} on average, and most at "
        f"relative depth {most['depth']} (D = {number(most['mean'])}{few})."
    )
