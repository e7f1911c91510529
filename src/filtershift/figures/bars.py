"""Horizontal bars on a logarithmic axis (figures 10 and 11): filters or models of each group."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import offset_copy

from filtershift.errors import FiltershiftError
from filtershift.figures.drawing.layout import (
    MARGIN,
    fit_labels,
    heading,
    label_rows,
    log_ticks,
    open_frame,
    page,
    place,
    row_font,
    row_pitch,
    text_width,
)
from filtershift.figures.drawing.style import BAR, FAINT, TITLE, styled

_WIDTH = 5.0
_LABELS = 4.5
_HEADING, _AXIS = 0.35, 0.55
_START = 0.6
"""Where bars start on the logarithmic axis."""


def largest_first(sizes: pd.DataFrame, count: str) -> pd.DataFrame:
    """The columns group and n_filters (count "filters") or n_models ("models"), largest first, equals as they were."""
    return sizes.sort_values(f"n_{count}", ascending=False, kind="stable")[["group", f"n_{count}"]]


@styled
def size_bars(titles: Sequence[str], sizes: Sequence[pd.DataFrame], count: str) -> Figure:
    """Draw how many filters or models each group has: one panel of bars for each grouping, on one logarithmic axis.

    Bars start below 1, so that a count of 1 has one; a count of 0 has none. Each has its count beside it.

    Args:
        titles: of the groupings.
        sizes: of each, the columns of `largest_first`, from top to bottom.
        count: "filters" or "models".

    Raises:
        FiltershiftError: there is no grouping, or one without groups.
    """
    if not sizes or any(table.empty for table in sizes):
        raise FiltershiftError("bars: no group to draw; give at least one grouping, each with groups")
    counts = [table[f"n_{count}"].tolist() for table in sizes]
    pitch = row_pitch(max(map(len, counts)), generous=0.24, dense=0.12)
    size = row_font(pitch)
    texts = [fit_labels(table["group"].tolist(), size, _LABELS) for table in sizes]
    numbers = [[f"{n:,}" for n in row] for row in counts]
    left = MARGIN + max(text_width(names, size) for names in texts) + 0.1
    width = left + _WIDTH + MARGIN
    heights = [pitch * len(row) for row in counts]
    figure = page(width, sum(heights) + len(heights) * (_HEADING + _AXIS) + 2 * MARGIN)
    limits = _limits(max(map(max, counts)), _WIDTH - max(text_width(row, size) for row in numbers) - 0.1)
    fitted = fit_labels(titles, TITLE, width - 2 * MARGIN, "bold")
    top = MARGIN
    for k, height in enumerate(heights):
        heading(figure, MARGIN, top, width - 2 * MARGIN, _HEADING, fitted[k])
        axes = place(figure, left, top + _HEADING, _WIDTH, height)
        axes.set(xlim=limits, ylim=(len(counts[k]) - 0.5, -0.5))
        log_ticks(axes)
        axes.set_xlabel(f"number of {count}")
        label_rows(axes, range(len(texts[k])), texts[k], size)
        open_frame(axes)
        _draw(axes, counts[k], numbers[k], size)
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
