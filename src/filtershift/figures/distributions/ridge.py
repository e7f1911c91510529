"""Ridge plots of coefficient distributions (figures 2, 12–17): a row for each group, a column for each coefficient."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.path import Path
from numpy.typing import NDArray

from filtershift.figures.drawing.blank import blank
from filtershift.figures.drawing.labels import coefficient_names
from filtershift.figures.drawing.layout import (
    MARGIN,
    SCREEN_DPI,
    fit_labels,
    label_rows,
    linear_ticks,
    page,
    place,
    row_font,
    row_pitch,
    text_width,
)
from filtershift.figures.drawing.style import FRAME, LABEL, SMALL, group_colors, styled

_CELL, _GAP = 0.92, 0.08
_PEAK = 0.92
"""Share of a row's height that its highest density takes."""


@styled
def density_ridges(
    x: np.ndarray,
    groups: Mapping[str, Mapping[str, NDArray]],
    labels: Sequence[str],
    axes_names: Sequence[str] | None = None,
) -> Figure:
    """Draw the densities of the nine coefficients of some groups, or the reason why there is none.

    Every cell starts at 0 and is scaled to its own peak, so shapes compare, heights do not. Cells without any finite,
    positive density stay empty. Rows get thinner from 16 groups and the page grows from about 80.

    Args:
        x: shared grid of coefficient values (m,), ascending; the whole grid is shown.
        groups: all groups of the grouping as stored, by label: density (9, m). Each has a colour.
        labels: of the groups to show, from top to bottom.
        axes_names: of the axes of a fixed basis.
    """
    if not labels:
        return blank()
    pitch = row_pitch(len(labels), generous=0.55, dense=0.11)
    size = row_font(pitch)
    texts = fit_labels(labels, size, 3.2)
    left = MARGIN + text_width(texts, size) + 0.1
    top = MARGIN + 0.25
    height = pitch * len(labels)
    figure = page(left + 9 * _CELL + 8 * _GAP + MARGIN, top + height + 0.45 + MARGIN)
    colors = group_colors(groups)
    fills = [(*colors[label], 0.7) for label in labels]
    edges = [tuple(0.3 + 0.7 * np.array(colors[label])) for label in labels]
    for column, name in enumerate(coefficient_names(axes_names)):
        axes = place(figure, left + column * (_CELL + _GAP), top, _CELL, height)
        axes.set(xlim=(x[0], x[-1]), ylim=(len(labels), 0))
        axes.set_title(name, fontsize=LABEL, pad=5)
        axes.hlines(np.arange(1, len(labels) + 1), x[0], x[-1], color=FRAME, linewidth=0.4)
        axes.axvline(0, color=FRAME, linewidth=0.4, linestyle=":")
        cells = [_outline(x, groups[label]["density"][column], row, pitch) for row, label in enumerate(labels, start=1)]
        axes.add_collection(
            PolyCollection(cells, facecolors=fills, edgecolors=edges, linewidths=0.5, zorder=2), autolim=False
        )
        axes.spines[["left", "right", "top"]].set_visible(False)
        linear_ticks(axes, 3, fontsize=SMALL)
        if column == 0:
            label_rows(axes, np.arange(len(labels)) + 0.5, texts, size)
        else:
            axes.set_yticks([])
        if column == 4:
            axes.set_xlabel("coefficient")
    return figure


def _outline(x: np.ndarray, density: np.ndarray, base: float, pitch: float) -> np.ndarray:
    """Return the closed outline of one cell, upwards from `base`, without points that no one could see."""
    height = np.where(np.isfinite(density) & (density > 0), density, 0.0)
    height = _PEAK * height / (height.max() or 1.0)
    dots = np.array([_CELL * SCREEN_DPI / (x[-1] - x[0]), pitch * SCREEN_DPI])
    curve = Path(np.column_stack([x, height]) * dots)
    curve.should_simplify, curve.simplify_threshold = True, 0.1
    points = np.asarray(curve.cleaned(simplify=True, curves=False).vertices)[:-1] / dots
    return np.vstack([[x[0], base], np.column_stack([points[:, 0], base - points[:, 1]]), [x[-1], base]])
