from pathlib import Path

import pandas as pd
import pytest

from filtershift.analysis.comparing.two_runs import Comparison
from filtershift.report.comparison import comparison_page, distinct_titles, sections
from filtershift.report.sections import Figure

TITLES = {"task": "Task", "model": "<b>Model</b>"}


def shifts() -> pd.DataFrame:
    rows = [
        (variant, grouping, f"{grouping} {k}", 0.1 * k, flag)
        for variant in ("scaled", "unscaled")
        for grouping in TITLES
        for k, flag in ((1, "within null"), (2, "above"), (3, "above, interval reaches 0"))
    ]
    table = pd.DataFrame(rows, columns=["variant", "grouping", "group", "shift", "flag"])
    return table.assign(same_models=table["group"].str.endswith("1"))


BASES = pd.DataFrame({"variant": ["scaled"] * 9, "component": range(9), "angle": [1, 2, 3, 4, 5, 60, 7, 8, 9]})
SKIPPED = pd.DataFrame({"kind": ["group"], "name": ["task: a"], "reason": ["only in results/x"], "count": [3]})


def in_short(shifts: pd.DataFrame) -> list[list[str]]:
    """The cells of the table that sums up."""
    table = sections(shifts, BASES, SKIPPED, TITLES)[0].tables[0]
    return [[cell.text for cell in row] for row in table.rows]


def test_how_many_groups_shift_and_which_most() -> None:
    assert in_short(shifts())[:2] == [
        ["scaled", "Task", "3", "2", "0.3", "task 3"],
        ["scaled", "<b>Model</b>", "3", "2", "0.3", "model 3"],
    ]
    shifted, turned, left_out = sections(shifts(), BASES, SKIPPED, TITLES)
    assert [table.title for table in shifted.tables][1:3] == [
        "Shifts by Task, scaled filters",
        "Shifts by <b>Model</b>, scaled filters",
    ]
    assert shifted.tables[1].frame["group"].tolist() == ["task 3", "task 2", "task 1"]
    assert shifted.tables[1].frame["same_models"].tolist() == ["no", "no", "yes"]
    assert turned.text[1] == (
        "Of scaled filters, the first three components are 1°, 2° and 3° apart, and the most distant ones 60°."
    )
    assert left_out.tables[0].rows[0][1].text == "task: a"


def test_groups_without_filters_and_flags_are_told_of() -> None:
    nothing = shifts().assign(shift=float("nan"), flag="too small")
    assert in_short(nothing)[0] == ["scaled", "Task", "0", "–", "–", "–"]
    assert in_short(shifts().assign(flag=None))[0] == ["scaled", "Task", "3", "–", "0.3", "task 3"]


@pytest.mark.parametrize("skipped", [SKIPPED, SKIPPED.iloc[:0]])
def test_the_page_is_whole(skipped: pd.DataFrame, picture: Figure) -> None:
    here, there = "results/<x>", "results/y"
    page = comparison_page(
        Path(here) / "compare/y", here, there, Comparison(shifts(), BASES, skipped), skipped, TITLES, picture
    )
    assert "&lt;x&gt; beside y</h1>" in page
    assert page.index(">Shifts</h2>") < page.index("the caption") < page.index(">Bases</h2>")
    assert "<dt>groups of the same name</dt><dd>6</dd>" in page
    assert "results/&lt;x&gt;" in page
    assert "<b>" not in page
    assert ("only in results/x" in page) == (len(skipped) > 0)


def test_titles_that_several_groupings_share_say_which_it_is() -> None:
    titles = {"task": "Same", "model": "Other", "copy": "Same"}
    assert distinct_titles(titles) == {"task": "Same (task)", "model": "Other", "copy": "Same (copy)"}
    assert distinct_titles({}) == {}
