"""Shares that add up to 1 as stacked horizontal bars, one row per model or group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.transforms import offset_copy

from filtershift.errors import FiltershiftError
from filtershift.figures.drawing.layout import (
    MARGIN,
    canvas,
    fit_labels,
    heading,
    label_rows,
    linear_ticks,
    open_frame,
    page,
    place,
    row_font,
    row_pitch,
    text_width,
)
from filtershift.figures.drawing.style import FAINT, SMALL, TITLE, styled

_WIDTH = 5.0
_LABELS = 4.5
_KEY, _HEADING, _AXIS = 0.25, 0.35, 0.55
_IN_A_ROW = 4
"""Parts in a row of the key."""


@dataclass(frozen=True)
class Shares:
    """What is stacked.

    Attributes:
        colors: of each part, by its name; in this order.
        columns: those of a table that hold the parts, in the same order.
        counted: the column of the number in brackets.
        of: what the shares are of, as in "share of layers".
    """

    colors: Mapping[str, str]
    columns: Sequence[str]
    counted: str
    of: str

    @property
    def first(self) -> str:
        """The part whose share is written beside the bar."""
        return next(iter(self.colors))

    @property
    def beside(self) -> float:
        """Inches that its share takes beside the bar."""
        return text_width([self.first, "100.0 %"], SMALL)

    @property
    def key(self) -> float:
        """Inches of the key above the bars."""
        return _KEY * -(-len(self.colors) // _IN_A_ROW)


@styled
def share_bars(titles: Sequence[str], tables: Sequence[pd.DataFrame], labels: str, shares: Shares) -> Figure:
    """Draw panels of bars below each other, the parts of each bar adding up to 1.

    The number counted stands in brackets after the label, the share of the first part right of the bar. A row whose
    shares are missing stays empty.

    Args:
        titles: of the panels.
        tables: of each, the rows from the top.
        labels: the column of labels.
        shares: what is stacked.

    Raises:
        FiltershiftError: there is no panel, or one without rows.
    """
    if not tables or any(table.empty for table in tables):
        raise FiltershiftError("shares: no row to draw; give at least one panel, each with rows")
    pitch = row_pitch(max(map(len, tables)), generous=0.24, dense=0.12)
    size = row_font(pitch)
    texts = [_row_texts(table[labels].tolist(), table[shares.counted], size) for table in tables]
    left = MARGIN + max(text_width(rows, size) for rows in texts) + 0.1
    width = left + _WIDTH + shares.beside + 0.1 + MARGIN
    heights = [pitch * len(rows) for rows in texts]
    figure = page(width, shares.key + sum(heights) + len(heights) * (_HEADING + _AXIS) + 2 * MARGIN)
    _draw_key(canvas(figure, left, MARGIN, _WIDTH, shares.key), shares)
    fitted = fit_labels(titles, TITLE, left + _WIDTH - MARGIN, "bold")
    top = MARGIN + shares.key
    for title, table, rows, height in zip(fitted, tables, texts, heights, strict=True):
        above = heading(figure, MARGIN, top, width - 2 * MARGIN, _HEADING, title)
        above.text(width - 2 * MARGIN, 0.3, shares.first, fontsize=SMALL, color=FAINT, ha="right")
        axes = place(figure, left, top + _HEADING, _WIDTH, height)
        axes.set(xlim=(0, 1), ylim=(len(rows) - 0.5, -0.5), xlabel=f"share of {shares.of}")
        linear_ticks(axes, 5)
        label_rows(axes, range(len(rows)), rows, size)
        open_frame(axes)
        _draw(axes, table[list(shares.columns)].to_numpy(float), shares, size)
        top += _HEADING + height + _AXIS
    return figure


def _row_texts(labels: Sequence[str], counts: pd.Series, size: float) -> list[str]:
    names = fit_labels(labels, size, _LABELS)
    return [f"{name} ({n:,})" for name, n in zip(names, counts, strict=True)]


def _draw_key(strip: Axes, shares: Shares) -> None:
    patches = [Patch(color=color, linewidth=0, label=part) for part, color in shares.colors.items()]
    strip.legend(handles=patches, ncols=_IN_A_ROW, loc="upper left", frameon=False, fontsize=SMALL, borderpad=0)


def _draw(axes: Axes, parts: np.ndarray, shares: Shares, size: float) -> None:
    drawn = np.flatnonzero(np.isfinite(parts).all(axis=1))
    ends = np.cumsum(parts[drawn], axis=1)
    for color, end, part in zip(shares.colors.values(), ends.T, parts[drawn].T, strict=True):
        axes.barh(drawn, part, left=end - part, height=0.7, color=color)
    column = offset_copy(axes.transData, axes.get_figure(root=True), x=0.1 + shares.beside)
    for row in drawn.tolist():
        text = f"{parts[row, 0]:.1%}".replace("%", " %")
        axes.text(1, row, text, transform=column, fontsize=size, color=FAINT, ha="right", va="center_baseline")
