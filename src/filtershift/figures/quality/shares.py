"""Shares of layers in each state, as stacked horizontal bars: one row per model or group."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.transforms import offset_copy

from filtershift.analysis.quality.summaries import SHARES
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
from filtershift.figures.drawing.style import FAINT, SMALL, STATE_COLORS, TITLE, styled

_WIDTH = 5.0
_LABELS = 4.5
_KEY, _HEADING, _AXIS = 0.25, 0.35, 0.55
_WORST = next(iter(STATE_COLORS))


@styled
def shares(titles: Sequence[str], tables: Sequence[pd.DataFrame], labels: str) -> Figure:
    """Draw panels of bars below each other, each bar the layers of a row by their state, one row's states adding to 1.

    The number of layers stands in brackets after the label, the share of degenerate ones right of the bar. A row whose
    shares are missing, for it has no layer with a state, stays empty.

    Args:
        titles: of the panels.
        tables: of each, the columns of `filtershift.analysis.quality.summaries.SHARES` and n_judged: rows from the top.
        labels: the column of labels.

    Raises:
        FiltershiftError: there is no panel, or one without rows.
    """
    if not tables or any(table.empty for table in tables):
        raise FiltershiftError("shares: no row to draw; give at least one panel, each with rows")
    pitch = row_pitch(max(map(len, tables)), generous=0.24, dense=0.12)
    size = row_font(pitch)
    texts = [_row_texts(table[labels].tolist(), table["n_judged"], size) for table in tables]
    left = MARGIN + max(text_width(rows, size) for rows in texts) + 0.1
    width = left + _WIDTH + text_width([_WORST], SMALL) + 0.1 + MARGIN
    heights = [pitch * len(rows) for rows in texts]
    figure = page(width, _KEY + sum(heights) + len(heights) * (_HEADING + _AXIS) + 2 * MARGIN)
    _draw_key(canvas(figure, left, MARGIN, _WIDTH, _KEY))
    fitted = fit_labels(titles, TITLE, left + _WIDTH - MARGIN, "bold")
    top = MARGIN + _KEY
    for title, table, rows, height in zip(fitted, tables, texts, heights, strict=True):
        above = heading(figure, MARGIN, top, width - 2 * MARGIN, _HEADING, title)
        above.text(width - 2 * MARGIN, 0.3, _WORST, fontsize=SMALL, color=FAINT, ha="right")
        axes = place(figure, left, top + _HEADING, _WIDTH, height)
        axes.set(xlim=(0, 1), ylim=(len(rows) - 0.5, -0.5), xlabel="share of layers")
        linear_ticks(axes, 5)
        label_rows(axes, range(len(rows)), rows, size)
        open_frame(axes)
        _draw(axes, table[list(SHARES)].to_numpy(float), size)
        top += _HEADING + height + _AXIS
    return figure


def _row_texts(labels: Sequence[str], n_layers: pd.Series, size: float) -> list[str]:
    names = fit_labels(labels, size, _LABELS)
    return [f"{name} ({n:,})" for name, n in zip(names, n_layers, strict=True)]


def _draw_key(strip: Axes) -> None:
    patches = [Patch(color=color, linewidth=0, label=state) for state, color in STATE_COLORS.items()]
    strip.legend(handles=patches, ncols=len(STATE_COLORS), loc="upper left", frameon=False, fontsize=SMALL, borderpad=0)


def _draw(axes: Axes, parts: np.ndarray, size: float) -> None:
    drawn = np.flatnonzero(np.isfinite(parts).all(axis=1))
    ends = np.cumsum(parts[drawn], axis=1)
    for state, end, part in zip(STATE_COLORS, ends.T, parts[drawn].T, strict=True):
        axes.barh(drawn, part, left=end - part, height=0.7, color=STATE_COLORS[state])
    column = offset_copy(axes.transData, axes.get_figure(root=True), x=0.1 + text_width([_WORST], SMALL))
    for row in drawn.tolist():
        text = f"{parts[row, 0]:.1%}".replace("%", " %")
        axes.text(1, row, text, transform=column, fontsize=size, color=FAINT, ha="right", va="center_baseline")
