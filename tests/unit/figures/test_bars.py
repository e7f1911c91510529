import pandas as pd
import pytest

from filtershift.errors import FiltershiftError
from filtershift.figures.bars import BarPanel, bars, largest_first, size_bars


def test_legible(labels, rng, assert_legible):
    counts = (10 ** rng.uniform(0, 9, len(labels))).astype(int).tolist()
    assert_legible(
        bars([BarPanel("A title " * 60, labels, counts), BarPanel("Two", labels[:2], counts[:2])], "filters")
    )


@pytest.mark.parametrize("largest", [0, 1, 3, 12, 524_563_289])
def test_counts_of_any_size_are_legible(largest, assert_legible):
    assert_legible(bars([BarPanel("Task", ["a", "b", "c"], [largest, 1, 0])], "models"))


def test_bars_end_at_their_count_on_one_axis(texts_of):
    figure = bars([BarPanel("Task", ["a", "b"], [1234567, 1]), BarPanel("Layer", ["c"], [0])], "filters")
    first, second = (axes for axes in figure.axes if axes.patches)
    assert [bar.get_x() + bar.get_width() for bar in first.patches] == [1234567, 1]
    assert second.patches[0].get_width() == 0
    assert first.get_xlim() == second.get_xlim()
    assert first.get_xscale() == "log"
    assert {"1,234,567", "1", "0", "Task", "Layer", "filters"} <= set(texts_of(figure))


def test_other_lengths_are_told():
    with pytest.raises(FiltershiftError, match="'Task': 1 counts for 2 labels"):
        bars([BarPanel("Task", ["a", "b"], [1])], "filters")
    with pytest.raises(FiltershiftError, match="no panel"):
        bars([], "filters")


@pytest.mark.parametrize(("count", "expected"), [("filters", ["b", "a", "c"]), ("models", ["a", "c", "b"])])
def test_the_largest_groups_come_first_and_equal_ones_stay_in_order(count, expected, texts_of):
    sizes = pd.DataFrame({"group": ["a", "b", "c"], "n_filters": [5, 9, 0], "n_models": [2, 1, 2]})
    table = largest_first(sizes, count)
    assert list(table) == ["group", f"n_{count}"]
    assert table["group"].tolist() == expected
    figure = size_bars(["Task", "Again"], [table, table[:1]], count)
    panels = [axes for axes in figure.axes if axes.get_xlabel()]
    assert [axes.get_xlabel() for axes in panels] == [f"number of {count}"] * 2
    assert [text.get_text() for text in panels[0].texts if text.get_text() in "abc"] == expected
    assert {"Task", "Again"} <= set(texts_of(figure))
    with pytest.raises(FiltershiftError, match="no panel"):
        size_bars([], [], count)
