"""A D-matrix in the order of a tree, with the tree beside it."""

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from filtershift.analysis.shifts.maps import Tree
from filtershift.figures.drawing.blank import blank
from filtershift.figures.drawing.layout import MARGIN, canvas, fit_labels, page, place, round_values, text_width
from filtershift.figures.drawing.style import FAINT, FRAME, INK, SMALL, styled
from filtershift.figures.shift_matrix import (
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

_GAP = 0.06
_FOOT = 0.25


@styled
def shift_dendrogram(
    title: str,
    matrix: pd.DataFrame,
    sizes: pd.DataFrame,
    leaves: Tree,
    intervals: pd.DataFrame | None = None,
    longest_side: float = ON_SCREEN,
) -> Figure:
    """Draw a D-matrix in the order of its tree, on the colour scale of `shift_matrix`, or that no group has a shift.

    The tree stands left of the labels, each leaf before its own; groups that are not in it are named below. The matrix
    grows with its groups up to its longest side; with more groups every second (third, …) label is written.

    Args:
        title: of the grouping.
        matrix: labels as index and columns.
        sizes: columns group, n_filters, n_models.
        leaves: the tree of the groups with filters.
        intervals: columns a, b, flag of all pairs; None where noise is not known.
        longest_side: inches.
    """
    if not leaves.groups:
        return blank(NO_SHIFT)
    panel = shift_panel(title, matrix.loc[leaves.groups, leaves.groups], sizes, intervals, longest_side)
    left_out = matrix.index.drop(leaves.groups).tolist()
    scale = shift_scale([panel])
    tree_width = float(np.clip(panel.side / 4, 1.2, 4.0))
    left = MARGIN + tree_width + _GAP
    foot = _FOOT if left_out else 0.0
    figure = page(left + panel.width + SPACE + scale.width + MARGIN, panel.height + foot + 2 * MARGIN)
    draw_panel(figure, left, panel, scale)
    draw_scale(figure, left + panel.width + SPACE, scale)
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


def _draw_leaders(figure: Figure, left: float, panel: ShiftPanel) -> None:
    """Lead from each leaf to its label."""
    axes = canvas(figure, left, MARGIN + HEADING, panel.label_width, panel.side)
    rows = range(0, len(panel.texts), panel.step)
    pitch = panel.side / len(panel.texts)
    ends = [panel.label_width - 0.1 - text_width([panel.texts[row]], panel.size) for row in rows]
    axes.hlines([(row + 0.5) * pitch for row in rows], -_GAP, ends, color=FRAME, linewidth=0.4, clip_on=False)
