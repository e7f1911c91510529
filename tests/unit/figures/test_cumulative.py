import numpy as np
import pytest
from matplotlib.collections import LineCollection

from filtershift.errors import FiltershiftError
from filtershift.figures.cumulative import CumulativePanel, cumulative, cumulative_of
from filtershift.figures.style import group_colors


def ratios(groups, rng):
    return np.sort(rng.dirichlet(np.ones(9), groups), axis=1)[:, ::-1]


def test_legible(labels, rng, assert_legible):
    panels = [
        CumulativePanel("A title " * 60, labels, ratios(len(labels), rng)),
        CumulativePanel("Two", labels[:2], ratios(min(2, len(labels)), rng)),
    ]
    assert_legible(cumulative(panels, group_colors(labels)))


def test_lines_add_up_and_have_their_groups_colour(rng):
    values = ratios(2, rng)
    colors = group_colors(["a", "b", "other"])
    figure = cumulative([CumulativePanel("Task", ["b", "a"], values)], colors)
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
    cumulative([CumulativePanel("Task", ["a", "b"], values)], group_colors("ab")).canvas.draw()


def test_other_shapes_are_told(rng):
    with pytest.raises(FiltershiftError, match=r"'Task'.*\(2, 9\) for 1 labels"):
        cumulative([CumulativePanel("Task", ["a"], ratios(2, rng))], group_colors("a"))
    with pytest.raises(FiltershiftError, match="no panel"):
        cumulative([], {})


def test_groupings_of_stored_bases_have_a_panel_each_and_a_label_one_colour(rng, texts_of):
    def stored(labels):
        values = ratios(len(labels), rng)
        return {label: {"explained_variance_ratio": row} for label, row in zip(labels, values, strict=True)}

    groupings = [stored(["b", "a"]), stored(["c"])]
    figure = cumulative_of(["Same", "Same"], groupings)
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
    with pytest.raises(FiltershiftError, match="no panel"):
        cumulative_of([], [])
