"""Shares of layers in each state, as stacked horizontal bars: one row per model or group."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.transforms import offset_copy

from filtershift.errors import FiltershiftError
from filtershift.figures.layout import (
    MARGIN,
    canvas,
    fit_labels,
    label_rows,
    linear_ticks,
    open_frame,
    page,
    place,
    row_font,
    row_pitch,
    text_width,
)
from filtershift.figures.style import FAINT, SMALL, STATE_COLORS, TITLE, styled

_WIDTH = 5.0
_LABELS = 4.5
_KEY, _HEADING, _AXIS = 0.25, 0.35, 0.55
_WORST = next(iter(STATE_COLORS))


@dataclass(frozen=True)
class SharePanel:
    """Models or groups, drawn top to bottom: how many layers each has, and their shares (g, 3), 0…1, in each state."""

    title: str
    labels: Sequence[str]
    n_layers: Sequence[int]
    shares: np.ndarray


@styled
def shares(panels: Sequence[SharePanel]) -> Figure:
    """Draw panels of bars below each other, each bar the layers of a row by their state, one row's states adding to 1.

    The number of layers stands in brackets after the label, the share of degenerate ones right of the bar. A row whose
    shares are not finite, for it has no layer with a state, stays empty.

    Raises:
        FiltershiftError: there is no panel, or one with no rows or whose numbers or shares do not fit its labels.
    """
    if not panels:
        raise FiltershiftError("shares: no panel to draw; give at least one")
    for panel in panels:
        g = len(panel.labels)
        if not g or len(panel.n_layers) != g or panel.shares.shape != (g, len(STATE_COLORS)):
            found = f"{len(panel.n_layers)} numbers of layers and shares {panel.shares.shape}"
            raise FiltershiftError(
                f"shares '{panel.title}': {found} for {g} labels; give (labels, {len(STATE_COLORS)})"
            )
    pitch = row_pitch(max(len(panel.labels) for panel in panels), generous=0.24, dense=0.12)
    size = row_font(pitch)
    texts = [_row_texts(panel, size) for panel in panels]
    left = MARGIN + max(text_width(rows, size) for rows in texts) + 0.1
    width = left + _WIDTH + text_width([_WORST], SMALL) + 0.1 + MARGIN
    heights = [pitch * len(panel.labels) for panel in panels]
    figure = page(width, _KEY + sum(heights) + len(panels) * (_HEADING + _AXIS) + 2 * MARGIN)
    _draw_key(canvas(figure, left, MARGIN, _WIDTH, _KEY))
    titles = fit_labels([panel.title for panel in panels], TITLE, left + _WIDTH - MARGIN, "bold")
    top = MARGIN + _KEY
    for panel, title, rows, height in zip(panels, titles, texts, heights, strict=True):
        heading = canvas(figure, MARGIN, top, width - 2 * MARGIN, _HEADING)
        heading.text(0, 0.2, title, fontsize=TITLE, fontweight="bold")
        heading.text(width - 2 * MARGIN, 0.3, _WORST, fontsize=SMALL, color=FAINT, ha="right")
        axes = place(figure, left, top + _HEADING, _WIDTH, height)
        axes.set(xlim=(0, 1), ylim=(len(rows) - 0.5, -0.5), xlabel="share of layers")
        linear_ticks(axes, 5)
        label_rows(axes, range(len(rows)), rows, size)
        open_frame(axes)
        _draw(axes, panel.shares, size)
        top += _HEADING + height + _AXIS
    return figure


def _row_texts(panel: SharePanel, size: float) -> list[str]:
    names = fit_labels(panel.labels, size, _LABELS)
    return [f"{name} ({n:,})" for name, n in zip(names, panel.n_layers, strict=True)]


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
