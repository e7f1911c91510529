import numpy as np
import pandas as pd
import pytest

from filtershift.errors import FiltershiftError
from filtershift.figures.shifts.nearest import FARTHEST, NEAREST, farthest_of_comparison, nearest_of_placement

TITLES = {"task": "Task", "model": "Model"}


def placed(model: str, grouping: str, labels: list[str]) -> pd.DataFrame:
    """Shifts 0 … 2 of groups to a model, the last one above noise."""
    shift = np.linspace(0, 2, len(labels))
    flags = ["within null"] * (len(labels) - 1) + ["above"]
    table = pd.DataFrame({"group": labels, "rank": np.arange(len(labels)) + 1, "shift": shift, "flag": flags})
    return table.assign(model=model, variant="scaled", grouping=grouping, low=shift * 0.8, high=shift * 1.5)


def test_any_labels_are_legible(labels, assert_legible) -> None:
    near, other = labels[:10], labels[-1] or "other"
    parts = [("mine", "task", near), ("mine", "model", near[:1]), (other, "task", near[:3]), (other, "model", near)]
    shifts = pd.concat([placed(*part) for part in parts])
    assert_legible(nearest_of_placement(shifts, {"task": "by a title", "model": near[-1]}))


def test_noise_is_hollow_and_the_rest_filled() -> None:
    figure = nearest_of_placement(placed("mine", "task", ["a", "b", "c", "d"]), TITLES)
    marks = [line for axes in figure.axes for line in axes.lines]
    drawn = [(line.get_markerfacecolor(), line.get_xdata().tolist()) for line in marks]
    assert drawn[0][0] == "white"
    assert len(drawn[0][1]) == 4
    assert drawn[1][1] == [2]


def test_a_shift_or_interval_that_is_missing_is_not_drawn(assert_legible) -> None:
    shifts = placed("mine", "task", ["a", "b"])
    shifts[["shift", "low", "high"]] = np.nan
    assert_legible(nearest_of_placement(shifts, TITLES))


def shifts_of(groups: int, **columns) -> pd.DataFrame:
    """Shifts 1 … groups of group 0 … in both variants and groupings."""
    rows = [
        {"variant": variant, "grouping": grouping, "group": f"{grouping} {k}", "rank": k + 1, "shift": k + 1.0}
        for variant in ("scaled", "unscaled")
        for grouping in TITLES
        for k in range(groups)
    ]
    table = pd.DataFrame(rows)
    return table.assign(low=table["shift"] / 2, high=table["shift"] * 2, flag="above", **columns)


def rows_of(figure) -> list[list[str]]:
    """The labels of each panel."""
    return [[text.get_text() for text in axes.texts] for axes in figure.axes if axes.get_xlabel()]


def test_a_placement_shows_the_first_variant_and_the_nearest_groups(texts_of) -> None:
    shifts = pd.concat([shifts_of(NEAREST + 3, model=name) for name in ("mine", "other")])
    shifts.loc[shifts["variant"] == "unscaled", "group"] = "elsewhere"
    figure = nearest_of_placement(shifts, TITLES)
    assert rows_of(figure) == [[f"{name} {k}" for k in range(NEAREST)] for name in TITLES] * 2
    assert [text for text in texts_of(figure) if text in ("mine", "other", "Task", "Model")] == [
        *("mine", "Task", "Model"),
        *("other", "Task", "Model"),
    ]


@pytest.mark.parametrize(("flag", "filled"), [("above", 3), ("within null", 0), (None, 0)])
def test_shifts_of_a_placement_not_known_to_be_above_noise_are_hollow(flag, filled) -> None:
    figure = nearest_of_placement(shifts_of(3, model="mine").assign(flag=flag), TITLES)
    marks = next(axes.lines for axes in figure.axes if axes.get_xlabel())
    assert len(marks[1].get_xdata()) == filled


def test_a_comparison_shows_the_farthest_groups_of_each_grouping_by_variant(texts_of) -> None:
    shifts = shifts_of(FARTHEST + 2)
    shifts = shifts.drop(shifts.index[(shifts["variant"] == "unscaled") & (shifts["grouping"] == "model")])
    figure = farthest_of_comparison(shifts, TITLES)
    [*known, missing] = rows_of(figure)
    assert known == [[f"{name} {k + 2}" for k in reversed(range(FARTHEST))] for name in ("task", "task", "model")]
    assert missing == []
    assert [text for text in texts_of(figure) if text.endswith("filters")] == ["scaled filters", "unscaled filters"] * 2


@pytest.mark.parametrize(("flag", "filled"), [("above", 3), ("below floor", 0), (None, 3)])
def test_shifts_of_a_comparison_are_hollow_only_where_they_are_known_to_be_noise(flag, filled) -> None:
    figure = farthest_of_comparison(shifts_of(3).assign(flag=flag), TITLES)
    marks = next(axes.lines for axes in figure.axes if axes.get_xlabel())
    assert len(marks[1].get_xdata()) == filled


def test_an_empty_comparison_is_refused() -> None:
    with pytest.raises(FiltershiftError, match="no shift"):
        farthest_of_comparison(shifts_of(1)[:0], TITLES)
