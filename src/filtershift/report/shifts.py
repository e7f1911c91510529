"""The section on shifts: what is above noise comes first, groups too small to trust are named apart."""

from collections.abc import Mapping

import pandas as pd

from filtershift.analysis.shifts.d_matrix import SETTLED
from filtershift.analysis.uncertainty.noise import above_noise
from filtershift.report.run import Run
from filtershift.report.sections import Section, Table, listing, name, number, several
from filtershift.report.tables import shift_pairs, shift_summary, trusted

MEANING = (
    "The shift D of two groups says how far the distributions of their coefficients are apart, in nats: 0 if they are "
    "the same. Chance alone makes it larger than 0."
)
NOISE = (
    "It is above noise if it is larger than the shift between random halves of either group, and than that between "
    "groups of the same size with shuffled labels."
)
UNKNOWN_NOISE = "By how much was not measured: uncertainty.resamples is 0. So the largest shifts may be noise."


def shifts(run: Run) -> Section:
    """How far the distributions of groups are apart."""
    if not run.titles:
        return Section("Shifts", ["Nothing is compared: no configured grouping has groups to compare."])
    few = run.few(SETTLED)
    text = [f"{MEANING} {NOISE if run.noise else UNKNOWN_NOISE}"]
    for variant, pairs in run.pairs.items():
        known = trusted(pairs[run.first], few[run.first])
        text.append(" ".join([*_groupings(run, variant, few), *_farthest(run, variant, known)]))
    if small := [f"{name(group)} ({several(run.filters[group], 'filter')})" for group in few[run.first]]:
        text.append(
            f"By {name(run.titles[run.first])}, {listing(small)} {'is' if len(small) == 1 else 'are'} left out above: "
            f"groups with fewer than {SETTLED:,} filters always look different."
        )
    boxes = ", ".join(f"{variant}/figures/shift_boxes/groupings.csv" for variant in run.pairs)
    kind = "intervals" if run.noise else "components"
    of_pairs = ", ".join(f"{variant}/shift/{run.first}.{kind}.csv" for variant in run.pairs)
    of_first = shift_pairs(run.pairs, run.first, run.filters, SETTLED)
    tables = [
        Table("Shifts by grouping", shift_summary(run.pairs, run.titles, few), boxes),
        Table(f"Shifts of pairs by {run.titles[run.first]}", of_first, of_pairs),
    ]
    for (variant, key), nearest in run.nearest.items():
        file = f"{variant}/shift/{key}.nearest.csv"
        tables.append(Table(f"Nearest by {run.titles[key]}, {variant} filters", nearest, file))
    return Section("Shifts", [part for part in text if part], tables)


def _groupings(run: Run, variant: str, few: Mapping[str, list[str]]) -> list[str]:
    """In which grouping most pairs are above noise, and in which fewest; nothing where noise is not known."""
    counted = {}
    for key, pairs in run.pairs[variant].items():
        known = trusted(pairs, few[key])
        if run.noise and len(known):
            above = above_noise(known["flag"])
            counted[key] = (
                float(above.mean()),
                f"{name(run.titles[key])} ({above.sum():,} of {several(len(known), 'pair')})",
            )
    if len(counted) < 2:
        return []
    most, fewest = (choose(counted.values(), key=lambda item: item[0])[1] for choose in (max, min))
    return [f"Of {variant} filters, {most} has the largest share of pairs above noise, {fewest} the smallest."]


def _farthest(run: Run, variant: str, pairs: pd.DataFrame) -> list[str]:
    """The two groups of the first grouping that are the farthest apart: of those above noise, if noise is known."""
    title, count = name(run.titles[run.first]), several(len(pairs), "pair")
    if pairs.empty:
        return []
    if not run.noise:
        farthest = pairs.iloc[int(pairs["shift"].argmax())]
        return [f"By {title} the farthest {variant} groups are {_pair(farthest, run.filters)}."]
    above = pairs[above_noise(pairs["flag"])]
    if above.empty:
        return [f"By {title} none of {count} of {variant} groups is above noise."]
    farthest = above.iloc[int(above["corrected"].argmax())]
    believed = f"less its bias {number(farthest['corrected'])}"
    if pd.notna(farthest["low"]):
        believed += f", interval {number(farthest['low'])} to {number(farthest['high'])}"
    counted = f"{len(above):,} of {count} of {variant} groups {'is' if len(above) == 1 else 'are'}"
    return [f"By {title} {counted} above noise; the farthest of these are {_pair(farthest, run.filters)} ({believed})."]


def _pair(row: pd.Series, filters: pd.Series) -> str:
    """Two groups, the filters of each, and their shift."""
    groups = [f"{name(row[side])} ({several(filters[row[side]], 'filter')})" for side in ("a", "b")]
    return f"{listing(groups)}, D = {number(row['shift'])}"
