"""A D-matrix in the order of a tree, with the tree beside it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from filtershift.analysis.groups.common import CommonLabels
from filtershift.analysis.shifts.maps import Tree
from filtershift.figures.drawing.blank import blank
from filtershift.figures.drawing.layout import MARGIN, canvas, fit_labels, page, place, round_values, text_width
from filtershift.figures.drawing.legend import draw_legend
from filtershift.figures.drawing.palette import Color
from filtershift.figures.drawing.style import FAINT, FRAME, INK, SMALL, styled
from filtershift.figures.shifts.label_colors import label_colors, label_legend
from filtershift.figures.shifts.shift_matrix import (
    HEADING,
    NO_SHIFT,
    SPACE,
    ShiftPanel,
    draw_panel,
    draw_scale,
    shift_panel,
    shift_scale,
)

ON_SCREEN, IN_PRINT = 14.0, 48.0
"""Inches of the longest side of a matrix: with 14 it carries 130 labels, with 48 it carries 450."""

_GAP, _BAR = 0.06, 0.12
_FOOT, _ABOVE = 0.25, 0.2
"""Inches of what is written below the matrix, and between the colour scale and the legend."""


@styled
def shift_dendrogram(
    title: str,
    matrix: pd.DataFrame,
    sizes: pd.DataFrame,
    leaves: Tree,
    intervals: pd.DataFrame | None = None,
    longest_side: float = ON_SCREEN,
    common: CommonLabels | None = None,
) -> Figure:
    """Draw a D-matrix in the order of its tree, on the colour scale of `shift_matrix`, or that no group has a shift.

    The tree stands left of the labels, each leaf before its own; groups that are not in it are named below. The matrix
    grows with its groups up to its longest side; with more groups every second (third, …) label is written. Labels that
    groups have in common are a bar beside the tree, with a legend below the colour scale.

    Args:
        title: of the grouping.
        matrix: labels as index and columns.
        sizes: columns group, n_filters, n_models.
        leaves: the tree of the groups with filters.
        intervals: columns a, b, flag of all pairs; None where noise is not known.
        longest_side: inches.
        common: the labels that give groups their colours; None for no bar.
    """
    if not leaves.groups:
        return blank(NO_SHIFT)
    panel = shift_panel(title, matrix.loc[leaves.groups, leaves.groups], sizes, intervals, longest_side)
    left_out = matrix.index.drop(leaves.groups).tolist()
    scale = shift_scale([panel])
    tree_width = float(np.clip(panel.side / 4, 1.2, 4.0))
    bar = MARGIN + tree_width + _GAP
    left = bar + _BAR + _GAP if common else bar
    right = left + panel.width + SPACE
    foot = _FOOT if left_out else 0.0
    height, above = panel.height + foot, scale.bottom + _ABOVE
    legend = label_legend(common, leaves.groups, height - above) if common else None
    beside = max(scale.width, legend.width if legend else 0.0)
    figure = page(right + beside + MARGIN, max(height, above + legend.height if legend else 0.0) + 2 * MARGIN)
    draw_panel(figure, left, panel, scale)
    draw_scale(figure, right, scale)
    if common and legend:
        _draw_bar(figure, bar, panel.side, label_colors(common, leaves.groups))
        draw_legend(canvas(figure, right, MARGIN + above, legend.width, legend.height), legend, 4)
    _draw_tree(figure, tree_width, panel, leaves.branches)
    _draw_leaders(figure, left, panel)
    if left_out:
        width = left + panel.width - MARGIN
        below = canvas(figure, MARGIN, MARGIN + panel.height, width, foot)
        names = fit_labels([f"without filters, left out: {', '.join(left_out)}"], SMALL, width)
        below.text(0, foot - 0.05, names[0], fontsize=SMALL, color=FAINT)
    return figure


def _draw_tree(figure: Figure, width: float, panel: ShiftPanel, branches: np.ndarray) -> None:
    root = float(branches[:, :, 1].max(initial=0)) or 1.0
    axes = place(figure, MARGIN, MARGIN + HEADING, width, panel.side)
    axes.set(xlim=(root * 1.02, 0), ylim=(len(panel.texts) - 0.5, -0.5), yticks=[])
    axes.add_collection(LineCollection(list(branches[:, :, ::-1]), colors=INK, linewidths=0.7, capstyle="projecting"))
    ticks = round_values(0, root, round(2 * width))
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.set_xlabel("joined at √D", fontsize=SMALL)
    axes.spines[["left", "right", "top"]].set_visible(False)


def _draw_bar(figure: Figure, left: float, side: float, colors: Sequence[Color]) -> None:
    """Draw the colour of each leaf, with edges of the same colour so that no line shows between two of one label."""
    axes = place(figure, left, MARGIN + HEADING, _BAR, side, xlim=(0, 1), ylim=(len(colors) - 0.5, -0.5))
    axes.barh(range(len(colors)), 1, height=1, color=colors, edgecolor=colors, linewidth=0.2)
    axes.set_axis_off()


def _draw_leaders(figure: Figure, left: float, panel: ShiftPanel) -> None:
    """Lead from each leaf to its label."""
    axes = canvas(figure, left, MARGIN + HEADING, panel.label_width, panel.side)
    rows = range(0, len(panel.texts), panel.step)
    pitch = panel.side / len(panel.texts)
    ends = [panel.label_width - 0.1 - text_width([panel.texts[row]], panel.size) for row in rows]
    axes.hlines([(row + 0.5) * pitch for row in rows], -_GAP, ends, color=FRAME, linewidth=0.4, clip_on=False)
