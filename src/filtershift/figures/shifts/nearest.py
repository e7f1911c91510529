"""The groups nearest to each of a few models, in as many columns as there are groupings."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from filtershift.analysis.uncertainty.noise import above_noise
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
    text_width,
)
from filtershift.figures.drawing.style import BAR, FAINT, SMALL, TITLE, styled

_WIDTH, _ROW = 1.9, 0.2
_LABELS, _GAP = 2.4, 0.35
_HEADING, _TITLE, _AXIS = 0.32, 0.24, 0.5

NEAREST, FARTHEST = 10, 20
"""Groups shown of each grouping: those nearest to a model, and those farthest apart in two data sets."""


def nearest_of_placement(shifts: pd.DataFrame, titles: Mapping[str, str]) -> Figure:
    """Show the groups nearest to each placed model, one column per grouping, in the first variant.

    Args:
        shifts: columns model, variant, grouping, group, rank, shift, corrected, low, high, flag.
        titles: of the groupings.
    """
    first = shifts[(shifts["variant"] == shifts["variant"].iloc[0]) & (shifts["rank"] <= NEAREST)]
    near = first.assign(noise=~above_noise(first["flag"]))
    return _rankings(
        {
            str(model): [(titles[str(grouping)], panel) for grouping, panel in table.groupby("grouping", sort=False)]
            for model, table in near.groupby("model", sort=False)
        }
    )


def farthest_of_comparison(shifts: pd.DataFrame, titles: Mapping[str, str]) -> Figure:
    """Show the groups that differ most between two data sets: one row per grouping, one column per variant.

    Args:
        shifts: columns variant, grouping, group, shift, corrected, low, high, flag (missing: noise is not known).
        titles: of the groupings, all different.

    Raises:
        FiltershiftError: there is no grouping.
    """
    if shifts.empty:
        raise FiltershiftError("groups that differ most: no shift to draw; give those of one grouping at least")
    far = shifts.sort_values("shift", ascending=False, kind="stable")
    far = far.assign(noise=far["flag"].notna() & ~above_noise(far["flag"]))
    variants = shifts["variant"].unique()
    return _rankings(
        {
            titles[grouping]: [
                (f"{variant} filters", far[(far["grouping"] == grouping) & (far["variant"] == variant)].head(FARTHEST))
                for variant in variants
            ]
            for grouping in shifts["grouping"].unique()
        }
    )


@styled
def _rankings(rows: Mapping[str, Sequence[tuple[str, pd.DataFrame]]]) -> Figure:
    """Draw rows of titled panels, each with its groups from top to bottom.

    A mark is the corrected shift, hollow if it is noise, with its interval; a tick is the shift as measured. A shift
    without an interval is a mark itself. Intervals are cut at twice the largest shift. All rows have as many panels.
    """
    panels = list(rows.values())
    texts = [[fit_labels(table["group"].tolist(), SMALL, _LABELS) for _, table in row] for row in panels]
    labels = [max(text_width(some, SMALL) for some in column) + 0.1 for column in zip(*texts, strict=True)]
    lefts = MARGIN + np.cumsum([0, *(width + _WIDTH + _GAP for width in labels)])
    heights = [_ROW * max(1, *map(len, row)) for row in texts]
    tops = MARGIN + np.cumsum([0, *(_HEADING + _TITLE + height + _AXIS for height in heights)])
    width = lefts[-1] - _GAP + 2 * MARGIN
    figure = page(width, tops[-1])
    names = fit_labels(list(rows), TITLE, width - 2 * MARGIN, "bold")
    for name, row, row_texts, top in zip(names, panels, texts, tops, strict=False):
        heading(figure, MARGIN, top, width - 2 * MARGIN, _HEADING, name, 0.18)
        for (title, table), panel_texts, left, label in zip(row, row_texts, lefts, labels, strict=False):
            above = canvas(figure, left, top + _HEADING, label + _WIDTH, _TITLE)
            above.text(label, 0.16, fit_labels([title], SMALL, _WIDTH)[0], fontsize=SMALL, color=FAINT)
            height = _ROW * max(1, len(panel_texts))
            axes = place(figure, left + label, top + _HEADING + _TITLE, _WIDTH, height)
            _draw(axes, table, panel_texts)
    return figure


def _draw(axes: Axes, table: pd.DataFrame, texts: Sequence[str]) -> None:
    shift, corrected, low, high = (table[key].to_numpy(float) for key in ("shift", "corrected", "low", "high"))
    noise, known = table["noise"].to_numpy(bool), np.isfinite(corrected)
    furthest, end = (np.max(some, where=np.isfinite(some), initial=0.0) for some in (shift, high))
    # One long interval must not push all marks together.
    largest = max(furthest, min(end, 2 * furthest), 1e-12)
    axes.set(xlim=(-0.03 * largest, 1.05 * largest), ylim=(max(len(texts), 1) - 0.5, -0.5))
    linear_ticks(axes, 3)
    axes.set_xlabel("shift D")
    label_rows(axes, range(len(texts)), texts, SMALL)
    open_frame(axes)
    rows = np.arange(len(texts))
    axes.hlines(rows[known], low[known], high[known], color=BAR, linewidth=1.0)
    axes.plot(shift[known], rows[known], "|", color=FAINT, markersize=6)
    mark = np.where(known, corrected, shift)
    look: dict[str, Any] = {"linestyle": "", "marker": "o", "markersize": 4.5, "color": BAR}
    axes.plot(mark, rows, **look, markerfacecolor="white")
    axes.plot(mark[~noise], rows[~noise], **look)
