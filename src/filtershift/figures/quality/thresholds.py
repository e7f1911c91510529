"""The states of layers for every threshold: how much of what is called degenerate is the threshold."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from filtershift.analysis.quality.summaries import SHARES
from filtershift.figures.drawing.layout import MARGIN, heading, key, linear_ticks, log_ticks, page, place
from filtershift.figures.drawing.style import INK, STATE_COLORS, styled

_WIDTH, _HEIGHT, _LEFT, _GAP = 3.1, 1.9, 0.5, 0.3
_KEY, _HEADING, _AXIS = 0.3, 0.32, 0.5
_DASHED: dict[str, Any] = {"linestyle": "--", "linewidth": 0.9}
_TITLES = {
    "sparse_weight": ("Sparse filters", "a filter is sparse below this share of the layer's largest weight"),
    "sparse_share": ("Sparse layers", "a layer is degenerate with more sparse filters than this share"),
    "variance_entropy": ("Low entropy", "a layer is degenerate below this variance entropy H"),
    "entropy_ratio": ("Random-like layers", "a layer is random-like from this ratio H / T_H"),
}


@styled
def states_by_threshold(table: pd.DataFrame) -> Figure:
    """Draw one panel per threshold: the stacked shares of the states where it is moved, a line where it is.

    The dashed curve is the share of sparse filters among all filters.

    Args:
        table: as of `filtershift.analysis.quality.thresholds.sweep`.
    """
    width = 2 * (_LEFT + _WIDTH) + _GAP + 2 * MARGIN
    row = _HEADING + _HEIGHT + _AXIS
    figure = page(width, _KEY + 2 * row + 2 * MARGIN)
    for k, (name, (title, label)) in enumerate(_TITLES.items()):
        left = MARGIN + (k % 2) * (_LEFT + _WIDTH + _GAP)
        top = MARGIN + _KEY + (k // 2) * row
        sweep = table[table["threshold"] == name]
        used = float(sweep.loc[sweep["used"], "value"].iloc[0])
        heading(figure, left, top, _LEFT + _WIDTH, _HEADING, f"{title}: {used:.3g}")
        axes = place(figure, left + _LEFT, top + _HEADING, _WIDTH, _HEIGHT)
        _draw(axes, sweep, used)
        if name == "sparse_weight":
            log_ticks(axes)
            axes.plot(sweep["value"], sweep["meeting"], color=INK, **_DASHED)
        else:
            linear_ticks(axes, 6)
        axes.set_xlabel(label)
        axes.set_ylabel("share of layers")
        if k == 0:
            key(axes, _handles(), loc="upper left", bbox_to_anchor=_above(axes, top - MARGIN + _HEADING))
    return figure


def _draw(axes: Axes, sweep: pd.DataFrame, used: float) -> None:
    value = sweep["value"].to_numpy(float)
    axes.stackplot(
        value, sweep[list(SHARES)].fillna(0).to_numpy(float).T, colors=list(STATE_COLORS.values()), linewidth=0
    )
    axes.axvline(used, color=INK, linewidth=1.2)
    axes.set(xlim=(value[0], value[-1]), ylim=(0, 1), yticks=np.arange(0, 6) / 5)
    axes.spines[["right", "top"]].set_visible(False)


def _handles() -> list[Line2D]:
    square: dict[str, Any] = {"linestyle": "", "marker": "s", "markersize": 6, "markeredgewidth": 0}
    states = [Line2D([], [], color=color, label=state, **square) for state, color in STATE_COLORS.items()]
    used = Line2D([], [], color=INK, linewidth=1.2, label="the threshold used")
    return [*states, used, Line2D([], [], color=INK, label="share of sparse filters", **_DASHED)]


def _above(axes: Axes, inches: float) -> tuple[float, float]:
    """The place so many inches above the upper left corner of the axes, in their own units."""
    return -_LEFT / _WIDTH, 1 + inches / _HEIGHT
