"""The one look of every figure: type, lines, colour maps and the colour of each group."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ParamSpec

import colorcet
import matplotlib as mpl
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.text import Text

from filtershift.figures.drawing.palette import Color, palette

FONT = "DejaVu Sans"
TITLE, LABEL, SMALL, TINY = 9.5, 8.0, 7.0, 6.0
"""Font sizes in points; nothing is drawn smaller than `TINY` but crowded rows."""

INK, FAINT, FRAME, MISSING = "0.1", "0.4", "0.75", "0.8"
"""Greys: text, secondary text, frames and rules, cells without a value."""

BAR = "#4878a8"
"""The fill of marks that stand for no group in particular."""

STATE_COLORS = {"degenerate": "#b5302b", "random-like": "#eda83a", "diverse": "#7ea4c8"}
"""State of a layer -> its colour; bars are stacked in this order."""

STYLE: dict[Any, Any] = {
    "font.family": FONT,
    "font.size": LABEL,
    "text.color": INK,
    "text.parse_math": False,
    "text.hinting": "none",
    "axes.edgecolor": FRAME,
    "axes.linewidth": 0.6,
    "axes.labelsize": LABEL,
    "axes.labelcolor": INK,
    "axes.titlesize": TITLE,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.color": FRAME,
    "ytick.color": FRAME,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "lines.linewidth": 1.0,
    "pdf.fonttype": 42,
    # By this one, too, matplotlib 3.11 splits the fonts of a PDF: 3 embeds each a second time for letters such as "₁".
    "ps.fonttype": 42,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}

# Up to yellow: white would look like a cell without a value.
FIRE = LinearSegmentedColormap.from_list("fire", colorcet.fire[:241]).with_extremes(bad=MISSING)
WEIGHT_MAP: LinearSegmentedColormap = colorcet.cm.diverging_bwr_40_95_c42.with_extremes(bad=MISSING)

_NO_LIGATURES = ("-liga",)
"""A PDF embeds ligatures as one more font, which takes as long as all else in it."""

P = ParamSpec("P")


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Run a drawing function under `STYLE`, whatever the caller's matplotlib settings are, text without ligatures."""

    @wraps(draw)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(STYLE)
            figure = draw(*args, **kwargs)
            for text in figure.findobj(Text):
                text.set_fontfeatures(_NO_LIGATURES)
            return figure

    return wrapper


def group_colors(labels: Iterable[str]) -> dict[str, Color]:
    """Give each group of a grouping its colour.

    The colours of the palette go to the labels in sorted order, so that all figures of a grouping agree as long as each
    passes *all* labels of the grouping. Beyond the last colour they repeat, darker.

    Args:
        labels: all labels of the grouping, in any order; repeats do not count.

    Returns:
        label -> (red, green, blue), each in 0…1, in sorted order of the labels.
    """
    known, colors = palette(), {}
    for index, label in enumerate(sorted(set(labels))):
        cycle, entry = divmod(index, len(known))
        red, green, blue = (known[entry] * 0.6**cycle).tolist()
        colors[label] = (red, green, blue)
    return colors
