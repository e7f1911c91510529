"""Cumulative explained variance (figure 9): one line for each group."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from filtershift.errors import FiltershiftError
from filtershift.figures.layout import MARGIN, canvas, fit_labels, page, place, text_width
from filtershift.figures.style import FRAME, SMALL, TINY, TITLE, Color, group_colors, styled

_WIDTH, _HEIGHT = 4.2, 3.2
_HEADING, _AXIS, _LEFT, _SPACE = 0.35, 0.65, 0.55, 0.3
_HANDLE = 0.3


@dataclass(frozen=True)
class CumulativePanel:
    """The groups of one grouping and their explained variance ratios (g, 9), largest first."""

    title: str
    labels: Sequence[str]
    ratios: np.ndarray


@dataclass(frozen=True)
class _Legend:
    """The labels as drawn, in columns of `rows`, with their sizes in points and inches."""

    texts: list[str]
    rows: int
    size: float
    pitch: float
    column: float

    @property
    def width(self) -> float:
        return math.ceil(len(self.texts) / self.rows) * self.column

    @property
    def height(self) -> float:
        return min(self.rows, len(self.texts)) * self.pitch


def cumulative_of(titles: Sequence[str], groupings: Sequence[Mapping[str, Mapping[str, NDArray]]]) -> Figure:
    """Show what the components of the groups of some groupings explain, one panel per grouping.

    Args:
        titles: of the groupings.
        groupings: of each, the bases of its groups as stored, by label: explained_variance_ratio (9,).
    """
    panels = [
        CumulativePanel(title, list(bases), np.stack([basis["explained_variance_ratio"] for basis in bases.values()]))
        for title, bases in zip(titles, groupings, strict=True)
    ]
    colors = {label: color for bases in groupings for label, color in group_colors(bases).items()}
    return cumulative(panels, colors)


@styled
def cumulative(panels: Sequence[CumulativePanel], colors: Mapping[str, Color]) -> Figure:
    """Draw for each grouping the explained variance of the first n = 1…9 components, one line for each group.

    The legend stands right of the lines, in the order given, in as many columns as it needs.

    Args:
        panels: one per grouping, drawn below each other.
        colors: label -> line colour, for the labels of all panels, see `style.group_colors`.

    Raises:
        FiltershiftError: there is no panel, or one with no groups or whose ratios are not (groups, 9).
    """
    if not panels:
        raise FiltershiftError("cumulative variance: no panel to draw; give at least one")
    for panel in panels:
        if not panel.labels or panel.ratios.shape != (len(panel.labels), 9):
            found = f"ratios {panel.ratios.shape} for {len(panel.labels)} labels"
            raise FiltershiftError(f"cumulative variance '{panel.title}': {found}; give (groups, 9)")
    legends = [_measure_legend(panel.labels) for panel in panels]
    heights = [float(np.clip(legend.height, _HEIGHT, 1.6 * _HEIGHT)) for legend in legends]
    blocks = [max(height + _AXIS, legend.height) + _HEADING for height, legend in zip(heights, legends, strict=True)]
    width = _LEFT + _WIDTH + _SPACE + max(legend.width for legend in legends)
    figure = page(width + 2 * MARGIN, sum(blocks) + 2 * MARGIN)
    titles = fit_labels([panel.title for panel in panels], TITLE, width, "bold")
    lowest = min(np.nanmin(panel.ratios[:, 0], initial=1.0) for panel in panels)
    floor = max(0.0, math.floor(lowest * 10 - 1e-9) / 10)
    top = MARGIN
    for panel, legend, title, height, block in zip(panels, legends, titles, heights, blocks, strict=True):
        heading = canvas(figure, MARGIN, top, width, _HEADING)
        heading.text(0, 0.2, title, fontsize=TITLE, fontweight="bold")
        axes = place(figure, MARGIN + _LEFT, top + _HEADING, _WIDTH, height)
        _draw_lines(axes, panel.ratios, [colors[label] for label in panel.labels], floor)
        beside = canvas(figure, MARGIN + _LEFT + _WIDTH + _SPACE, top + _HEADING, legend.width, legend.height)
        _draw_legend(beside, legend, [colors[label] for label in panel.labels])
        top += block
    return figure


def _measure_legend(labels: Sequence[str]) -> _Legend:
    rows = max(20, math.ceil(math.sqrt(10 * len(labels))))
    size, pitch = (SMALL, 0.16) if len(labels) <= 40 else (TINY, 0.125)
    texts = fit_labels(labels, size, 2.6)
    return _Legend(texts, rows, size, pitch, _HANDLE + text_width(texts, size) + 0.2)


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
    axes.grid(axis="y", color=FRAME, linewidth=0.4, alpha=0.6)
    axes.set_axisbelow(True)
    axes.spines[["right", "top"]].set_visible(False)


def _draw_legend(axes: Axes, legend: _Legend, colors: Sequence[Color]) -> None:
    places = [divmod(index, legend.rows) for index in range(len(legend.texts))]
    starts = np.array([(column * legend.column, (row + 0.5) * legend.pitch) for column, row in places])
    handles = [np.array([(x, y), (x + _HANDLE - 0.08, y)]) for x, y in starts]
    axes.add_collection(LineCollection(handles, colors=colors, linewidths=2), autolim=False)
    for (x, y), text in zip(starts, legend.texts, strict=True):
        axes.text(x + _HANDLE, y, text, fontsize=legend.size, va="center_baseline")
