"""Cumulative explained variance (figure 9): one line for each group."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from filtershift.errors import FiltershiftError
from filtershift.figures.drawing.layout import MARGIN, canvas, fit_labels, half_frame, heading, page, place
from filtershift.figures.drawing.legend import draw_legend, measure_legend
from filtershift.figures.drawing.style import TITLE, Color, group_colors, styled

_WIDTH, _HEIGHT = 4.2, 3.2
_HEADING, _AXIS, _LEFT, _SPACE = 0.35, 0.65, 0.55, 0.3


@styled
def cumulative_lines(titles: Sequence[str], groupings: Sequence[Mapping[str, Mapping[str, NDArray]]]) -> Figure:
    """Draw for each grouping the explained variance of the first n = 1…9 components, one line for each group.

    The legend stands right of the lines, in the order given, in as many columns as it needs.

    Args:
        titles: of the groupings, drawn below each other.
        groupings: of each, the bases of its groups as stored, by label: explained_variance_ratio (9,).

    Raises:
        FiltershiftError: there is no grouping.
    """
    if not groupings:
        raise FiltershiftError("cumulative variance: no grouping to draw; give at least one")
    ratios = [np.stack([basis["explained_variance_ratio"] for basis in bases.values()]) for bases in groupings]
    colors = {label: color for bases in groupings for label, color in group_colors(bases).items()}
    legends = [measure_legend(list(bases), [colors[label] for label in bases]) for bases in groupings]
    heights = [float(np.clip(legend.height, _HEIGHT, 1.6 * _HEIGHT)) for legend in legends]
    width = _LEFT + _WIDTH + _SPACE + max(legend.width for legend in legends)
    blocks = [max(height + _AXIS, legend.height) + _HEADING for height, legend in zip(heights, legends, strict=True)]
    figure = page(width + 2 * MARGIN, sum(blocks) + 2 * MARGIN)
    fitted = fit_labels(titles, TITLE, width, "bold")
    lowest = min(np.nanmin(rows[:, 0], initial=1.0) for rows in ratios)
    floor = max(0.0, math.floor(lowest * 10 - 1e-9) / 10)
    top = MARGIN
    for k, (legend, block) in enumerate(zip(legends, blocks, strict=True)):
        heading(figure, MARGIN, top, width, _HEADING, fitted[k])
        axes = place(figure, MARGIN + _LEFT, top + _HEADING, _WIDTH, heights[k])
        _draw_lines(axes, ratios[k], legend.colors, floor)
        beside = canvas(figure, MARGIN + _LEFT + _WIDTH + _SPACE, top + _HEADING, legend.width, legend.height)
        draw_legend(beside, legend)
        top += block
    return figure


def _draw_lines(axes: Axes, ratios: np.ndarray, colors: Sequence[Color], floor: float) -> None:
    numbers = np.arange(1, 10)
    lines = np.cumsum(ratios, axis=1)
    points = [np.column_stack([numbers, line]) for line in lines]
    thin = len(colors) > 40
    axes.add_collection(LineCollection(points, colors=colors, linewidths=0.5 if thin else 1.1))
    if not thin:
        dots = np.concatenate(points)
        axes.scatter(dots[:, 0], dots[:, 1], s=7, c=np.repeat(colors, 9, axis=0), linewidths=0, zorder=3)
    axes.set(xlim=(0.7, 9.3), ylim=(floor, 1.02), xticks=numbers, xlabel="first n components")
    axes.set_ylabel("cumulative explained variance ratio")
    levels = np.arange(math.ceil(floor * 10), 11) / 10
    axes.set_yticks(levels, [f"{level:.1f}" for level in levels])
    half_frame(axes)
