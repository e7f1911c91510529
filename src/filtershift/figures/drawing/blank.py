"""A page that says why there is no figure on it."""

from matplotlib.figure import Figure

from filtershift.figures.drawing.layout import MARGIN, canvas, page, text_width
from filtershift.figures.drawing.style import FAINT, LABEL, styled


@styled
def blank(reason: str = "the data set has none of the groups this figure shows") -> Figure:
    """Draw nothing but the reason why: for a figure of chosen groups when the data set has none of them."""
    width = text_width([reason], LABEL) + 0.1
    figure = page(width + 2 * MARGIN, 0.4 + 2 * MARGIN)
    canvas(figure, MARGIN, MARGIN, width, 0.4).text(0, 0.25, reason, fontsize=LABEL, color=FAINT)
    return figure
