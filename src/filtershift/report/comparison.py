"""The page of a comparison: which groups of the same name shift between two data sets, and how their bases turn."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from filtershift.analysis.comparing.two_runs import Comparison
from filtershift.analysis.uncertainty.noise import above_noise
from filtershift.report.page import render
from filtershift.report.sections import Figure, Section, Table, listing, number, with_figures

PAGES = {"explorer.html": "the groups, layers and models of both, in the common basis"}

LEAD = (
    "Two data sets in one basis and on the same bins: how far groups of the same name are apart, and how far to "
    "believe it."
)


def comparison_page(
    folder: Path,
    here: str,
    there: str,
    found: Comparison,
    skipped: pd.DataFrame,
    titles: Mapping[str, str],
    figure: Figure,
) -> str:
    """The whole page of a comparison.

    Args:
        folder: where the page and its tables will be.
        here: one folder of results.
        there: the other one.
        found: the comparison.
        skipped: what was left out.
        titles: of the groupings.
        figure: the groups that shift most.
    """
    heading = f"{Path(here).name} beside {Path(there).name}"
    shown = with_figures(sections(found.shifts, found.bases, skipped, titles), {"Shifts": [figure]})
    known = facts(found.shifts, titles, here, there)
    return render(folder, heading, LEAD, known, shown, see=PAGES, written=figure.path.parent)


def distinct_titles(titles: Mapping[str, str]) -> dict[str, str]:
    """The title of each grouping, with the grouping's name in brackets where several have the same title."""
    shared = list(titles.values())
    return {name: title if shared.count(title) == 1 else f"{title} ({name})" for name, title in titles.items()}


def facts(shifts: pd.DataFrame, titles: Mapping[str, str], here: str, there: str) -> dict[str, str]:
    """What is compared with what, by what."""
    first = shifts[shifts["variant"] == shifts["variant"].iloc[0]]
    return {
        "here": here,
        "there": there,
        "compared by": listing([titles[grouping] for grouping in first["grouping"].unique()]),
        "groups of the same name": number(len(first)),
    }


def sections(
    shifts: pd.DataFrame, bases: pd.DataFrame, skipped: pd.DataFrame, titles: Mapping[str, str]
) -> list[Section]:
    """What shifts, how the bases turn, what was left out.

    Args:
        shifts: columns variant, grouping, and those of `filtershift.analysis.comparing.comparison.named_shifts`.
        bases: columns variant, and those of `compare_bases`.
        skipped: columns kind, name, reason, count.
        titles: of the groupings.
    """
    return [shifted(shifts, titles), turned(bases), left_out(skipped)]


def shifted(shifts: pd.DataFrame, titles: Mapping[str, str]) -> Section:
    """How far the groups of each grouping are from those of the same name, the farthest first."""
    text = [
        "The shift D says how far the distribution of a group's coefficients here is from that of the group of the "
        "same name there, in nats: 0 if they are the same. Noise makes it too large: "
        "corrected is D without this bias. Low and high are the ends of the interval in which it would be if other "
        "models had been collected.",
        "A shift is above noise if it is larger than its floor and its null. Floor is the shift between halves of one "
        "group, null that between groups of these sizes that mix models from here and there. The flag also says if the "
        "interval alone would decide otherwise. If both sides have the same models, say before and after a change, "
        "each layer is paired with its counterpart. Only the null then decides what is noise, because differences "
        "between models cancel out.",
    ]
    readable = shifts.assign(same_models=shifts["same_models"].map({True: "yes", False: "no"}))
    farthest = readable.sort_values("shift", ascending=False, kind="stable")
    parts = {
        key: farthest[(farthest["variant"] == key[0]) & (farthest["grouping"] == key[1])]
        for key in shifts[["variant", "grouping"]].drop_duplicates().itertuples(index=False, name=None)
    }
    short = [
        {"variant": variant, "by": titles[grouping], **_summary(table)} for (variant, grouping), table in parts.items()
    ]
    tables = [
        Table(
            f"Shifts by {titles[grouping]}, {variant} filters",
            table.drop(columns=["variant", "grouping"]),
            "shifts.csv",
        )
        for (variant, grouping), table in parts.items()
    ]
    return Section("Shifts", text, [Table("In short", pd.DataFrame(short), "shifts.csv"), *tables])


def _summary(farthest: pd.DataFrame) -> dict[str, object]:
    """How many groups of a grouping can be compared, how many are above noise (if that is known), and the farthest."""
    known = farthest.dropna(subset="shift")
    above = None if known["flag"].isna().all() else above_noise(known["flag"]).sum()
    first = known.iloc[0] if len(known) else {"group": None, "shift": None}
    return {"groups": len(known), "above noise": above, "largest shift": first["shift"], "of": first["group"]}


def turned(bases: pd.DataFrame) -> Section:
    """By which angles the components of the two data sets differ."""
    text = [
        "Each data set also has a basis of its own, of nine components by falling variance. Between those of the same "
        "rank is an angle of 0° (the same pattern) to 90° (nothing in common). Components of about the same variance "
        "may change places: their angles are large though nothing else has changed."
    ]
    for variant, table in bases.groupby("variant", sort=False):
        angles = [f"{number(angle)}°" for angle in table["angle"].head(3)]
        text.append(
            f"Of {variant} filters, the first three components are {listing(angles)} apart, and the most distant ones "
            f"{number(table['angle'].max())}°."
        )
    return Section("Bases", text, [Table("Components of the same rank", bases, "bases.csv")])


def left_out(skipped: pd.DataFrame) -> Section:
    """The groups and groupings that only one of the data sets has."""
    text = "What only one of the data sets has, or has otherwise." if len(skipped) else "Nothing was left out."
    return Section("Left out", [text], [Table("Left out", skipped.rename(columns={"count": "filters"}), "skipped.csv")])
