"""What filters look like: the share of each symmetry type in the energy of each group."""

import pandas as pd
from matplotlib.figure import Figure

from filtershift.analysis.shapes.tables import by_type
from filtershift.figures.drawing.blank import blank
from filtershift.figures.share_bars import Shares, share_bars
from filtershift.passes.patterns import TYPES

_COLORS = ("#4d4d4d", "#b2182b", "#ef8a62", "#7b3294", "#c2a5cf", "#2166ac", "#92c5de")

SHAPES = Shares(dict(zip(TYPES, _COLORS, strict=True)), TYPES, "n_filters", "energy")
"""The symmetry types, as stacked bars show them: alike in all directions red, saddles violet, gradients blue."""


def shape_bars(title: str, table: pd.DataFrame) -> Figure:
    """Show the shares of the groups of a grouping, one panel per variant, or the reason why there is none.

    Args:
        title: of the grouping.
        table: as of `filtershift.analysis.shapes.tables.group_shapes`.
    """
    if table.empty:
        return blank()
    shown = by_type(table)
    variants = shown["variant"].unique().tolist()
    panels = [shown[shown["variant"] == variant] for variant in variants]
    return share_bars([f"{title}, {variant} filters" for variant in variants], panels, "group", SHAPES)
