import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

from filtershift.analysis.quality.layers import STATES
from filtershift.analysis.quality.summaries import SHARES
from filtershift.errors import FiltershiftError
from filtershift.figures.drawing.style import STATE_COLORS
from filtershift.figures.quality.summaries import STATES as SHOWN
from filtershift.figures.share_bars import share_bars


def table_of(labels, n_judged, parts):
    return pd.DataFrame(parts, columns=list(SHARES)).assign(name=labels, n_judged=n_judged)


def random_table(labels, rng):
    n_judged = (10 ** rng.uniform(0, 5, len(labels))).astype(int)
    return table_of(labels, n_judged, rng.dirichlet(np.ones(3), len(labels)))


def plots(figure):
    return [axes for axes in figure.axes if axes.get_xlabel()]


def test_legible(labels, rng, assert_legible):
    assert_legible(
        share_bars(["A title " * 60, "Two"], [random_table(labels, rng), random_table(labels[:2], rng)], "name", SHOWN)
    )


def test_states_are_stacked_in_their_colours_in_the_given_order(texts_of):
    parts = np.array([[0.5, 0.2, 0.3], [0, 0.25, 0.75]])
    figure = share_bars(["Model"], [table_of(["worst", "best"], [10, 1200], parts)], "name", SHOWN)
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
    figure = share_bars(["Task", "Model"], [random_table(["a", "b"], rng), random_table(["c"], rng)], "name", SHOWN)
    first, second = plots(figure)
    assert first.get_position().y0 > second.get_position().y1
    assert [len(axes.patches) for axes in (first, second)] == [6, 3]
    assert first.get_xlim() == second.get_xlim() == (0, 1)


def test_a_row_without_shares_stays_empty(assert_legible):
    parts = np.array([[np.nan, np.nan, np.nan], [1, 0, 0]])
    figure = share_bars(["Task"], [table_of(["none", "one"], [0, 1], parts)], "name", SHOWN)
    (axes,) = plots(figure)
    assert [bar.get_y() + bar.get_height() / 2 for bar in axes.patches] == pytest.approx([1, 1, 1])
    assert [text.get_text() for text in axes.texts[:2]] == ["none (0)", "one (1)"]
    assert_legible(figure)


def test_nothing_but_empty_rows_draws(assert_legible):
    assert_legible(share_bars(["Task"], [table_of(["a"], [0], np.full((1, 3), np.nan))], "name", SHOWN))


def test_no_panel_and_a_panel_without_rows_are_told(rng):
    with pytest.raises(FiltershiftError, match="no row"):
        share_bars([], [], "name", SHOWN)
    with pytest.raises(FiltershiftError, match="no row"):
        share_bars(["Task", "Model"], [random_table(["a"], rng), random_table([], rng)], "name", SHOWN)
