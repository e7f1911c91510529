"""Pages measured in inches: text is measured once and axes are placed around it.

Matplotlib's own layout solvers take minutes with hundreds of labels. Here every figure adds up the widths and heights
of what it is about to draw, makes the page that large and places its axes from the top left corner.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import offset_copy

from filtershift.figures.drawing.labels import label_texts, number_text
from filtershift.figures.drawing.style import FONT, FRAME, LABEL, SMALL, TITLE

POINTS = 72.0
MARGIN = 0.15
"""Inches of white around a page."""

SCREEN_DPI = 130
"""Dots per inch of the PNG files; 6 point text is 11 pixels high."""


@cache
def _renderer() -> RendererAgg:
    return RendererAgg(8, 8, SCREEN_DPI)


@cache
def _width(text: str, size: float, weight: str) -> float:
    font = FontProperties(family=FONT, size=size, weight=weight)
    return _renderer().get_text_width_height_descent(text, font, False)[0] / SCREEN_DPI


def text_width(texts: Iterable[str], size: float, weight: str = "normal") -> float:
    """Return the width in inches of the widest of the texts at a font size in points, 0 for none."""
    return max((_width(text, size, weight) for text in texts), default=0.0)


def fit_labels(labels: Sequence[str], size: float, width: float, weight: str = "normal") -> list[str]:
    """Return the labels as distinct single lines of text, each at most `width` inches wide."""
    return label_texts(labels, width, lambda text: _width(text, size, weight))


def row_pitch(rows: int, generous: float, dense: float, page: float = 9.0) -> float:
    """Return the height in inches of one of many rows: they share a page until it gets `dense`, then the page grows."""
    return float(np.clip(page / max(rows, 1), dense, generous))


def row_font(pitch: float, largest: float = LABEL) -> float:
    """Return the font size in points whose line fits a row `pitch` inches high."""
    return min(largest, pitch * POINTS / 1.25)


def page(width: float, height: float) -> Figure:
    """Return an empty figure of that many inches, ready to be drawn on screen."""
    figure = Figure(figsize=(width, height), dpi=SCREEN_DPI)
    FigureCanvasAgg(figure)
    return figure


def place(figure: Figure, left: float, top: float, width: float, height: float, **options: Any) -> Axes:
    """Add axes by their left and top edge and size, in inches from the top left corner of the page."""
    page_width, page_height = figure.get_size_inches()
    box = (left / page_width, 1 - (top + height) / page_height, width / page_width, height / page_height)
    return figure.add_axes(box, **options)


def canvas(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Add axes without ticks and frame whose data units are inches, x to the right and y downwards."""
    axes = place(figure, left, top, width, height, xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    return axes


def heading(figure: Figure, left: float, top: float, width: float, height: float, title: str, y: float = 0.2) -> Axes:
    """Add a canvas that begins with a title, its baseline ``y`` inches below the upper edge."""
    axes = canvas(figure, left, top, width, height)
    axes.text(0, y, title, fontsize=TITLE, fontweight="bold")
    return axes


def label_rows(axes: Axes, positions: Iterable[float], texts: Iterable[str], size: float) -> None:
    """Write row labels left of the axes, as texts: hundreds of ticks would take several times as long."""
    axes.set_yticks([])
    left = offset_copy(axes.get_yaxis_transform(), axes.get_figure(root=True), x=-4, units="points")
    for position, text in zip(positions, texts, strict=True):
        axes.text(0, position, text, transform=left, fontsize=size, ha="right", va="center_baseline")


def round_values(low: float, high: float, count: int) -> dict[float, str]:
    """Return about `count` round values from low to high, each with its text."""
    slack = (high - low) * 1e-9
    values = MaxNLocator(count).tick_values(low, high)
    return {t: number_text(float(f"{t:.12g}")) for t in map(float, values) if low - slack <= t <= high + slack}


def linear_ticks(axes: Axes, count: int, **text: Any) -> None:
    """Tick the x axis at about `count` round values inside its limits."""
    ticks = round_values(*axes.get_xlim(), count)
    axes.set_xticks(list(ticks), list(ticks.values()), **text)


def log_ticks(axes: Axes) -> None:
    """Tick a logarithmic x axis at powers of ten inside its limits, and at 2 and 5 times them where those are few."""
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    exponents = np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    decades = [10.0**e for e in exponents if low <= 10.0**e <= high]
    thirds = [m * 10.0**e for e in exponents for m in (1, 2, 5) if low <= m * 10.0**e <= high]
    ticks = decades if len(decades) > 2 else thirds
    axes.set_xticks(ticks, [number_text(float(f"{t:.3g}"), plain_below=1e4) for t in ticks])
    axes.set_xticks([], minor=True)


def open_frame(axes: Axes) -> None:
    """Leave of the frame only its bottom line, with faint vertical rules at the ticks."""
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.grid(axis="x", color=FRAME, linewidth=0.4, alpha=0.6)
    axes.set_axisbelow(True)


def half_frame(axes: Axes) -> None:
    """Leave of the frame its left and its bottom line, with faint horizontal rules at the ticks."""
    axes.spines[["right", "top"]].set_visible(False)
    axes.grid(axis="y", color=FRAME, linewidth=0.4, alpha=0.6)
    axes.set_axisbelow(True)


def key(axes: Axes, handles: Sequence[Line2D], **where: Any) -> Legend:
    """Explain marks in one line of small text; ``where`` it stands is as of `Axes.legend`."""
    spacing: dict[str, Any] = {"columnspacing": 1.4, "handlelength": 1.2, "handletextpad": 0.4}
    small: dict[str, Any] = {"fontsize": SMALL, "frameon": False, "borderpad": 0, "borderaxespad": 0}
    return axes.legend(handles=handles, ncols=len(handles), **small, **spacing, **where)
