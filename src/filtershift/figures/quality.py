"""Figures of the quality of layers, from its tables: by depth, by size, of models and of groups."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from filtershift.analysis.quality.layers import random_threshold
from filtershift.analysis.quality.summaries import SHARES, depth_rows
from filtershift.figures.blank import blank
from filtershift.figures.boxes import boxes
from filtershift.figures.entropy import entropy
from filtershift.figures.shares import SharePanel, shares

RANKED = 40
"""Models shown of all."""


def depth_boxes(layers: pd.DataFrame, column: str) -> Figure:
    """Show a column of the quality of layers by relative depth, one box per decile and one for first layers."""
    return boxes(depth_rows(layers, column), f"{column.replace('_', ' ')} of a layer", apart=1)


def entropy_by_size(layers: pd.DataFrame) -> Figure:
    """Show the variance entropy of layers against their finite filters, and the entropy of random ones.

    ``layers`` has columns n_filters, non_finite_filters, variance_entropy, state (missing: not judged).
    """
    n = (layers["n_filters"] - layers["non_finite_filters"]).to_numpy(int)
    sizes = np.unique(np.geomspace(3, 10 * n.max() + 3, 400).astype(int))
    points = n, layers["variance_entropy"].to_numpy(float), layers["state"].fillna("").tolist()
    return entropy(*points, (sizes, random_threshold(sizes)))


def model_ranking(models: pd.DataFrame) -> Figure:
    """Show the states of the layers of the first models of a table, as of `model_quality`: the most degenerate."""
    worst = models[:RANKED]
    title = f"{len(worst)} of {len(models)} models, most degenerate first"
    return shares([_share_panel(title, "model", worst)])


def group_shares(groups: pd.DataFrame, titles: Mapping[str, str]) -> Figure:
    """Show the states of the layers of groups, one panel per grouping, or the reason why there is none.

    Args:
        groups: as of `filtershift.analysis.quality.summaries.group_quality`.
        titles: of the groupings.
    """
    panels = [_share_panel(titles[str(name)], "group", table) for name, table in groups.groupby("grouping", sort=False)]
    return shares(panels) if panels else blank()


def _share_panel(title: str, row: str, table: pd.DataFrame) -> SharePanel:
    """The shares of one row per value of the column ``row``."""
    return SharePanel(title, table[row].tolist(), table["n_judged"].tolist(), table[list(SHARES)].to_numpy(float))
