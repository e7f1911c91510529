"""Matrices of pairwise shifts (figures 3 and 7, and one for each grouping)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from filtershift.analysis.shifts.d_matrix import SETTLED
from filtershift.analysis.uncertainty.noise import noise_cells
from filtershift.errors import FiltershiftError
from filtershift.figures.drawing.layout import (
    MARGIN,
    canvas,
    fit_labels,
    heading,
    page,
    place,
    round_values,
    row_font,
    row_pitch,
    text_width,
)
from filtershift.figures.drawing.noise import MOST_DOTTED, NOISE, dot_noise, noise_key, tint_noise
from filtershift.figures.drawing.style import FAINT, FIRE, LABEL, MISSING, SMALL, TITLE, styled

_DENSE = 0.105
"""Inches between two labels where they are closest."""

_SHORTEST_SIDE, _LONGEST_SIDE = 1.2, 14.0
HEADING, SPACE = 0.35, 0.4
"""Inches above a matrix, and beside it."""

_CELL_DPI = 100
"""Dots per inch of the images that cells are."""

_BAR = 0.14
_KEY = 0.18
_NO_VALUE = "no value"
NO_SHIFT = "no group has a shift"


@dataclass(frozen=True)
class ShiftPanel:
    """A matrix `shift` (g, g) with the labels of its groups as drawn, and the inches it takes.

    `noise` (g, g) are the cells that do not rise above noise, if that is known; `settled` is the largest shift between
    two groups of `SETTLED` filters or more, 0 without two such. Every `step`-th label is written.
    """

    title: str
    note: str
    shift: np.ndarray
    noise: np.ndarray | None
    settled: float
    texts: list[str]
    size: float
    step: int
    side: float
    label_width: float
    width: float

    @property
    def height(self) -> float:
        """Inches from the heading to the lower end of the labels."""
        return HEADING + self.side + self.label_width


@dataclass(frozen=True)
class ShiftScale:
    """The colour scale of some matrices, what else is marked in them, and the inches its bar takes.

    `noise` says whether cells are marked as noise, `dotted` whether by dots.
    """

    top: float
    largest: float
    missing: bool
    noise: bool
    dotted: bool
    height: float

    @property
    def bottom(self) -> float:
        """Inches from the heading to the lower end of what is written below the bar."""
        return HEADING + self.height + 0.3 + _KEY * self.noise

    @property
    def norm(self) -> Normalize:
        """What maps shifts to 0…1."""
        return Normalize(0, self.top)

    @property
    def ticks(self) -> dict[float, str]:
        """Round values along the bar."""
        return round_values(0, self.top, math.ceil(2 * self.height))

    @property
    def width(self) -> float:
        """Inches of the bar and what is written beside it."""
        texts = [*self.ticks.values(), _NO_VALUE, f"to {self.largest:.3g}", *([NOISE] if self.noise else [])]
        return _BAR + 0.1 + text_width(texts, SMALL)


@styled
def shift_matrix(
    titles: Sequence[str],
    matrices: Sequence[pd.DataFrame],
    sizes: Sequence[pd.DataFrame | None],
    intervals: Sequence[pd.DataFrame] = (),
) -> Figure:
    """Draw matrices of the shift D side by side on one colour scale.

    It goes from 0 to the largest D between groups of a thousand filters or more, in all panels; a larger D of a smaller
    group has the last colour, and the colour bar ends in a point and names it. Both axes carry the labels with the
    number of models in brackets. Above about 130 groups the matrix stops growing and every second (third, …) label is
    written. Cells without a finite value are grey; those that do not rise above noise have a dot, or a tint where one
    of the matrices has so many groups.

    Args:
        titles: of the groupings.
        matrices: of each, the D-matrix with labels as index and columns, in display order.
        sizes: of each, columns group, n_filters, n_models, in any order; or None where they are not known.
        intervals: of each, columns a, b, flag of all pairs; or none where noise is not known.

    Raises:
        FiltershiftError: there is no matrix.
    """
    if not matrices:
        raise FiltershiftError("shift matrix: no matrix to draw; give at least one")
    known: Sequence[pd.DataFrame | None] = intervals or [None] * len(matrices)
    panels = [shift_panel(*tables) for tables in zip(titles, matrices, sizes, known, strict=True)]
    scale = shift_scale(panels)
    width = sum(panel.width + SPACE for panel in panels) + scale.width
    figure = page(width + 2 * MARGIN, max(panel.height for panel in panels) + 2 * MARGIN)
    left = MARGIN
    for panel in panels:
        draw_panel(figure, left, panel, scale)
        left += panel.width + SPACE
    draw_scale(figure, left, scale)
    return figure


def shift_panel(
    title: str,
    matrix: pd.DataFrame,
    sizes: pd.DataFrame | None,
    intervals: pd.DataFrame | None,
    longest_side: float = _LONGEST_SIDE,
) -> ShiftPanel:
    """Measure a matrix that grows with its labels up to a longest side, then carries fewer labels.

    Tables are those of `shift_matrix`.
    """
    labels, shift = matrix.index.tolist(), matrix.to_numpy()
    g = len(labels)
    enough, brackets = np.ones(g, bool), [""] * g
    side = float(np.clip(g * row_pitch(g, generous=0.27, dense=_DENSE, page=6.0), _SHORTEST_SIDE, longest_side))
    step = math.ceil(g * _DENSE / side - 1e-9)
    size = row_font(step * side / g)
    if sizes is not None:
        n = sizes.set_index("group").loc[labels]
        enough = (n["n_filters"] >= SETTLED).to_numpy()
        brackets = [f" ({n_models:,})" for n_models in n["n_models"]]
    names = fit_labels(labels, size, 2.6 - text_width(brackets, size))
    texts = [name + bracket for name, bracket in zip(names, brackets, strict=True)]
    label_width = text_width(texts, size) + 0.1
    note = f"{g:,} groups, 1 in {step} labelled" if step > 1 else ""
    room = max(label_width + side, 4.0) - text_width([note], SMALL) - 0.2
    fitted = fit_labels([title], TITLE, room, "bold")[0]
    width = max(label_width + side, text_width([fitted], TITLE, "bold"))
    noise = None if intervals is None else noise_cells(intervals, labels)
    settled = _largest(shift[np.ix_(enough, enough)])
    return ShiftPanel(fitted, note, shift, noise, settled, texts, size, step, side, label_width, width)


def shift_scale(panels: Sequence[ShiftPanel]) -> ShiftScale:
    """Return the colour scale that matrices share, with a bar as long as the largest of them but 3 inches at most."""
    values = np.concatenate([panel.shift.ravel() for panel in panels])
    largest = _largest(values) or 1.0
    top = max(panel.settled for panel in panels) or largest
    noise = any(panel.noise is not None and panel.noise.any() for panel in panels)
    dotted = max(len(panel.texts) for panel in panels) <= MOST_DOTTED
    height = min(max(panel.side for panel in panels), 3.0) - _KEY * noise
    return ShiftScale(top, largest, not np.isfinite(values).all(), noise, dotted, height)


def _largest(values: np.ndarray) -> float:
    """The largest finite value, 0 without any."""
    return float(values[np.isfinite(values)].max(initial=0))


def draw_panel(figure: Figure, left: float, panel: ShiftPanel, scale: ShiftScale) -> None:
    """Draw a panel below the upper margin: its heading, its matrix and the labels left and below."""
    above = heading(figure, left, MARGIN, panel.width, HEADING, panel.title)
    above.text(panel.width, 0.2, panel.note, fontsize=SMALL, color=FAINT, ha="right")
    axes = place(figure, left + panel.label_width, MARGIN + HEADING, panel.side, panel.side)
    colors = FIRE(scale.norm(np.ma.masked_invalid(panel.shift)))
    if panel.noise is not None and not scale.dotted:
        colors = tint_noise(colors, panel.noise)
    _draw_cells(axes, colors, panel.side)
    if panel.noise is not None and scale.dotted:
        dot_noise(axes, panel.noise, panel.side, colors)
    ticks, texts = range(0, len(panel.texts), panel.step), panel.texts[:: panel.step]
    axes.set_xticks(ticks, texts, rotation=90, fontsize=panel.size)
    axes.set_yticks(ticks, texts, fontsize=panel.size)
    axes.tick_params(length=2 if panel.step > 1 else 0, pad=3)


def _draw_cells(axes: Axes, colors: np.ndarray, side: float) -> None:
    """Draw square cells (g, g, 4), each a block of pixels, since some viewers blur one pixel into the next.

    A PDF takes the image as it is: resampled for print, the largest pages would take gigabytes.
    """
    g = len(colors)
    pixels = max(1, round(side * _CELL_DPI / g))
    blocks = (255 * colors).round().astype(np.uint8).repeat(pixels, axis=0).repeat(pixels, axis=1)
    axes.imshow(blocks, interpolation="none", aspect="auto", extent=(-0.5, g - 0.5, g - 0.5, -0.5))


def draw_scale(figure: Figure, left: float, scale: ShiftScale) -> None:
    """Draw the colour bar beside the matrices, with what its colours leave out."""
    bar = Colorbar(
        place(figure, left, MARGIN + HEADING, _BAR, scale.height),
        ScalarMappable(scale.norm, FIRE),
        extend="max" if scale.largest > scale.top else "neither",
    )
    # As an image, which is the default, the colours would take one of the whole page in memory.
    colors: Any = bar.solids
    colors.set(rasterized=False, edgecolor="face")
    bar.set_ticks(list(scale.ticks), labels=list(scale.ticks.values()))
    around = canvas(figure, left, MARGIN, scale.width, scale.bottom)
    around.text(0, 0.2, "shift D", fontsize=LABEL)
    if scale.largest > scale.top:
        around.text(_BAR + 0.06, HEADING, f"to {scale.largest:.3g}", fontsize=SMALL, color=FAINT)
    bottom = HEADING + scale.height + 0.25
    if scale.noise:
        noise_key(around, bottom, _BAR, scale.dotted, FIRE)
        around.text(_BAR + 0.06, bottom, NOISE, fontsize=SMALL, color=FAINT)
        bottom += _KEY
    if scale.missing:
        around.add_patch(Rectangle((0, bottom), _BAR, -0.12, color=MISSING, linewidth=0))
        around.text(_BAR + 0.06, bottom, _NO_VALUE, fontsize=SMALL, color=FAINT)
