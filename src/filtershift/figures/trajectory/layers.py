"""Every layer at every checkpoint: how far it moved, and how far it still has to go."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from filtershift.errors import FiltershiftError
from filtershift.figures.drawing.labels import number_text
from filtershift.figures.drawing.layout import (
    MARGIN,
    canvas,
    fit_labels,
    heading,
    label_rows,
    page,
    place,
    row_font,
    text_width,
)
from filtershift.figures.drawing.style import BAR, FIRE, FRAME, LABEL, MISSING, SMALL, TITLE, styled

_DENSE, _GENEROUS, _HIGHEST = 0.105, 0.2, 12.0
_COLUMN, _NARROWEST, _WIDEST = 0.17, 2.2, 4.6
_HEADING, _AXIS, _GAP, _NAMES = 0.35, 0.6, 0.25, 2.4
_BAR, _SCALE = 0.14, 1.2
_CELL_DPI = 100
_SMALLEST = 1e-3
"""The smallest shift of the colour scale, as a part of the largest."""

PANELS = {"previous": "D from the checkpoint before", "last": "D to the last checkpoint"}

# Light is near, dark is far, so that cells within noise can be white.
_COLORS = FIRE.reversed().with_extremes(bad=MISSING)
_TICK = BAR


@styled
def layer_map(shifts: pd.DataFrame, summary: pd.DataFrame, by: str) -> Figure:
    """Draw two panels of cells, a row for each layer and a column for each checkpoint.

    Args:
        shifts: columns layer, checkpoint, compared, shift (the mean over runs), n_runs, n_above.
        summary: one row per layer from the top: layer, settles.
        by: what numbers checkpoints.

    Raises:
        FiltershiftError: there is no layer.
    """
    if summary.empty:
        raise FiltershiftError("layers over time: no layer to draw; give at least one")
    layers = summary["layer"].tolist()
    checkpoints = np.sort(shifts["checkpoint"].unique())
    height = float(np.clip(len(layers) * _GENEROUS, 1.2, max(7.0, min(_HIGHEST, len(layers) * _DENSE))))
    width = float(np.clip(len(checkpoints) * _COLUMN, _NARROWEST, _WIDEST))
    step = math.ceil(len(layers) * _DENSE / height - 1e-9)
    size = row_font(step * height / len(layers), SMALL)
    texts = fit_labels(layers, size, _NAMES)
    names = text_width(texts, size) + 0.1
    grids = {kind: _grids(shifts[shifts["compared"] == kind], layers, checkpoints) for kind in PANELS}
    norm = _norm([np.where(noise, np.nan, shift) for shift, noise in grids.values()])
    total = names + len(PANELS) * (width + _GAP) + _SCALE
    figure = page(total + 2 * MARGIN, _HEADING + height + _AXIS + 2 * MARGIN)
    left = MARGIN + names
    for kind, title in PANELS.items():
        heading(figure, left, MARGIN, width + _GAP, _HEADING, fit_labels([title], TITLE, width + _GAP, "bold")[0])
        axes = place(figure, left, MARGIN + _HEADING, width, height)
        _draw(axes, *grids[kind], norm, (width, height))
        _tick(axes, checkpoints, by, width)
        if left == MARGIN + names:
            label_rows(axes, range(0, len(layers), step), texts[::step], size)
        else:
            axes.set_yticks([])
        if kind == "last":
            _mark_settled(axes, summary["settles"].to_numpy(float), checkpoints)
        left += width + _GAP
    _draw_scale(figure, left, norm, min(height, 2.2))
    return figure


def _grids(
    shifts: pd.DataFrame, layers: Sequence[str], checkpoints: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The shift in each cell (layers, checkpoints), NaN where there is none, and which cells are within noise."""
    row = pd.Index(layers).get_indexer(pd.Index(shifts["layer"]))
    column = np.searchsorted(checkpoints, shifts["checkpoint"].to_numpy())
    shift, noise = np.full((len(layers), len(checkpoints)), np.nan), np.zeros((len(layers), len(checkpoints)), bool)
    shift[row, column] = shifts["shift"]
    noise[row, column] = shifts["n_above"] <= shifts["n_runs"] / 2
    return shift, noise


