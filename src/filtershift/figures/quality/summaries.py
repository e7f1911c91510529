"""Figures of the quality of layers, from its tables: by depth, of models and of groups."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from filtershift.analysis.quality.summaries import SHARES, depth_rows
from filtershift.figures.boxes import boxes
from filtershift.figures.drawing.blank import blank
from filtershift.figures.drawing.style import STATE_COLORS
from filtershift.figures.share_bars import Shares, share_bars

RANKED = 40
"""Models shown of all."""

STATES = Shares(STATE_COLORS, SHARES, "n_judged", "layers")
"""The states of layers, as stacked bars show them."""


def depth_boxes(layers: pd.DataFrame, column: str) -> Figure:
    """Show a column of the quality of layers by relative depth, one box per decile and one for first layers."""
    return boxes(depth_rows(layers, column), f"{column.replace('_', ' ')} of a layer", apart=1)


def model_ranking(models: pd.DataFrame) -> Figure:
    """Show the states of the layers of the first models of a table, as of `model_quality`: the most degenerate."""
    worst = models[:RANKED]
    title = f"{len(worst)} of {len(models)} models, most degenerate first"
    return share_bars([title], [worst], "model", STATES)


def group_shares(groups: pd.DataFrame, titles: Mapping[str, str]) -> Figure:
    """Show the states of the layers of groups, one panel per grouping, or the reason why there is none.

    Args:
        groups: as of `filtershift.analysis.quality.summaries.group_quality`.
        titles: of the groupings.
    """
    if groups.empty:
        return blank()
    tables = dict(list(groups.groupby("grouping", sort=False)))
    return share_bars([titles[str(name)] for name in tables], list(tables.values()), "group", STATES)
