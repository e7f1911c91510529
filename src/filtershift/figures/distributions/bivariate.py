"""Bivariate densities of coefficient pairs (figure 5): a triangle of panels for each typical layer."""

import math
from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from filtershift.figures.drawing.blank import blank
from filtershift.figures.drawing.labels import coefficient_names, number_text
from filtershift.figures.drawing.layout import MARGIN, SCREEN_DPI, canvas, fit_labels, page, place
from filtershift.figures.drawing.style import FAINT, FIRE, LABEL, SMALL, TINY, TITLE, styled

SCREEN_DOTS, PRINT_DOTS = 64, 128
"""Dots along a side of a panel: as many as it takes on screen, and enough for print."""

_GAP = 1 / 16
"""Space between panels, in sides of a panel."""

_CELL = SCREEN_DOTS / SCREEN_DPI
_SIDE = (8 + 7 * _GAP) * _CELL
_LETTERS, _SPACE = 0.25, 0.4
_LINE = 0.17
_SCALE = LogNorm(1e-5, 1, clip=True)


@styled
def bivariate(
    counted: Mapping[str, Mapping[str, NDArray]],
    table: pd.DataFrame,
    dots: int = SCREEN_DOTS,
    axes_names: Sequence[str] | None = None,
) -> Figure:
    """Draw for each example of a phenotype the densities of all pairs of its nine coefficients, or that there is none.

    They are the lower triangle of a matrix: columns are the coefficients c_0 … c_7 from left to right, rows c_1 … c_8
    from top to bottom; all panels of an example have one range on both axes, written beside it. The colour is a bin's
    count over that of the panel's fullest bin, on a logarithmic scale, black where there is none. A dot of the picture
    that covers several bins shows the largest of their counts, so that a single filter is still seen.

    Args:
        counted: per phenotype the ``counts`` of its pairs of coefficients, (36, bins, bins), bins a multiple of dots:
            pairs in the order (0, 1), (0, 2), … (7, 8), a pair's first along axis 1.
        table: which layers these are, as of `filtershift.analysis.distributions.pairs.example_table`, drawn in two
            columns, row by row. Every bin of an example lies between -reach and reach.
        dots: along a side of a panel; `SCREEN_DOTS` or `PRINT_DOTS`.
        axes_names: of the axes of a fixed basis.
    """
    if table.empty:
        return blank("no layer has any of the phenotypes")
    columns = min(len(table), 2)
    rows = math.ceil(len(table) / columns)
    across, down = _LETTERS + _SIDE + _SPACE, _SIDE + _LETTERS + _SPACE / 2
    width, height = columns * across - _SPACE, rows * down
    figure = page(width + 2 * MARGIN, height + 0.45 + 2 * MARGIN)
    for index, example in enumerate(table.to_dict("records")):
        row, column = divmod(index, columns)
        axes = canvas(figure, MARGIN + column * across, MARGIN + row * down, _LETTERS + _SIDE, _SIDE + _LETTERS)
        _draw_triangle(axes, counted[example["phenotype"]]["counts"], dots, axes_names)
        _write_lines(axes, example)
    _draw_scale(figure, MARGIN + height)
    return figure


def _draw_triangle(axes: Axes, counts: np.ndarray, dots: int, axes_names: Sequence[str] | None) -> None:
    # Words are too long for the margin, and for a panel in the size of letters.
    names, turned, size = coefficient_names(axes_names), 90 if axes_names else 0, TINY if axes_names else LABEL
    ends = (_LETTERS, _LETTERS + _SIDE, _SIDE, 0)
    axes.imshow(_mosaic(counts, dots), extent=ends, interpolation="none", aspect="auto")
    for index in range(8):
        middle = (index * (1 + _GAP) + 0.5) * _CELL
        left = _LETTERS - 0.06, middle
        axes.text(*left, names[index + 1], fontsize=size, ha="right", va="center", rotation=turned)
        axes.text(_LETTERS + middle, _SIDE + 0.06, names[index], fontsize=size, ha="center", va="top")


def _write_lines(axes: Axes, example: Mapping[Hashable, Any]) -> None:
    """Say in the free corner of the triangle what it shows."""
    right, room = _LETTERS + _SIDE, _SIDE - _CELL - 0.2
    title = fit_labels([example["phenotype"]], TITLE, room, "bold")[0]
    axes.text(right, 0.13, title, fontsize=TITLE, fontweight="bold", ha="right")
    end = number_text(float(f"{example['reach']:.3g}"))
    layer = f"layer {example['layer']}, depth {example['conv_depth']}, {example['n_filters']:,} filters"
    for number, line in enumerate([example["model"], layer, f"every axis from −{end} to {end}"], start=1):
        text = fit_labels([line], SMALL, room - number * _LINE)[0]
        axes.text(right, 0.13 + number * _LINE, text, fontsize=SMALL, color=FAINT, ha="right")


def _mosaic(counts: np.ndarray, dots: int) -> np.ndarray:
    """Return the coloured panels of a triangle as one image, transparent between and above them."""
    merged = counts.shape[1] // dots
    largest = counts.reshape(36, dots, merged, dots, merged).max(axis=(2, 4))
    share = largest / np.maximum(largest.max(axis=(1, 2), keepdims=True), 1)
    colors = FIRE(_SCALE(share.ravel()), bytes=True).reshape(*share.shape, 4)
    step = dots + round(_GAP * dots)
    image = np.zeros((7 * step + dots, 7 * step + dots, 4), np.uint8)
    for panel, (x, y) in zip(colors, combinations(range(9), 2), strict=True):
        top, left = (y - 1) * step, x * step
        image[top : top + dots, left : left + dots] = panel.swapaxes(0, 1)[::-1]
    return image


def _draw_scale(figure: Figure, top: float) -> None:
    """Draw the colour scale under the triangles."""
    ticks = {10.0**decade: number_text(10.0**decade, plain_below=0) for decade in range(-5, 0)} | {1.0: "1"}
    axes = place(figure, MARGIN + _LETTERS, top, 2.4, 0.12)
    bar = Colorbar(axes, ScalarMappable(_SCALE, FIRE), orientation="horizontal")
    bar.set_ticks(list(ticks), labels=list(ticks.values()))
    bar.minorticks_off()
    bar.outline.set_visible(False)
    bar.set_label("filters in a bin / in the panel's fullest bin", fontsize=SMALL, color=FAINT)