def _norm(shown: Sequence[NDArray[np.float64]]) -> LogNorm:
    """A logarithmic scale over the shifts above noise."""
    values = np.concatenate([grid.ravel() for grid in shown])
    values = values[np.isfinite(values) & (values > 0)]
    high = float(values.max(initial=0)) or 1.0
    low = max(float(values.min(initial=high)), high * _SMALLEST)
    return LogNorm(min(low, high / 2), high)


def _draw(axes: Axes, shift: NDArray, noise: NDArray[np.bool_], norm: LogNorm, inches: tuple[float, float]) -> None:
    """Draw cells as blocks of pixels, since some viewers blur one pixel into the next."""
    rows, columns = shift.shape
    colors = _COLORS(np.ma.masked_invalid(norm(np.ma.masked_invalid(np.maximum(shift, float(norm.vmin or 0))))))
    colors[noise] = 1.0
    wide, high = (max(1, round(side * _CELL_DPI / count)) for side, count in zip(inches, (columns, rows), strict=True))
    blocks = (255 * colors).round().astype(np.uint8).repeat(high, axis=0).repeat(wide, axis=1)
    axes.imshow(blocks, interpolation="none", aspect="auto", extent=(-0.5, columns - 0.5, rows - 0.5, -0.5))
    axes.spines[:].set_color(FRAME)


def _tick(axes: Axes, checkpoints: NDArray[np.float64], by: str, width: float) -> None:
    """Number as many columns as have room."""
    texts = [number_text(float(checkpoint)) for checkpoint in checkpoints]
    step = math.ceil(len(texts) * _DENSE / width - 1e-9)
    flat = text_width(texts, SMALL) + 0.05 < step * width / len(texts)
    axes.set_xticks(range(0, len(texts), step), texts[::step], rotation=0 if flat else 90)
    axes.tick_params(axis="x", length=2, pad=2)
    axes.set_xlabel(by, labelpad=2)


def _mark_settled(axes: Axes, settles: NDArray[np.float64], checkpoints: NDArray[np.float64]) -> None:
    """A tick at the left edge of the cell in which each layer has settled."""
    rows = np.flatnonzero(np.isfinite(settles))
    at = np.searchsorted(checkpoints, settles[rows]) - 0.5
    look: dict[str, Any] = {"color": _TICK, "linewidth": 1.6, "clip_on": False}
    axes.vlines(at, rows - 0.42, rows + 0.42, **look)


def _draw_scale(figure: Figure, left: float, norm: LogNorm, height: float) -> None:
    """The colour bar, and what is no colour."""
    length = height - 0.7
    axes = place(figure, left, MARGIN + _HEADING, _BAR, max(length, 0.5))
    bar = Colorbar(axes, ScalarMappable(norm, _COLORS))
    solids: Any = bar.solids
    solids.set(rasterized=False, edgecolor="face")
    low, high = float(norm.vmin or 0), float(norm.vmax or 1)
    ticks = [m * 10.0**e for e in range(-9, 4) for m in (1, 3) if low <= m * 10.0**e <= high] or [low, high]
    bar.set_ticks(ticks, labels=[number_text(float(f"{tick:.3g}")) for tick in ticks])
    bar.minorticks_off()
    around = canvas(figure, left, MARGIN, _SCALE, _HEADING + height + 0.3)
    around.text(0, 0.2, "shift D", fontsize=LABEL)
    y = _HEADING + max(length, 0.5) + 0.25
    for color, text in (("white", "within noise"), (MISSING, "not compared")):
        around.add_patch(Rectangle((0, y), _BAR, -0.12, facecolor=color, edgecolor=FRAME, linewidth=0.5))
        around.text(_BAR + 0.06, y, text, fontsize=SMALL)
        y += 0.18
    around.plot([_BAR / 2] * 2, [y, y - 0.12], color=_TICK, linewidth=1.6)
    around.text(_BAR + 0.06, y, "settled", fontsize=SMALL)
