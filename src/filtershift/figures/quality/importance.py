"""How the quality of layers goes with their importance: rank correlations with their intervals."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from filtershift.figures.drawing.layout import (
    MARGIN,
    key,
    label_rows,
    linear_ticks,
    open_frame,
    page,
    place,
    text_width,
)
from filtershift.figures.drawing.style import BAR, INK, LABEL, styled

_WIDTH, _PITCH, _KEY, _AXIS = 4.6, 0.32, 0.3, 0.5
_APART = 0.16
"""How far the two marks of a row are from its middle, in rows."""

_KINDS = {"": (BAR, "over all layers"), "within_": (INK, "within a model, mean of models")}


@styled
def correlations(table: pd.DataFrame) -> Figure:
    """Draw one row per measure: its rank correlation with importance over all layers, and the mean within models.

    Lines are intervals; the number of layers is in brackets. What is missing is not drawn.

    Args:
        table: as of `filtershift.analysis.quality.importance.importance_correlations`.
    """
    names = [f"{m.replace('_', ' ')} ({n:,})" for m, n in zip(table["measure"], table["n_layers"], strict=True)]
    left = MARGIN + text_width(names, LABEL) + 0.15
    height = _PITCH * len(names)
    figure = page(left + _WIDTH + 2 * MARGIN, _KEY + height + _AXIS + 2 * MARGIN)
    axes = place(figure, left, MARGIN + _KEY, _WIDTH, height, xlim=(-1, 1), ylim=(len(names) - 0.5, -0.5))
    label_rows(axes, range(len(names)), names, LABEL)
    linear_ticks(axes, 8)
    open_frame(axes)
    axes.axvline(0, color=INK, linewidth=0.6)
    axes.set_xlabel("rank correlation with importance (Spearman)")
    for k, (name, (color, _)) in enumerate(_KINDS.items()):
        _draw(axes, table, name, np.arange(len(names)) + (2 * k - 1) * _APART, color)
    look: dict[str, Any] = {"marker": "o", "markersize": 4.5, "linewidth": 1.4}
    handles = [Line2D([], [], color=color, label=label, **look) for color, label in _KINDS.values()]
    key(axes, handles, loc="lower left", bbox_to_anchor=(0, 1 + 0.06 / height))
    return figure


def _draw(axes: Axes, table: pd.DataFrame, name: str, y: np.ndarray, color: str) -> None:
    axes.hlines(y, table[f"{name}low"], table[f"{name}high"], color=color, linewidth=1.4)
    axes.plot(table[name.rstrip("_") or "correlation"], y, "o", color=color, markersize=4.5, markeredgewidth=0)
