"""How far shifts depend on the choices behind them: a matrix of rank correlations and one of ratios."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, LogNorm, Normalize
from matplotlib.figure import Figure

from filtershift.analysis.shifts.sensitivity import CONFIGURED
from filtershift.figures.drawing.layout import MARGIN, canvas, fit_labels, heading, page, place, text_width
from filtershift.figures.drawing.style import INK, LABEL, MISSING, SMALL, TINY, TITLE, styled

TAU, RATIO = "rank correlation of pairs (Kendall's τ)", "median ratio of D"

_TAU_MAP = LinearSegmentedColormap.from_list("tau", ["#b5302b", "#eda83a", "#ffffff"]).with_extremes(bad=MISSING)
_RATIO_MAP = LinearSegmentedColormap.from_list("ratio", ["#3b6fb5", "#ffffff", "#b5302b"]).with_extremes(bad=MISSING)
_CELL, _PITCH, _BREAK = 0.44, 0.22, 0.08
_HEADING, _SPACE = 0.35, 0.3


@styled
def sensitivity(titles: Sequence[str], tables: Sequence[pd.DataFrame]) -> Figure:
    """Draw rank correlations and, beside them, ratios, as numbers in cells: rows are alternatives, columns groupings.

    Correlations go from white, 1, to red, 0 and less; ratios from white, 1, to blue, a quarter or less, and red, four
    times or more. What is missing is grey. The number of pairs of a grouping stands in brackets.

    Args:
        titles: of the groupings, one at least.
        tables: of each, as of `filtershift.analysis.shifts.sensitivity.sensitivity`, all with the same alternatives.
    """
    tables = [table[table["choice"] != CONFIGURED] for table in tables]
    rows = list(zip(tables[0]["choice"], tables[0]["value"], strict=True))
    tau, ratio = (
        np.column_stack([table[key].astype(float) for table in tables]) for key in ("kendall_tau", "median_ratio")
    )
    choices = [(choice, len(list(same))) for choice, same in groupby(choice for choice, _ in rows)]
    values = text_width([value for _, value in rows], LABEL)
    left = MARGIN + text_width([choice for choice, _ in choices], LABEL, "bold") + 0.2 + values + 0.1
    brackets = [f" ({int(table['n_pairs'].iloc[0]):,})" for table in tables]
    names = fit_labels(titles, SMALL, 1.8)
    columns = [name + bracket for name, bracket in zip(names, brackets, strict=True)]
    side = max(len(titles) * _CELL, text_width([TAU, RATIO], TITLE, "bold"))
    foot = text_width(columns, SMALL) + 0.15
    height = len(rows) * _PITCH + (len(choices) - 1) * _BREAK
    figure = page(left + 2 * side + _SPACE + MARGIN, _HEADING + height + foot + 2 * MARGIN)
    beside = canvas(figure, MARGIN, MARGIN + _HEADING, left - MARGIN, height)
    panels = ((TAU, tau, _TAU_MAP, Normalize(0, 1)), (RATIO, ratio, _RATIO_MAP, LogNorm(1 / 4, 4)))
    for k, (title, *_) in enumerate(panels):
        heading(figure, left + k * (side + _SPACE), MARGIN, side, _HEADING, title)
    start, top = 0, 0.0
    for choice, count in choices:
        part = slice(start, start + count)
        beside.text(0, top + _PITCH / 2, choice, fontsize=LABEL, fontweight="bold", va="center_baseline")
        for row, (_, value) in enumerate(rows[part]):
            y = top + (row + 0.5) * _PITCH
            beside.text(left - MARGIN - 0.1, y, value, fontsize=LABEL, ha="right", va="center_baseline")
        last = start + count == len(rows)
        for k, (_, cells, colors, norm) in enumerate(panels):
            corner = left + k * (side + _SPACE), MARGIN + _HEADING + top
            axes = place(figure, *corner, len(titles) * _CELL, count * _PITCH)
            _draw(axes, cells[part], colors, norm)
            axes.set_xticks(range(len(titles)) if last else [], columns if last else [], rotation=90)
        start, top = start + count, top + count * _PITCH + _BREAK
    return figure


def _draw(axes: Axes, cells: np.ndarray, colors: Colormap, norm: Normalize) -> None:
    """Draw cells with their numbers, in ink that can be read on their colour."""
    shown = np.ma.masked_invalid(cells)
    if isinstance(norm, LogNorm) and norm.vmin is not None:
        # 0 has no logarithm.
        shown = np.ma.maximum(shown, norm.vmin)
    image = axes.imshow(shown, cmap=colors, norm=norm, aspect="auto", interpolation="nearest")
    axes.set_yticks([])
    axes.tick_params(length=0, pad=3)
    light = image.to_rgba(shown)[..., :3] @ (0.299, 0.587, 0.114) > 0.55
    for (row, column), value in np.ndenumerate(cells):
        if np.isfinite(value):
            color = INK if light[row, column] else "white"
            text = _number(value)
            axes.text(
                column, row, text, fontsize=SMALL if len(text) < 6 else TINY, color=color, ha="center", va="center"
            )


def _number(value: float) -> str:
    """Two decimals; three digits of what is 10 or more; "<.01" for less that is not 0."""
    if abs(value) >= 9.995:
        return f"{value:,.0f}" if value < 9_999.5 else f"{value:.0e}".replace("e+0", "e").replace("e+", "e")
    if 0 < value < 0.005:
        return "<.01"
    return f"{value:.2f}".replace("-", "−")
