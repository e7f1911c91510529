"""The groups nearest to each of a few models, in as many columns as there are groupings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from filtershift.analysis.uncertainty.noise import ABOVE
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
    text_width,
)
from filtershift.figures.style import BAR, FAINT, SMALL, TITLE, styled

_WIDTH, _ROW = 1.9, 0.2
_LABELS, _GAP = 2.4, 0.35
_HEADING, _TITLE, _AXIS = 0.32, 0.24, 0.5

NEAREST, FARTHEST = 10, 20
"""Groups shown of each grouping: those nearest to a model, and those farthest apart in two data sets."""


@dataclass(frozen=True)
class Ranking:
    """Groups by ascending shift: (g,) labels and shifts, the ends of their intervals (NaN: none), and which are noise.

    `noise` marks shifts that do not rise above what sampling alone makes of groups of this size.
    """

    title: str
    labels: Sequence[str]
    shift: np.ndarray
    low: np.ndarray
    high: np.ndarray
    noise: np.ndarray


def nearest_of_placement(shifts: pd.DataFrame, titles: Mapping[str, str]) -> Figure:
    """Show the groups nearest to each placed model, one column per grouping, in the first variant.

    Args:
        shifts: columns model, variant, grouping, group, rank, shift, low, high, flag.
        titles: of the groupings.
    """
    first = shifts[(shifts["variant"] == shifts["variant"].iloc[0]) & (shifts["rank"] <= NEAREST)]
    return nearest(
        {
            str(model): [
                _ranking(titles[str(grouping)], near, near["flag"] != ABOVE)
                for grouping, near in table.groupby("grouping", sort=False)
            ]
            for model, table in first.groupby("model", sort=False)
        }
    )


def farthest_of_comparison(shifts: pd.DataFrame, titles: Mapping[str, str]) -> Figure:
    """Show the groups that differ most between two data sets: one row per grouping, one column per variant.

    Args:
        shifts: columns variant, grouping, group, shift, low, high, flag (missing: noise is not known).
        titles: of the groupings, all different.
    """
    farthest = shifts.sort_values("shift", ascending=False, kind="stable")

    def panel(grouping: str, variant: str) -> Ranking:
        most = farthest[(farthest["grouping"] == grouping) & (farthest["variant"] == variant)].head(FARTHEST)
        return _ranking(f"{variant} filters", most, most["flag"].notna() & (most["flag"] != ABOVE))

    variants = shifts["variant"].unique()
    return nearest({titles[name]: [panel(name, v) for v in variants] for name in shifts["grouping"].unique()})


def _ranking(title: str, shifts: pd.DataFrame, noise: pd.Series) -> Ranking:
    """The panel of a table with one row per group, in its order."""
    shift, low, high = (shifts[key].to_numpy(float) for key in ("shift", "low", "high"))
    return Ranking(title, shifts["group"].tolist(), shift, low, high, noise.to_numpy())


@styled
def nearest(models: Mapping[str, Sequence[Ranking]]) -> Figure:
    """Draw one row of panels per model and one column per grouping; in each the groups from near to far with intervals.

    These are cut at twice the largest shift. A hollow mark is noise. All models have the same groupings.

    Raises:
        FiltershiftError: there is no model, or one without a grouping or with another number of them.
    """
    columns = {len(rankings) for rankings in models.values()}
    if len(columns) != 1 or 0 in columns:
        raise FiltershiftError(
            f"nearest: {len(models)} models with {sorted(columns)} groupings; give as many to each, and one at least"
        )
    rankings = list(models.values())
    texts = [[fit_labels(panel.labels, SMALL, _LABELS) for panel in row] for row in rankings]
    labels = [max(text_width(row[k], SMALL) for row in texts) + 0.1 for k in range(columns.pop())]
    lefts = MARGIN + np.cumsum([0, *(width + _WIDTH + _GAP for width in labels)])
    heights = [_ROW * max(1, *(len(panel.labels) for panel in row)) for row in rankings]
    tops = MARGIN + np.cumsum([0, *(_HEADING + _TITLE + height + _AXIS for height in heights)])
    width = lefts[-1] - _GAP + 2 * MARGIN
    figure = page(width, tops[-1])
    names = fit_labels(list(models), TITLE, width - 2 * MARGIN, "bold")
    for name, row, row_texts, top in zip(names, rankings, texts, tops, strict=False):
        heading = canvas(figure, MARGIN, top, width - 2 * MARGIN, _HEADING)
        heading.text(0, 0.18, name, fontsize=TITLE, fontweight="bold")
        for panel, panel_texts, left, label in zip(row, row_texts, lefts, labels, strict=False):
            above = canvas(figure, left, top + _HEADING, label + _WIDTH, _TITLE)
            above.text(label, 0.16, fit_labels([panel.title], SMALL, _WIDTH)[0], fontsize=SMALL, color=FAINT)
            height = _ROW * max(1, len(panel_texts))
            axes = place(figure, left + label, top + _HEADING + _TITLE, _WIDTH, height)
            _draw(axes, panel, panel_texts)
    return figure


def _draw(axes: Axes, panel: Ranking, texts: Sequence[str]) -> None:
    furthest, end = (np.max(some, where=np.isfinite(some), initial=0.0) for some in (panel.shift, panel.high))
    # One long interval must not push all marks together.
    largest = max(furthest, min(end, 2 * furthest), 1e-12)
    axes.set(xlim=(-0.03 * largest, 1.05 * largest), ylim=(max(len(texts), 1) - 0.5, -0.5))
    linear_ticks(axes, 3)
    axes.set_xlabel("shift D")
    label_rows(axes, range(len(texts)), texts, SMALL)
    open_frame(axes)
    rows = np.arange(len(texts))
    known = np.isfinite(panel.low) & np.isfinite(panel.high)
    axes.hlines(rows[known], panel.low[known], panel.high[known], color=BAR, linewidth=1.0)
    look: dict[str, Any] = {"linestyle": "", "marker": "o", "markersize": 4.5, "color": BAR}
    axes.plot(panel.shift, rows, **look, markerfacecolor="white")
    axes.plot(panel.shift[~panel.noise], rows[~panel.noise], **look)
