"""Legends beside a figure: labels with their colours, in as many columns as they need."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from filtershift.figures.drawing.layout import fit_labels, text_width
from filtershift.figures.drawing.palette import Color
from filtershift.figures.drawing.style import FAINT, SMALL, TINY

_HANDLE = 0.3
_WIDEST = 2.6


@dataclass(frozen=True)
class Legend:
    """Texts and their colours in columns of `rows`, below a title if there is one, with sizes in points and inches."""

    title: str
    texts: list[str]
    colors: list[Color]
    rows: int
    size: float
    pitch: float
    column: float

    @property
    def top(self) -> float:
        """Inches that the title takes."""
        return 0.25 if self.title else 0.0

    @property
    def width(self) -> float:
        """Inches from side to side."""
        columns = math.ceil(len(self.texts) / self.rows)
        return max(columns * self.column, text_width([self.title], SMALL))

    @property
    def height(self) -> float:
        """Inches from top to bottom."""
        return self.top + min(self.rows, len(self.texts)) * self.pitch


def measure_legend(
    labels: Sequence[str], colors: Sequence[Color], height: float = 0.0, title: str = "", counts: Sequence[int] = ()
) -> Legend:
    """Measure a legend that fills a height in inches before it takes another column, with counts in brackets."""
    size, pitch = (SMALL, 0.16) if len(labels) <= 40 else (TINY, 0.125)
    brackets = [f" ({count:,})" for count in counts] or [""] * len(labels)
    names = fit_labels(labels, size, _WIDEST - text_width(brackets, size))
    texts = [name + bracket for name, bracket in zip(names, brackets, strict=True)]
    fitted = fit_labels([title], SMALL, _WIDEST)[0] if title else ""
    rows = max(20, math.ceil(math.sqrt(10 * len(labels))), int((height - 0.25) / pitch))
    return Legend(fitted, texts, list(colors), rows, size, pitch, _HANDLE + text_width(texts, size) + 0.2)


def draw_legend(axes: Axes, legend: Legend, linewidth: float = 2) -> None:
    """Draw a legend in axes whose unit is an inch, from their upper left corner."""
    places = [divmod(index, legend.rows) for index in range(len(legend.texts))]
    starts = np.array([(column * legend.column, legend.top + (row + 0.5) * legend.pitch) for column, row in places])
    handles = [np.array([(x, y), (x + _HANDLE - 0.08, y)]) for x, y in starts]
    axes.text(0, 0.1, legend.title, fontsize=SMALL, color=FAINT)
    axes.add_collection(LineCollection(handles, colors=legend.colors, linewidths=linewidth), autolim=False)
    for (x, y), text in zip(starts, legend.texts, strict=True):
        axes.text(x + _HANDLE, y, text, fontsize=legend.size, va="center_baseline")
