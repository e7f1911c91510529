import numpy as np
import pytest
from matplotlib.collections import LineCollection

from filtershift.errors import FiltershiftError
from filtershift.figures.distributions.cumulative import cumulative_lines
from filtershift.figures.drawing.style import group_colors


def ratios(groups, rng):
    return np.sort(rng.dirichlet(np.ones(9), groups), axis=1)[:, ::-1]


def stored(labels, values):
    return {label: {"explained_variance_ratio": row} for label, row in zip(labels, values, strict=True)}


def test_legible(labels, rng, assert_legible):
    many, few = stored(labels, ratios(len(labels), rng)), stored(labels[:2], ratios(min(2, len(labels)), rng))
    assert_legible(cumulative_lines(["A title " * 60, "Two"], [many, few]))


def test_lines_add_up_and_have_their_groups_colour(rng):
    values = ratios(2, rng)
    colors = group_colors(["a", "b"])
    figure = cumulative_lines(["Task"], [stored(["b", "a"], values)])
    plot = next(axes for axes in figure.axes if axes.get_xlabel())
    lines = next(c for c in plot.collections if isinstance(c, LineCollection))
    for line, row in zip(lines.get_segments(), values, strict=True):
        np.testing.assert_allclose(line, np.column_stack([np.arange(1, 10), np.cumsum(row)]))
    np.testing.assert_allclose(lines.get_colors()[:, :3], [colors["b"], colors["a"]])
    low, high = plot.get_ylim()
    assert low <= values[:, 0].min()
    assert high >= 1


def test_undefined_ratios_draw(rng):
    values = ratios(2, rng)
    values[1] = np.nan
    cumulative_lines(["Task"], [stored(["a", "b"], values)]).canvas.draw()


def test_groupings_of_stored_bases_have_a_panel_each_and_a_label_one_colour(rng, texts_of):
    groupings = [stored(["b", "a"], ratios(2, rng)), stored(["c"], ratios(1, rng))]
    figure = cumulative_lines(["Same", "Same"], groupings)
    plots = [axes for axes in figure.axes if axes.get_xlabel()]
    lines = [next(c for c in axes.collections if isinstance(c, LineCollection)) for axes in plots]
    assert [len(panel.get_segments()) for panel in lines] == [2, 1]
    np.testing.assert_allclose(
        lines[0].get_segments()[0][:, 1], np.cumsum(groupings[0]["b"]["explained_variance_ratio"])
    )
    colors = group_colors(["a", "b"])
    np.testing.assert_allclose(lines[0].get_colors()[:, :3], [colors["b"], colors["a"]])
    np.testing.assert_allclose(lines[1].get_colors()[:, :3], [group_colors(["c"])["c"]])
    assert texts_of(figure).count("Same") == 2
    with pytest.raises(FiltershiftError, match="no grouping"):
        cumulative_lines([], [])
