"""Curves over checkpoints, one for all layers and one for each depth, in panels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import colorcet
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from filtershift.analysis.quality.summaries import DEPTHS
from filtershift.analysis.trajectory.quality import ALL
from filtershift.errors import FiltershiftError
from filtershift.figures.drawing.labels import number_text
from filtershift.figures.drawing.layout import (
    MARGIN,
    canvas,
    fit_labels,
    half_frame,
    heading,
    linear_ticks,
    page,
    place,
    round_values,
)
from filtershift.figures.drawing.style import FAINT, INK, SMALL, TITLE, styled

_WIDTH, _HEIGHT = 2.7, 1.7
_LEFT, _HEADING, _AXIS, _GAP = 0.55, 0.3, 0.5, 0.25
_KEY, _ROW = 1.1, 0.17
_IN_A_ROW = 3
_DECADES = 4
"""Of a logarithmic axis, at most, below its largest value."""

# From dark blue to orange: the light end of the map would not be seen on paper.
_BY_DEPTH = LinearSegmentedColormap.from_list("depth", colorcet.bmy[10:215])


@dataclass(frozen=True)
class Panel:
    """Curves of one value.

    Attributes:
        title: what is above it.
        table: columns depth, checkpoint, and the value with its NAME_low and NAME_high: means over runs.
        value: the column.
        noise: a column that is drawn as a dashed line, of all layers; "" for none.
    """

    title: str
    table: pd.DataFrame
    value: str
    noise: str = ""


@styled
def curve_panels(panels: Sequence[Panel], by: str, logarithmic: bool = False) -> Figure:
    """Draw panels of curves over checkpoints, three in a row.

    All layers together are black, with a band for the interval over runs; the layers of each depth are coloured.

    Args:
        panels: what is drawn.
        by: what numbers checkpoints.
        logarithmic: whether the vertical axes are.

    Raises:
        FiltershiftError: there is no panel.
    """
    if not panels:
        raise FiltershiftError("curves: no panel to draw; give at least one")
    depths = [depth for depth in DEPTHS if any((panel.table["depth"] == depth).any() for panel in panels)]
    columns = min(_IN_A_ROW, len(panels))
    column, row = _LEFT + _WIDTH + _GAP, _HEADING + _HEIGHT + _AXIS
    rows = -(-len(panels) // columns)
    noise = any(panel.noise for panel in panels)
    height = max(rows * row, _ROW * (len(depths) + 2 + noise) + 0.3)
    figure = page(columns * column + _KEY + 2 * MARGIN, height + 2 * MARGIN)
    for k, panel in enumerate(panels):
        left, top = MARGIN + column * (k % columns), MARGIN + row * (k // columns)
        heading(
            figure, left, top, column - _GAP, _HEADING, fit_labels([panel.title], TITLE, column - _GAP, "bold")[0], 0.18
        )
        axes = place(figure, left + _LEFT, top + _HEADING, _WIDTH, _HEIGHT)
        _draw(axes, panel, depths)
        _scale(axes, panel, logarithmic)
        axes.set_xlabel(by)
        half_frame(axes)
    _draw_key(canvas(figure, MARGIN + columns * column, MARGIN, _KEY, height), depths, noise)
    return figure


def _color(depth: str) -> Any:
    return _BY_DEPTH(DEPTHS.index(depth) / (len(DEPTHS) - 1))


def _draw(axes: Axes, panel: Panel, depths: Sequence[str]) -> None:
    of_depth = dict(list(panel.table.groupby("depth", sort=False)))
    few = len(panel.table["checkpoint"].unique()) <= 30
    look: dict[str, Any] = {"marker": "o" if few else "", "markersize": 2.2, "markeredgewidth": 0}
    for depth in depths:
        if depth in of_depth:
            x, y = of_depth[depth][["checkpoint", panel.value]].to_numpy(float).T
            axes.plot(x, y, color=_color(depth), linewidth=0.8, **look)
    if (own := of_depth.get(ALL)) is None:
        return
    x = own["checkpoint"].to_numpy(float)
    low, high = (own[f"{panel.value}_{end}"].to_numpy(float) for end in ("low", "high"))
    axes.fill_between(x, low, high, color=INK, alpha=0.15, linewidth=0)
    axes.plot(x, own[panel.value].to_numpy(float), color=INK, linewidth=1.6, **look)
    if panel.noise:
        axes.plot(x, own[panel.noise].to_numpy(float), color=FAINT, linewidth=0.9, linestyle="--")


def _scale(axes: Axes, panel: Panel, logarithmic: bool) -> None:
    """Limits that all curves fill: intervals of few runs may be far wider."""
    values = panel.table[[panel.value, *filter(None, [panel.noise])]].to_numpy(float)
    values = values[np.isfinite(values) & ((values > 0) | (not logarithmic))]
    linear_ticks(axes, 4)
    if not len(values):
        return
    low, high = values.min(), values.max()
    if logarithmic:
        axes.set_yscale("log")
        axes.set_ylim(max(low / 1.3, high / 10**_DECADES), high * 1.3)
        decades = np.log10(high / max(low, high / 10**_DECADES))
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0,) if decades > 2 else (1.0, 2.0, 5.0)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number_text(float(f"{value:.3g}"))))
        axes.yaxis.set_minor_locator(NullLocator())
        return
    room = 0.06 * (high - low) or 0.05 * max(abs(high), 0.1)
    axes.set_ylim(low - room if low < 0 else max(low - room, -0.03 * (high + room)), high + room)
    ticks = round_values(*axes.get_ylim(), 4)
    axes.set_yticks(list(ticks), list(ticks.values()))


def _draw_key(axes: Axes, depths: Sequence[str], noise: bool) -> None:
    look: dict[str, Any] = {"linewidth": 1.4}
    handles = [Line2D([], [], color=INK, linewidth=1.8, label="all layers")]
    handles += [Line2D([], [], color=FAINT, linestyle="--", linewidth=0.9, label="noise")] * noise
    handles += [Line2D([], [], color=_color(depth), label=depth, **look) for depth in depths]
    where: dict[str, Any] = {"loc": "upper left", "title": "relative depth", "title_fontsize": SMALL}
    axes.legend(handles=handles, frameon=False, fontsize=SMALL, **where)
