"""The variance entropy of the layers of a few models by depth, before all layers of a data set."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from filtershift.errors import FiltershiftError
from filtershift.figures.drawing.layout import MARGIN, canvas, fit_labels, half_frame, heading, key, page, place
from filtershift.figures.drawing.style import FAINT, SMALL, STATE_COLORS, TINY, TITLE, styled

_WIDTH, _HEIGHT, _LEFT = 6.2, 2.0, 0.5
_NAMES = 2.6
_HEADING, _AXIS, _KEY = 0.32, 0.42, 0.3
_LARGEST = float(np.log10(9))
_MOST = 12
"""Degenerate layers named beside a panel; one line each."""
_LINE: dict[str, Any] = {"fontsize": TINY + 0.5, "va": "center"}


@styled
def layer_profiles(layers: pd.DataFrame, quality: pd.DataFrame) -> Figure:
    """Draw one panel per model: its layers in the colours of their states, those of the data set as grey points.

    Beside each panel stand the depths and names of degenerate layers.

    Args:
        layers: columns model, layer_name, conv_depth_norm, variance_entropy, state: one row per layer of each model.
        quality: columns conv_depth_norm, variance_entropy: one row per layer of the data set.

    Raises:
        FiltershiftError: there is no layer.
    """
    models = {str(model): table for model, table in layers.groupby("model", sort=False)}
    if not models:
        raise FiltershiftError("profile: no model to draw; give the layers of one at least")
    width = _LEFT + _WIDTH + 0.15 + _NAMES + 2 * MARGIN
    row = _HEADING + _HEIGHT + _AXIS
    figure = page(width, _KEY + row * len(models) + 2 * MARGIN)
    _draw_key(canvas(figure, MARGIN + _LEFT, MARGIN, width - 2 * MARGIN - _LEFT, _KEY))
    names = fit_labels(list(models), TITLE, width - 2 * MARGIN, "bold")
    for k, (name, own) in enumerate(zip(names, models.values(), strict=True)):
        top = MARGIN + _KEY + k * row
        heading(figure, MARGIN, top, width - 2 * MARGIN, _HEADING, name, 0.18)
        axes = place(figure, MARGIN + _LEFT, top + _HEADING, _WIDTH, _HEIGHT)
        _draw(axes, own, quality)
        beside = canvas(figure, MARGIN + _LEFT + _WIDTH + 0.15, top + _HEADING, _NAMES, _HEIGHT)
        _name(beside, own[own["state"] == "degenerate"])
    return figure


def _draw(axes: Axes, layers: pd.DataFrame, quality: pd.DataFrame) -> None:
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.03, 1), xlabel="relative depth", ylabel="variance entropy H")
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    axes.set_yticks([0, 0.25, 0.5, 0.75, _LARGEST], ["0", "0.25", "0.5", "0.75", "log₁₀ 9"])
    half_frame(axes)
    columns = ["conv_depth_norm", "variance_entropy"]
    axes.plot(*quality[columns].to_numpy(float).T, ".", color="0.8", markersize=2.5, markeredgewidth=0)
    states = layers["state"].fillna("")
    for state, color in {"": FAINT, **STATE_COLORS}.items():
        points = layers.loc[states == state, columns].to_numpy(float)
        axes.plot(*points.T, "o", color=color, markersize=4.5, markeredgewidth=0)


def _name(beside: Axes, degenerate: pd.DataFrame) -> None:
    """List degenerate layers by depth and name."""
    texts = fit_labels(degenerate["layer_name"].tolist(), SMALL, _NAMES - 0.4)
    title = "degenerate, by relative depth:" if texts else "no degenerate layer"
    beside.text(0, 0.1, title, fontsize=SMALL, color=FAINT, va="center")
    pitch = (_HEIGHT - 0.2) / (_MOST + 1)
    for row, (depth, text) in enumerate(zip(degenerate["conv_depth_norm"][:_MOST], texts, strict=False), start=1):
        beside.text(0.28, 0.2 + pitch * row, f"{depth:.2f}", **_LINE, color=FAINT, ha="right")
        beside.text(0.36, 0.2 + pitch * row, text, **_LINE)
    if len(texts) > _MOST:
        beside.text(0.36, 0.2 + pitch * (_MOST + 1), f"and {len(texts) - _MOST} more", **_LINE, color=FAINT)


def _draw_key(axes: Axes) -> None:
    look: dict[str, Any] = {"linestyle": "", "markersize": 4.5, "markeredgewidth": 0}
    handles = [Line2D([], [], marker="o", color=color, label=state, **look) for state, color in STATE_COLORS.items()]
    handles.append(Line2D([], [], marker=".", color="0.7", label="layers of the data set", **look))
    key(axes, handles, loc="upper left")
