"""Groups as points of a plane, as far apart as their filters are unlike."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from filtershift.analysis.groups.common import CommonLabels
from filtershift.analysis.shifts.d_matrix import SETTLED
from filtershift.analysis.shifts.maps import Plane
from filtershift.figures.drawing.blank import blank
from filtershift.figures.drawing.labels import number_text
from filtershift.figures.drawing.layout import (
    MARGIN,
    POINTS,
    canvas,
    fit_labels,
    page,
    place,
    round_values,
    row_font,
    text_width,
)
from filtershift.figures.drawing.legend import draw_legend
from filtershift.figures.drawing.style import BAR, FAINT, INK, SMALL, TINY, TITLE, Color, group_colors, styled
from filtershift.figures.shifts.label_colors import label_colors, label_legend
from filtershift.figures.shifts.shift_matrix import NO_SHIFT

_HEADING, _LINE, _PAD, _SPACE = 0.35, 0.25, 0.5, 0.2
"""Inches above the frame, of a line below it, between it and the outermost points, and between it and the legend."""

_FEW = 40
"""Groups up to which each may have its colour, larger text, and a place in the list of those without a label."""

_LISTED = "without a label"
_KEY = (1e3, 1e5, 1e7)

_RIGHT = [(1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (0.5, 1), (0.5, -1)]
_SIDES = np.array([side for x, y in _RIGHT for side in dict.fromkeys([(x, y), (-x, y)])])
"""Where a label may stand around its point, from -1 (left of it, above it) to 1 (right, below); the best first."""


@styled
def group_map(
    title: str, matrix: pd.DataFrame, sizes: pd.DataFrame, plane: Plane, common: CommonLabels | None = None
) -> Figure:
    """Draw the groups of a D-matrix as points, the larger the more filters they have, or that no group has a shift.

    Groups of less than a thousand filters are hollow, for they look further away than they are. A label is written
    where it covers no other label and no point; those of points with most room around them come first. Of up to 40
    groups those that found no place are listed beside the frame; of more, the heading says how many. Groups that are
    not in the plane are named below. Colours are those of labels in common, with a legend beside the frame; without
    such labels up to 40 groups have their own.

    Args:
        title: of the grouping.
        matrix: labels as index and columns; all groups have a colour.
        sizes: columns group, n_filters.
        plane: where the groups with filters are, on one scale in both directions.
        common: the labels that give groups their colours; None for none.
    """
    g = len(plane.groups)
    if not g:
        return blank(NO_SHIFT)
    left_out = matrix.index.drop(plane.groups).tolist()
    few = g <= _FEW
    size = SMALL if few else TINY
    texts = fit_labels(plane.groups, size, 1.8)
    n_filters = sizes.set_index("group")["n_filters"].loc[plane.groups].to_numpy()
    width, height = _frame(plane.position)
    fills: Sequence[Color | str] = [BAR] * g
    if common:
        fills = label_colors(common, plane.groups)
    elif few:
        colors = group_colors(matrix.index)
        fills = [colors[label] for label in plane.groups]
    points, scale = _in_inches(plane.position, width, height)
    extents = np.array([[text_width([text], size) + 0.04, 1.25 * size / POINTS] for text in texts])
    boxes = _free_boxes(points, _diameter(n_filters) / 2, extents, np.array([width, height]))
    listed = [k for k in range(g) if k not in boxes] if few else []
    column = 0.25 + text_width([_LISTED, *(texts[k] for k in listed)], SMALL) if listed else 0.0
    below = _LINE * (2 if left_out else 1)
    legend = label_legend(common, plane.groups, height) if common else None
    right = MARGIN + width + column + (_SPACE + legend.width if legend else 0.0)
    lowest = max(height + below, legend.height - legend.top if legend else 0.0)

    figure = page(right + MARGIN, _HEADING + lowest + 2 * MARGIN)
    axes = place(figure, MARGIN, MARGIN + _HEADING, width, height, xlim=(0, width), ylim=(height, 0))
    axes.set(xticks=[], yticks=[])
    _draw_points(axes, points, n_filters, fills)
    for k, (left, top, _, bottom) in boxes.items():
        axes.text(left + 0.02, (top + bottom) / 2, texts[k], fontsize=size, va="center_baseline")
    _draw_heading(canvas(figure, MARGIN, MARGIN, width, _HEADING), title, plane, len(boxes))
    _draw_foot(canvas(figure, MARGIN, MARGIN + _HEADING + height, width, below), scale, left_out)
    if listed:
        beside = canvas(figure, MARGIN + width, MARGIN, column, _HEADING + height)
        _draw_list(beside, [texts[k] for k in listed], n_filters[listed], [fills[k] for k in listed])
    if legend:
        top = MARGIN + _HEADING - legend.top
        draw_legend(canvas(figure, right - legend.width, top, legend.width, legend.height), legend, 4)
    return figure


def _frame(position: np.ndarray) -> tuple[float, float]:
    """Return the width and height of the frame in inches: the more groups the wider, and as high as they ask for."""
    across, along = np.ptp(position, axis=0)
    width = float(np.clip(2.5 + np.sqrt(len(position)), 5.5, 24.0))
    return width, width * float(np.clip(along / (across or 1.0), 0.5, 0.8))


def _in_inches(position: np.ndarray, width: float, height: float) -> tuple[np.ndarray, float]:
    """Return points in inches from the top left corner of a frame, and how many inches one √D is."""
    extent, middle = np.ptp(position, axis=0), (position.min(axis=0) + position.max(axis=0)) / 2
    room = np.array([width, height]) - 2 * _PAD
    scale = float(np.min(room[extent > 0] / extent[extent > 0], initial=room[0] / (extent.max() or 1.0)))
    return np.array([width, height]) / 2 + (position - middle) * (scale, -scale), scale


def _free_boxes(
    points: np.ndarray, radius: np.ndarray, extents: np.ndarray, frame: np.ndarray
) -> dict[int, np.ndarray]:
    """Return boxes (left, top, right, bottom) beside points, by number of the point, that cover no other and no point.

    The points furthest from all others choose first; those left without a free box have none.
    """
    taken = np.hstack([points - radius[:, None], points + radius[:, None]])
    apart = np.linalg.norm(points[:, None] - points, axis=-1) + np.diag(np.full(len(points), np.inf))
    boxes = {}
    for k in np.argsort(-apart.min(axis=1), kind="stable").tolist():
        corners = points[k] + radius[k] * _SIDES + extents[k] * (_SIDES - 1) / 2
        inside = (corners >= 0).all(axis=1) & (corners + extents[k] <= frame).all(axis=1)
        starts, ends = corners[:, None] + 1e-9, corners[:, None] + extents[k] - 1e-9
        covers = ((starts < taken[:, 2:]) & (ends > taken[:, :2])).all(axis=-1).any(axis=1)
        free = np.flatnonzero(inside & ~covers)
        if free.size:
            boxes[k] = np.concatenate([corners[free[0]], corners[free[0]] + extents[k]])
            taken = np.vstack([taken, boxes[k]])
    return boxes


def _diameter(n_filters: np.ndarray) -> np.ndarray:
    """Inches of points, linear in the logarithm of their filters."""
    return np.maximum(0.055 + 0.021 * (np.log10(n_filters) - 3), 0.035)


def _draw_points(axes: Axes, points: np.ndarray, n_filters: np.ndarray, fills: Sequence[Color | str]) -> None:
    """Draw the larger points first; of hollow ones the colour is the outline."""
    for k in np.argsort(-n_filters, kind="stable"):
        hollow = n_filters[k] < SETTLED
        axes.plot(
            *points[k],
            "o",
            markersize=_diameter(n_filters[k]) * POINTS,
            markerfacecolor="white" if hollow else fills[k],
            markeredgecolor=fills[k] if hollow else "white",
            markeredgewidth=0.8 if hollow else 0.4,
        )


def _draw_heading(heading: Axes, title: str, plane: Plane, written: int) -> None:
    g, width = len(plane.groups), heading.get_xlim()[1]
    number = "1 group" if g == 1 else f"{g:,} groups" if written == g else f"{g:,} groups, {written:,} labelled"
    note = f"{number}, stress {plane.stress:.2f}"
    fitted = fit_labels([title], TITLE, width - text_width([note], SMALL) - 0.2, "bold")[0]
    heading.text(0, 0.2, fitted, fontsize=TITLE, fontweight="bold")
    heading.text(width, 0.2, note, fontsize=SMALL, color=FAINT, ha="right")


def _draw_list(beside: Axes, texts: Sequence[str], n_filters: np.ndarray, fills: Sequence[Color | str]) -> None:
    """List the groups whose points have no label, from the height of the frame downwards."""
    beside.text(0.1, 0.2, _LISTED, fontsize=SMALL, color=FAINT)
    pitch = min(0.16, (beside.get_ylim()[0] - _HEADING) / len(texts))
    rows = _HEADING + (np.arange(len(texts)) + 0.5) * pitch
    _draw_points(beside, np.column_stack([np.full(len(texts), 0.15), rows]), n_filters, fills)
    for row, text in zip(rows, texts, strict=True):
        beside.text(0.25, row, text, fontsize=row_font(pitch, SMALL), va="center_baseline")


def _draw_foot(foot: Axes, scale: float, left_out: Sequence[str]) -> None:
    """Say what sizes, hollow points and inches mean, on one line, and what is left out on the next."""
    width = foot.get_xlim()[1]
    style: dict[str, Any] = {"fontsize": SMALL, "color": FAINT}
    x, y = text_width(["filters"], SMALL) + 0.1, 0.16
    foot.text(0, y, "filters", va="center_baseline", **style)
    for n, text in [*((n, number_text(n)) for n in _KEY), (SETTLED - 1, f"under {SETTLED:,}")]:
        x += float(_diameter(np.array(n))) / 2
        _draw_points(foot, np.array([[x, y]]), np.array([n]), [FAINT])
        foot.text(x + 0.1, y, text, va="center_baseline", **style)
        x += 0.1 + text_width([text], SMALL) + 0.15
    length, text = max(round_values(0, 1.2 / scale, 2).items())
    right = width - text_width([f"√D = {text}"], SMALL) - 0.08
    foot.plot([right - length * scale, right], [y, y], color=INK, linewidth=1.0, solid_capstyle="butt")
    foot.text(right + 0.08, y, f"√D = {text}", va="center_baseline", **style)
    if left_out:
        named = fit_labels([f"without filters, left out: {', '.join(left_out)}"], SMALL, width)[0]
        foot.text(0, 2 * _LINE - 0.06, named, **style)
