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
    table = table.assign(model=model, variant="scaled", grouping=grouping)
    return table.assign(corrected=shift * 0.6, low=shift * 0.4, high=shift * 0.9)


def test_any_labels_are_legible(labels, assert_legible) -> None:
    near, other = labels[:10], labels[-1] or "other"
    parts = [("mine", "task", near), ("mine", "model", near[:1]), (other, "task", near[:3]), (other, "model", near)]
    shifts = pd.concat([placed(*part) for part in parts])
    assert_legible(nearest_of_placement(shifts, {"task": "by a title", "model": near[-1]}))


def marks_of(figure) -> list[list]:
    """Of the first panel: the ticks of measured shifts, all marks, and the filled marks; of each (marker, x, …)."""
    axes = next(axes for axes in figure.axes if axes.get_xlabel())
    return [[line.get_marker(), *line.get_xdata().tolist()] for line in axes.lines]


def test_corrected_shifts_are_marked_and_measured_ones_ticked() -> None:
    figure = nearest_of_placement(placed("mine", "task", ["a", "b", "c"]), TITLES)
    assert marks_of(figure) == [["|", 0, 1, 2], ["o", 0, 0.6, 1.2], ["o", 1.2]]
    axes = next(axes for axes in figure.axes if axes.get_xlabel())
    assert [line.tolist() for line in axes.collections[0].get_segments()][-1] == [[0.8, 2], [1.8, 2]]
    hollow, filled = (line.get_markerfacecolor() for line in axes.lines[1:])
    assert hollow == "white" != filled


def test_without_intervals_the_measured_shifts_are_marked() -> None:
    shifts = placed("mine", "task", ["a", "b", "c"]).assign(corrected=np.nan, low=np.nan, high=np.nan, flag=None)
    assert marks_of(nearest_of_placement(shifts, TITLES)) == [["|"], ["o", 0, 1, 2], ["o"]]


def test_a_shift_or_interval_that_is_missing_is_not_drawn(assert_legible) -> None:
    shifts = placed("mine", "task", ["a", "b"])
    shifts[["shift", "corrected", "low", "high"]] = np.nan
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
    interval = {"corrected": table["shift"] * 0.9, "low": table["shift"] / 2, "high": table["shift"] * 2}
    return table.assign(**interval, flag="above", **columns)


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


@pytest.mark.parametrize(
    ("flag", "filled"),
    [("above", 3), ("above, interval reaches 0", 3), ("within null, interval above 0", 0), (None, 0)],
)
def test_shifts_of_a_placement_not_known_to_be_above_noise_are_hollow(flag, filled) -> None:
    figure = nearest_of_placement(shifts_of(3, model="mine").assign(flag=flag), TITLES)
    assert len(marks_of(figure)[2]) == 1 + filled


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
    assert len(marks_of(figure)[2]) == 1 + filled


def test_an_empty_comparison_is_refused() -> None:
    with pytest.raises(FiltershiftError, match="no shift"):
        farthest_of_comparison(shifts_of(1)[:0], TITLES)
