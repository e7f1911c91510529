"""What changed from one model to another, layer by layer from the input to the output."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from filtershift.errors import FiltershiftError
from filtershift.figures.drawing.layout import (
    MARGIN,
    canvas,
    fit_labels,
    key,
    label_rows,
    linear_ticks,
    open_frame,
    page,
    place,
    row_font,
    row_pitch,
    text_width,
)
from filtershift.figures.drawing.style import BAR, FAINT, LABEL, styled

_PANEL, _GAP, _HEADING, _AXIS, _KEY = 2.6, 0.25, 0.28, 0.45, 0.3
_NAMES = 3.0
_NULL = "#b5302b"
_FILLS = {"above": BAR, "above rounding": "#a9c1d8"}
"""Flag -> the fill of its mark; those of all other flags are hollow."""


@styled
def layer_changes(layers: pd.DataFrame) -> Figure:
    """Draw one row per layer in order of depth: D of each variant with its interval and null, and the relative change.

    Args:
        layers: columns variant, layer, shift, low, high, null, flag, relative_change; the rows of each variant in order
            of depth.

    Raises:
        FiltershiftError: there is no layer.
    """
    variants = {str(variant): rows for variant, rows in layers.groupby("variant", sort=False)}
    if not variants:
        raise FiltershiftError("layers: nothing to draw; give one layer at least")
    last = next(reversed(variants.values()))
    has_changes = bool(last["relative_change"].notna().any())
    pitch = row_pitch(len(last), 0.2, 0.11)
    size = row_font(pitch)
    names = fit_labels(last["layer"].tolist(), size, _NAMES)
    left, height = MARGIN + text_width(names, size) + 0.1, len(last) * pitch + 0.1
    panels = len(variants) + has_changes
    width = left + panels * _PANEL + (panels - 1) * _GAP + MARGIN
    figure = page(width, MARGIN + _KEY + _HEADING + height + _AXIS + MARGIN)
    _draw_key(canvas(figure, MARGIN, MARGIN, width - 2 * MARGIN, _KEY))
    top = MARGIN + _KEY + _HEADING
    boxes = [(left + k * (_PANEL + _GAP), top, _PANEL, height) for k in range(panels)]
    for k, (variant, rows) in enumerate(variants.items()):
        axes = place(figure, *boxes[k])
        _draw_shifts(axes, rows)
        _finish(axes, f"D, {variant} filters", len(rows))
        if k == 0:
            label_rows(axes, np.arange(len(rows)), names, size)
    if has_changes:
        axes = place(figure, *boxes[-1])
        _draw_changes(axes, last)
        _finish(axes, "relative change of weights, ‖ΔW‖ / ‖W‖", len(last))
    return figure


def _draw_shifts(axes: Axes, rows: pd.DataFrame) -> None:
    y = np.arange(len(rows))
    shift, low, high, null = (rows[column].to_numpy(float) for column in ("shift", "low", "high", "null"))
    axes.hlines(y, low, high, color=BAR, linewidth=1.2)
    axes.plot(null, y, "|", color=_NULL, markersize=5, markeredgewidth=1)
    _marks(axes, shift, y, rows["flag"])
    _limit(axes, [shift, high, null])


def _draw_changes(axes: Axes, rows: pd.DataFrame) -> None:
    y, change = np.arange(len(rows)), rows["relative_change"].to_numpy(float)
    change = np.where(np.isfinite(change), change, np.nan)
    axes.hlines(y, 0, change, color=BAR, linewidth=1.2)
    _marks(axes, change, y, rows["flag"])
    _limit(axes, [change])


def _marks(axes: Axes, x: np.ndarray, y: np.ndarray, flag: pd.Series) -> None:
    for fill in {*_FILLS.values(), "white"}:
        own = (flag.map(_FILLS).fillna("white") == fill).to_numpy()
        axes.plot(x[own], y[own], "o", color=fill, markersize=4, markeredgecolor=BAR, markeredgewidth=0.8)


def _limit(axes: Axes, values: list[np.ndarray]) -> None:
    largest = max((float(np.nanmax(part)) for part in values if np.isfinite(part).any()), default=0.0)
    axes.set_xlim(-0.03 * (largest or 1), 1.05 * (largest or 1))


def _finish(axes: Axes, title: str, rows: int) -> None:
    axes.set_ylim(rows - 0.5 + 0.2, -0.7)
    axes.set_title(title, fontsize=LABEL, loc="left", pad=4)
    linear_ticks(axes, 4)
    open_frame(axes)
    axes.set_yticks([])


def _draw_key(axes: Axes) -> None:
    look: dict[str, Any] = {"linestyle": "", "markersize": 4, "markeredgecolor": BAR, "markeredgewidth": 0.8}
    handles = [Line2D([], [], marker="o", color=fill, label=flag, **look) for flag, fill in _FILLS.items()]
    handles.append(Line2D([], [], marker="o", color="white", label="not above noise, or the same", **look))
    handles.append(Line2D([], [], color=BAR, linewidth=1.2, label="interval"))
    handles.append(Line2D([], [], marker="|", color=_NULL, linestyle="", markersize=6, label="null"))
    key(axes, handles, loc="upper left").get_frame().set_edgecolor(FAINT)
