import numpy as np
import pytest
from matplotlib.colors import to_rgba

from filtershift.analysis.quality.layers import STATES
from filtershift.errors import FiltershiftError
from filtershift.figures.shares import SharePanel, shares
from filtershift.figures.style import STATE_COLORS


def panel_of(title, labels, rng):
    n_layers = (10 ** rng.uniform(0, 5, len(labels))).astype(int).tolist()
    return SharePanel(title, labels, n_layers, rng.dirichlet(np.ones(3), len(labels)))


def plots(figure):
    return [axes for axes in figure.axes if axes.get_xlabel()]


def test_legible(labels, rng, assert_legible):
    assert_legible(shares([panel_of("A title " * 60, labels, rng), panel_of("Two", labels[:2], rng)]))


def test_states_are_stacked_in_their_colours_in_the_given_order(texts_of):
    parts = np.array([[0.5, 0.2, 0.3], [0, 0.25, 0.75]])
    figure = shares([SharePanel("Model", ["worst", "best"], [10, 1200], parts)])
    (axes,) = plots(figure)
    assert [text.get_text() for text in axes.texts[:2]] == ["worst (10)", "best (1,200)"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    bars = np.reshape(axes.patches, (3, 2))
    for k, (state, row) in enumerate(zip(STATE_COLORS, bars, strict=True)):
        np.testing.assert_allclose([bar.get_width() for bar in row], parts[:, k])
        np.testing.assert_allclose([bar.get_x() for bar in row], parts[:, :k].sum(axis=1), atol=1e-12)
        np.testing.assert_allclose([bar.get_y() + bar.get_height() / 2 for bar in row], [0, 1])
        assert {bar.get_facecolor() for bar in row} == {to_rgba(STATE_COLORS[state])}
    assert {*STATE_COLORS, "Model", "50.0 %", "0.0 %"} <= set(texts_of(figure))


def test_every_state_has_its_colour():
    assert tuple(STATE_COLORS) == STATES


def test_every_grouping_has_its_panel_below_the_one_before(rng):
    figure = shares([panel_of("Task", ["a", "b"], rng), panel_of("Model", ["c"], rng)])
    first, second = plots(figure)
    assert first.get_position().y0 > second.get_position().y1
    assert [len(axes.patches) for axes in (first, second)] == [6, 3]
    assert first.get_xlim() == second.get_xlim() == (0, 1)


def test_a_row_without_shares_stays_empty(assert_legible):
    parts = np.array([[np.nan, np.nan, np.nan], [1, 0, 0]])
    figure = shares([SharePanel("Task", ["none", "one"], [0, 1], parts)])
    (axes,) = plots(figure)
    assert [bar.get_y() + bar.get_height() / 2 for bar in axes.patches] == pytest.approx([1, 1, 1])
    assert [text.get_text() for text in axes.texts[:2]] == ["none (0)", "one (1)"]
    assert_legible(figure)


def test_nothing_but_empty_rows_draws(assert_legible):
    assert_legible(shares([SharePanel("Task", ["a"], [0], np.full((1, 3), np.nan))]))


def test_other_shapes_are_told():
    with pytest.raises(FiltershiftError, match=r"'Task'.*1 numbers of layers and shares \(1, 3\) for 2 labels"):
        shares([SharePanel("Task", ["a", "b"], [1], np.ones((1, 3)) / 3)])
    with pytest.raises(FiltershiftError, match=r"shares \(1, 2\)"):
        shares([SharePanel("Task", ["a"], [1], np.ones((1, 2)) / 2)])
    with pytest.raises(FiltershiftError, match="no panel"):
        shares([])
