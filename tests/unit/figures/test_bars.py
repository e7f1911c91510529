import pandas as pd
import pytest

from filtershift.errors import FiltershiftError
from filtershift.figures.bars import largest_first, size_bars


def sizes_of(labels, n_filters):
    return pd.DataFrame({"group": labels, "n_filters": n_filters})


def test_legible(labels, rng, assert_legible):
    counts = (10 ** rng.uniform(0, 9, len(labels))).astype(int).tolist()
    sizes = [sizes_of(labels, counts), sizes_of(labels[:2], counts[:2])]
    assert_legible(size_bars(["A title " * 60, "Two"], sizes, "filters"))


@pytest.mark.parametrize("largest", [0, 1, 3, 12, 524_563_289])
def test_counts_of_any_size_are_legible(largest, assert_legible):
    assert_legible(size_bars(["Task"], [sizes_of(["a", "b", "c"], [largest, 1, 0])], "filters"))


def test_bars_end_at_their_count_on_one_axis(texts_of):
    sizes = [sizes_of(["a", "b"], [1234567, 1]), sizes_of(["c"], [0])]
    figure = size_bars(["Task", "Layer"], sizes, "filters")
    first, second = (axes for axes in figure.axes if axes.patches)
    assert [bar.get_x() + bar.get_width() for bar in first.patches] == [1234567, 1]
    assert second.patches[0].get_width() == 0
    assert first.get_xlim() == second.get_xlim()
    assert first.get_xscale() == "log"
    assert {"1,234,567", "1", "0", "Task", "Layer", "number of filters"} <= set(texts_of(figure))


@pytest.mark.parametrize("sizes", [[], [sizes_of([], [])], [sizes_of(["a"], [1]), sizes_of([], [])]])
def test_groupings_without_groups_are_told(sizes):
    with pytest.raises(FiltershiftError, match="no group"):
        size_bars(["Task", "Layer"][: len(sizes)], sizes, "filters")


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
