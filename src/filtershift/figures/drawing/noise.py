"""How matrices mark shifts that do not rise above noise: a dot in each cell, or a tint where cells are too small."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from filtershift.figures.drawing.layout import POINTS

NOISE = "not above noise"

MOST_DOTTED = 130
"""Groups up to which cells have dots."""

_TINT = (0.45, 0.65, 0.88, 0.6)
_LIGHT, _DARK = "#c8dcf0", "#203040"


def tint_noise(colors: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Return the colours (g, g, 4) of cells with a tint over those that `noise` (g, g) marks."""
    *tint, opacity = _TINT
    tinted = (1 - opacity) * colors + opacity * np.array([*tint, 1.0])
    return np.where(noise[..., None], tinted, colors)


def dot_noise(axes: Axes, noise: np.ndarray, side: float, colors: np.ndarray) -> None:
    """Mark cells of a matrix drawn in axes ``side`` inches wide by dots, light on dark cells and dark on light ones.

    Args:
        axes: where the matrix is drawn, cell (row, column) around y = row, x = column.
        noise: (g, g) which cells to mark.
        side: inches.
        colors: (g, g, 4) the cells' colours.
    """
    size = float(np.clip(side / len(noise) * POINTS * 0.18, 1.3, 4.0))
    light = colors[..., :3] @ (0.299, 0.587, 0.114) < 0.55
    for cells, color in ((noise & light, _LIGHT), (noise & ~light, _DARK)):
        rows, columns = np.nonzero(cells)
        axes.plot(columns, rows, "o", color=color, markersize=size, markeredgewidth=0)


def noise_key(axes: Axes, bottom: float, size: float, dotted: bool, shade: Callable[[float], object]) -> None:
    """Draw a sample of a marked cell in axes whose unit is an inch: its lower left corner at (0, bottom).

    ``shade`` is the colour of a value on the scale 0…1.
    """
    axes.add_patch(Rectangle((0, bottom), size, -0.12, color=shade(0.1), linewidth=0))
    if dotted:
        axes.plot(size / 2, bottom - 0.06, "o", color=_LIGHT, markersize=3.0, markeredgewidth=0)
    else:
        axes.add_patch(Rectangle((0, bottom), size, -0.12, color=_TINT, linewidth=0))
