"""Horizontal box plots (figures 4 and 6): one row for each set of values."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cbook import boxplot_stats
from matplotlib.figure import Figure

from filtershift.analysis.uncertainty.noise import noise_level
from filtershift.errors import FiltershiftError
from filtershift.figures.drawing.layout import (
    MARGIN,
    fit_labels,
    label_rows,
    linear_ticks,
    log_ticks,
    open_frame,
    page,
    place,
    row_font,
    row_pitch,
    text_width,
)
from filtershift.figures.drawing.style import BAR, FAINT, FRAME, INK, LABEL, SMALL, styled

_WIDTH = 5.5
_BOX_FILL, _NOISE = "#c9d8e8", "#b5302b"
_FEWEST = 5
"""Values a box needs; fewer are drawn as themselves."""

_NO_POINTS = np.empty((0, 2))


def shift_boxes(titles: Sequence[str], pairs: Sequence[pd.DataFrame]) -> Figure:
    """Show the shifts of all pairs of groups, one box per grouping.

    Args:
        titles: of the groupings.
        pairs: of each, a column shift, and in all or none of them floor, null and flag, for the level of noise.
    """
    rows = [(title, table["shift"].to_numpy(float)) for title, table in zip(titles, pairs, strict=True)]
    noise = [noise_level(table) for table in pairs if "flag" in table]
    return boxes(rows, "shift D", noise=noise)


def range_boxes(ranges: pd.DataFrame, labels: Sequence[str]) -> Figure:
    """Show the mean filter ranges of models, one box per group.

    Args:
        ranges: columns group, mean_range: one row per model of each group.
        labels: of the groups, from top to bottom.
    """
    rows = [(label, ranges.loc[ranges["group"] == label, "mean_range"].to_numpy(float)) for label in labels]
    return boxes(rows, "mean filter range of a model", log=True)


@styled
def boxes(
    rows: Sequence[tuple[str, np.ndarray]],
    x_label: str,
    log: bool = False,
    apart: int = 0,
    noise: Sequence[tuple[float, int]] = (),
) -> Figure:
    """Draw one box for each row: quartiles, median, mean (diamond), whiskers to 1.5 interquartile ranges, outliers.

    The number of values drawn stands in brackets after the label, and how many could not be drawn (not finite, or not
    positive on a logarithmic axis). Fewer than five values are drawn as themselves, beside their mean, since a box
    would pretend to more; a row without values stays empty.

    Args:
        rows: (label, values) from top to bottom.
        x_label: what the values are, with their unit.
        log: whether the axis is logarithmic.
        apart: how many of the first rows a line sets apart from the rest.
        noise: of each row the level of noise, drawn as a line across it (NaN: unknown), and the number of values above,
            in brackets; or none.

    Raises:
        FiltershiftError: there is no row.
    """
    if not rows:
        raise FiltershiftError("box plot: no rows to draw; give at least one")
    pitch = row_pitch(len(rows), generous=0.32, dense=0.12)
    size = row_font(pitch)
    values = [np.asarray(row_values, dtype=float).ravel() for _, row_values in rows]
    kept = [row[np.isfinite(row) & ((row > 0) | (not log))] for row in values]
    above = [f"{count:,} above noise" for _, count in noise] or [""] * len(rows)
    brackets = [
        _brackets(len(drawn), len(row) - len(drawn), log, part)
        for drawn, row, part in zip(kept, values, above, strict=True)
    ]
    names = fit_labels([label for label, _ in rows], size, 3.5)
    texts = [name + bracket for name, bracket in zip(names, brackets, strict=True)]
    left = MARGIN + text_width(texts, size) + 0.1
    height = pitch * len(rows)
    figure = page(left + _WIDTH + 0.25 + MARGIN, height + 0.4 + 2 * MARGIN)
    axes = place(figure, left, MARGIN, _WIDTH, height)
    axes.set(ylim=(len(rows) - 0.5, -0.5), xlim=_limits(kept, log))
    label_rows(axes, range(len(rows)), texts, size)
    if log:
        log_ticks(axes)
    else:
        linear_ticks(axes, 7)
    axes.set_xlabel(fit_labels([x_label], LABEL, _WIDTH - (2.6 if noise else 1.2))[0])
    open_frame(axes)
    if apart:
        axes.axhline(apart - 0.5, color=FRAME, linewidth=0.8)
    key: dict[str, Any] = {"xytext": (0, -23.5), "textcoords": "offset points", "ha": "right", "va": "baseline"}
    axes.annotate("◆ mean", (1, 0), xycoords="axes fraction", **key, fontsize=SMALL, color=BAR)
    if noise:
        axes.annotate("▎noise", (0.88, 0), xycoords="axes fraction", **key, fontsize=SMALL, color=_NOISE)
        at = np.arange(len(rows))
        axes.vlines([level for level, _ in noise], at - 0.42, at + 0.42, color=_NOISE, linewidth=1.6, zorder=4)
    _draw_boxes(axes, kept, pitch)
    return figure


def _brackets(drawn: int, left_out: int, log: bool, above: str) -> str:
    parts = [f"{drawn:,}"]
    if above and drawn:
        parts.append(above)
    if left_out:
        parts.append(f"{left_out:,} not finite{' or not positive' if log else ''}")
    return f" ({'; '.join(parts)})"


def _limits(kept: Sequence[np.ndarray], log: bool) -> tuple[float, float]:
    """Return limits with a little room at both ends; a box plot of quantities from 0 up starts at 0."""
    everything = np.concatenate(kept)
    if not everything.size:
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = float(everything.min()), float(everything.max())
    if log:
        return low / 1.3, high * 1.3
    room = 0.04 * ((high - min(low, 0)) or 1)
    return (0 if low >= 0 else low - room), high + room


def _draw_boxes(axes: Axes, kept: Sequence[np.ndarray], pitch: float) -> None:
    few = [row for row, values in enumerate(kept) if 0 < len(values) < _FEWEST]
    many = [row for row, values in enumerate(kept) if len(values) >= _FEWEST]
    if many:
        statistics = boxplot_stats([kept[row] for row in many])
        line = {"color": INK, "linewidth": 0.7}
        axes.bxp(
            statistics,
            positions=many,
            orientation="horizontal",
            widths=0.6,
            patch_artist=True,
            manage_ticks=False,
            showfliers=False,
            boxprops={"facecolor": _BOX_FILL, "edgecolor": INK, "linewidth": 0.6},
            medianprops={"color": INK, "linewidth": 1.2},
            whiskerprops=line,
            capprops=line,
        )
        outliers = [_outliers(axes, entry["fliers"], row) for entry, row in zip(statistics, many, strict=True)]
        axes.plot(*np.concatenate(outliers).T, ".", color=FAINT, markersize=4, markeredgewidth=0, alpha=0.7)
    single = np.concatenate([np.column_stack([kept[row], np.full(len(kept[row]), row)]) for row in few] or [_NO_POINTS])
    axes.plot(*single.T, "|", color=INK, markersize=min(9, pitch * 36), markeredgewidth=1)
    drawn = few + many
    means = [kept[row].mean() for row in drawn]
    diamond: dict[str, Any] = {
        "markersize": min(4.2, pitch * 20),
        "markeredgecolor": "white",
        "markeredgewidth": 0.5,
        "zorder": 5,
    }
    axes.plot(means, drawn, "D", color=BAR, **diamond)


def _outliers(axes: Axes, values: np.ndarray, row: int) -> np.ndarray:
    """Return the points of a row's outliers, one of those that would cover each other on paper."""
    along = axes.transData.transform(np.column_stack([values, np.full(len(values), row)]))[:, 0]
    _, seen = np.unique(np.round(along * 2), return_index=True)
    return np.column_stack([values[seen], np.full(len(seen), row)])
