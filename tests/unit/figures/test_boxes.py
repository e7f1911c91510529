import numpy as np
import pandas as pd
import pytest

from filtershift.errors import FiltershiftError
from filtershift.figures.boxes import boxes, range_boxes, shift_boxes


def rows_of(labels, rng):
    sizes = [0, 1, 4, 5, 60, 3000]
    return [(label, 10 ** rng.normal(size=sizes[n % 6])) for n, label in enumerate(labels)]


def marks(figure, marker):
    lines = [line for line in figure.axes[0].lines if line.get_marker() == marker]
    return np.concatenate([line.get_xydata() for line in lines])


@pytest.mark.parametrize("log", [False, True])
def test_legible(labels, rng, assert_legible, log):
    assert_legible(boxes(rows_of(labels, rng), "a quantity with a long name, in units " * 9, log=log))


def test_rows_stand_in_the_given_order_with_their_number_of_values():
    figure = boxes([("second", np.arange(1200.0)), ("first", np.ones(1))], "shift D")
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.texts[:2]] == ["second (1,200)", "first (1)"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]


def test_box_spans_the_quartiles_and_the_mean_is_marked():
    values = np.array([0.0, 1, 2, 3, 4, 100])
    figure = boxes([("one", values)], "x")
    box = figure.axes[0].patches[0].get_path().get_extents()
    np.testing.assert_allclose((box.x0, box.x1), np.percentile(values, [25, 75]))
    np.testing.assert_allclose(marks(figure, "D"), [(values.mean(), 0)])
    np.testing.assert_allclose(marks(figure, "."), [(100, 0)])


def test_few_values_are_drawn_as_themselves():
    figure = boxes([("four", np.array([1.0, 2, 3, 9])), ("none", np.array([]))], "x")
    assert not figure.axes[0].patches
    np.testing.assert_allclose(marks(figure, "|")[:, 0], [1, 2, 3, 9])


def test_values_that_cannot_be_drawn_are_counted():
    values = np.array([0.0, -1, np.nan, 1, 2, 3, 4, 5])
    linear, log = boxes([("r", values)], "x"), boxes([("r", values)], "x", log=True)
    assert linear.axes[0].texts[0].get_text() == "r (7; 1 not finite)"
    assert log.axes[0].texts[0].get_text() == "r (5; 3 not finite or not positive)"
    assert log.axes[0].get_xscale() == "log"


def test_a_line_sets_the_first_rows_apart():
    rows = [(label, np.arange(9.0)) for label in ("first layer", "(0, .1]", "(.1, .2]")]

    def lines(apart):
        drawn = boxes(rows, "x", apart=apart).axes[0].get_lines()
        return [line.get_ydata()[0] for line in drawn if list(line.get_xdata()) == [0, 1]]

    assert lines(0) == []
    assert lines(1) == [0.5]
    assert lines(2) == [1.5]


def test_noise_is_a_line_across_each_row_and_what_is_above_it_is_counted(labels, rng, assert_legible, texts_of):
    rows = [("a", np.arange(30.0)), ("b", np.array([])), ("c", np.array([1.0, np.nan]))]
    figure = boxes(rows, "shift D", noise=[(12.5, 17), (np.nan, 0), (3.0, 0)])
    [lines] = figure.axes[0].collections
    drawn = {segment[0][0]: segment[:, 1].mean() for segment in lines.get_segments() if len(segment)}
    assert drawn == {12.5: 0, 3.0: 2}
    written = [text.get_text() for text in figure.axes[0].texts[:3]]
    assert written == ["a (30; 17 above noise)", "b (0)", "c (1; 0 above noise; 1 not finite)"]
    assert "noise" in " ".join(texts_of(figure))
    assert "noise" not in " ".join(texts_of(boxes(rows, "shift D")))
    noisy = [(1.0, 1200)] * len(labels)
    assert_legible(boxes(rows_of(labels, rng), "a quantity with a long name, in units " * 9, noise=noisy))


@pytest.mark.parametrize("log", [False, True])
def test_nothing_but_empty_rows_draws(log, assert_legible):
    assert_legible(boxes([("a", np.array([])), ("b", np.array([np.nan]))], "x", log=log))


@pytest.mark.parametrize("value", [0.0, 1e-12, 5.0, 3e8])
def test_one_value_alone_draws(value, assert_legible):
    assert_legible(boxes([("a", np.array([value]))], "x"))


def test_no_rows_are_told():
    with pytest.raises(FiltershiftError, match="no rows"):
        boxes([], "x")


def test_shifts_of_pairs_are_a_row_per_grouping_with_noise_where_it_is_known(texts_of):
    shift = [np.arange(1.0, 8), np.array([2.0, np.nan])]
    pairs = [pd.DataFrame({"shift": values}) for values in shift]
    known = [
        table.assign(floor=1.5, null=2.5, flag=np.where(table["shift"] > 2.5, "above", "within null"))
        for table in pairs
    ]
    plain, noisy = shift_boxes(["Task", "Model"], pairs), shift_boxes(["Task", "Model"], known)
    assert [text.get_text() for text in plain.axes[0].texts[:2]] == ["Task (7)", "Model (1; 1 not finite)"]
    assert noisy.axes[0].texts[0].get_text() == "Task (7; 5 above noise)"
    assert [segment[0][0] for segment in noisy.axes[0].collections[0].get_segments()] == [2.5, 2.5]
    assert "shift D" in texts_of(plain)
    with pytest.raises(FiltershiftError, match="no rows"):
        shift_boxes([], [])


def test_ranges_of_models_are_a_row_per_group_in_the_given_order():
    ranges = pd.DataFrame({"group": ["b", "a", "b"], "model": ["x", "x", "y"], "mean_range": [0.5, 2.0, np.nan]})
    figure = range_boxes(ranges, ["b", "none", "a"])
    written = [text.get_text() for text in figure.axes[0].texts[:3]]
    assert written == ["b (1; 1 not finite or not positive)", "none (0)", "a (1)"]
    np.testing.assert_allclose(marks(figure, "D"), [(0.5, 0), (2.0, 2)])
    assert figure.axes[0].get_xscale() == "log"
