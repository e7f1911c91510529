"""Horizontal bars on a logarithmic axis (figures 10 and 11): filters or models of each group."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import offset_copy

from filtershift.errors import FiltershiftError
from filtershift.figures.layout import (
    MARGIN,
    canvas,
    fit_labels,
    label_rows,
    log_ticks,
    open_frame,
    page,
    place,
    row_font,
    row_pitch,
    text_width,
)
from filtershift.figures.style import BAR, FAINT, TITLE, styled

_WIDTH = 5.0
_LABELS = 4.5
_HEADING, _AXIS = 0.35, 0.55
_START = 0.6
"""Where bars start on the logarithmic axis."""


@dataclass(frozen=True)
class BarPanel:
    """The groups of one grouping, drawn top to bottom, and how many things each has."""

    title: str
    labels: Sequence[str]
    counts: Sequence[int]


def largest_first(sizes: pd.DataFrame, count: str) -> pd.DataFrame:
    """The columns group and n_filters (count "filters") or n_models ("models"), largest first, equals as they were."""
    return sizes.sort_values(f"n_{count}", ascending=False, kind="stable")[["group", f"n_{count}"]]


def size_bars(titles: Sequence[str], sizes: Sequence[pd.DataFrame], count: str) -> Figure:
    """Show how many filters or models each group has, one panel per grouping.

    Args:
        titles: of the groupings.
        sizes: of each, the columns of `largest_first`, from top to bottom.
        count: "filters" or "models".
    """
    panels = [
        BarPanel(title, table["group"].tolist(), table[f"n_{count}"].tolist())
        for title, table in zip(titles, sizes, strict=True)
    ]
    return bars(panels, f"number of {count}")


@styled
def bars(panels: Sequence[BarPanel], x_label: str) -> Figure:
    """Draw one panel of bars for each grouping, below each other on one logarithmic axis, each bar with its count.

    Bars start below 1, so that a count of 1 has one; a count of 0 has none.

    Raises:
        FiltershiftError: there is no panel, or one with no groups or another number of counts than of labels.
    """
    if not panels:
        raise FiltershiftError("bars: no panel to draw; give at least one")
    for panel in panels:
        if not panel.labels or len(panel.labels) != len(panel.counts):
            raise FiltershiftError(f"bars '{panel.title}': {len(panel.counts)} counts for {len(panel.labels)} labels")
    pitch = row_pitch(max(len(panel.labels) for panel in panels), generous=0.24, dense=0.12)
    size = row_font(pitch)
    texts = [fit_labels(panel.labels, size, _LABELS) for panel in panels]
    numbers = [[f"{count:,}" for count in panel.counts] for panel in panels]
    left = MARGIN + max(text_width(names, size) for names in texts) + 0.1
    widest_number = max(text_width(row, size) for row in numbers)
    width = left + _WIDTH + MARGIN
    heights = [pitch * len(panel.labels) for panel in panels]
    figure = page(width, sum(heights) + len(panels) * (_HEADING + _AXIS) + 2 * MARGIN)
    largest = max(max(panel.counts) for panel in panels)
    limits = _limits(largest, _WIDTH - widest_number - 0.1)
    titles = fit_labels([panel.title for panel in panels], TITLE, width - 2 * MARGIN, "bold")
    top = MARGIN
    for panel, title, names, row, height in zip(panels, titles, texts, numbers, heights, strict=True):
        heading = canvas(figure, MARGIN, top, width - 2 * MARGIN, _HEADING)
        heading.text(0, 0.2, title, fontsize=TITLE, fontweight="bold")
        axes = place(figure, left, top + _HEADING, _WIDTH, height)
        axes.set(xlim=limits, ylim=(len(names) - 0.5, -0.5))
        log_ticks(axes)
        axes.set_xlabel(x_label)
        label_rows(axes, range(len(names)), names, size)
        open_frame(axes)
        _draw(axes, panel.counts, row, size)
        top += _HEADING + height + _AXIS
    return figure


def _limits(largest: int, room: float) -> tuple[float, float]:
    """Return limits of one decade or more that leave the numbers their room right of the longest bar."""
    decades = np.log10(max(largest, 10) / _START)
    return _START, float(_START * 10 ** (decades * _WIDTH / room))


def _draw(axes: Axes, counts: Sequence[int], numbers: Sequence[str], size: float) -> None:
    ends = np.maximum(counts, _START)
    axes.barh(range(len(ends)), ends - _START, left=_START, height=0.7, color=BAR)
    right = offset_copy(axes.transData, axes.get_figure(root=True), x=3, units="points")
    for row, (end, number) in enumerate(zip(ends, numbers, strict=True)):
        axes.text(end, row, number, transform=right, fontsize=size, color=FAINT, va="center")
