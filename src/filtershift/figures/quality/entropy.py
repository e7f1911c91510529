"""Variance entropy of layers against their number of filters."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from filtershift.analysis.quality.layers import random_threshold
from filtershift.errors import FiltershiftError
from filtershift.figures.drawing.layout import MARGIN, half_frame, key, log_ticks, page, place
from filtershift.figures.drawing.style import FAINT, INK, SMALL, STATE_COLORS, styled

_WIDTH, _HEIGHT, _SIDE = 5.4, 4.0, 0.9
_KEY, _LEFT, _GAP, _AXIS = 0.3, 0.55, 0.12, 0.45
_LARGEST = float(np.log10(9))
_LEVELS = np.arange(0, 9, 2) / 10
_BINS = np.linspace(0, _LARGEST, 41)
_MARKS = {"": "s", "diverse": "o", "random-like": "^", "degenerate": "v"}
"""State -> mark, in the order they are drawn over each other; a layer without a state was not judged."""

_COLORS = {"": FAINT, **STATE_COLORS}


@styled
def entropy(layers: pd.DataFrame) -> Figure:
    """Draw every layer as a point whose mark and colour are its state, and the curve of the random threshold.

    The more layers, the smaller and fainter their points; beside them stands how many layers have each entropy. Layers
    without an entropy are only counted, below the plot.

    Args:
        layers: columns n_filters, non_finite_filters, variance_entropy (0…log10 9, or missing), state (one of
            `STATE_COLORS`, or missing: not judged).

    Raises:
        FiltershiftError: there is no layer, or a state of another name.
    """
    if layers.empty:
        raise FiltershiftError("entropy: no layer to draw; give at least one")
    states = layers["state"].fillna("").to_numpy()
    if unknown := set(states) - set(_MARKS):
        raise FiltershiftError(
            f"entropy: no state is called '{min(unknown)}'; use {', '.join(STATE_COLORS)} or nothing"
        )
    n_filters = (layers["n_filters"] - layers["non_finite_filters"]).to_numpy(int)
    entropies = layers["variance_entropy"].to_numpy(float)
    figure = page(_LEFT + _WIDTH + _GAP + _SIDE + 0.15 + 2 * MARGIN, _KEY + _HEIGHT + _AXIS + 2 * MARGIN)
    axes = place(figure, MARGIN + _LEFT, MARGIN + _KEY, _WIDTH, _HEIGHT)
    side = place(figure, MARGIN + _LEFT + _WIDTH + _GAP, MARGIN + _KEY, _SIDE, _HEIGHT)
    known = np.isfinite(entropies)
    n, entropies, states = n_filters[known], entropies[known], states[known]
    low, high = (n.min(), n.max()) if n.size else (1, 100)
    axes.set(xlim=(low / 1.5, high * 1.5), xlabel="filters n of a layer")
    log_ticks(axes)
    axes.set_ylabel("variance entropy H")
    _frame(axes, [*(f"{level:g}" for level in _LEVELS), "log₁₀ 9"])
    _frame(side, [])
    sizes = np.unique(np.geomspace(3, 10 * n_filters.max() + 3, 400).astype(int))
    curve = sizes, random_threshold(sizes)
    axes.fill_between(*curve, _LARGEST, color=STATE_COLORS["random-like"], alpha=0.15, linewidth=0)
    lines = axes.plot(*curve, color=INK, label="random threshold $T_H(n)$")
    _draw_layers(axes, n, entropies, states)
    _draw_counts(side, entropies, states)
    explained = key(axes, [*lines, *_handles(states)], loc="lower left", bbox_to_anchor=(0, 1.005))
    explained.get_texts()[0].set_parse_math(True)
    if missing := int((~known).sum()):
        below: dict[str, Any] = {"xytext": (0, -23.5), "textcoords": "offset points", "va": "baseline"}
        axes.annotate(
            f"layers without H: {missing:,}", (0, 0), xycoords="axes fraction", **below, fontsize=SMALL, color=FAINT
        )
    return figure


def _frame(axes: Axes, texts: Sequence[str]) -> None:
    axes.set(ylim=(-0.02, 1), yticks=[*_LEVELS, _LARGEST])
    axes.set_yticklabels(texts)
    axes.tick_params(axis="y", length=2.5 if texts else 0)
    axes.axhline(_LARGEST, color=INK, linewidth=0.6, linestyle=":")
    half_frame(axes)


def _draw_layers(axes: Axes, n: np.ndarray, entropies: np.ndarray, states: np.ndarray) -> None:
    crowded = float(np.clip(np.log10(max(len(n), 1)) / 2 - 1, 0, 1))
    look: dict[str, Any] = {"markersize": 5 - 2.5 * crowded, "alpha": 0.85 - 0.4 * crowded, "markeredgewidth": 0}
    for state, mark in _MARKS.items():
        these = states == state
        axes.plot(n[these], entropies[these], mark, color=_COLORS[state], **look)


def _draw_counts(side: Axes, entropies: np.ndarray, states: np.ndarray) -> None:
    counts = [np.histogram(np.minimum(entropies[states == state], _LARGEST), _BINS)[0] for state in _MARKS]
    for state, count, end in zip(_MARKS, counts, np.cumsum(counts, axis=0), strict=True):
        side.barh(_BINS[:-1], count, np.diff(_BINS), end - count, align="edge", color=_COLORS[state], linewidth=0)
    most = max(int(np.sum(counts, axis=0).max()), 1)
    side.set(xlim=(0, most), xlabel="layers")
    side.set_xticks([0, most], ["0", f"{most:,}"])


def _handles(states: np.ndarray) -> list[Line2D]:
    """Return for each state there is a mark with its number of layers."""
    numbers = {state: int((states == state).sum()) for state in _MARKS}
    look: dict[str, Any] = {"linestyle": "", "markersize": 5, "markeredgewidth": 0}
    return [
        Line2D([], [], marker=_MARKS[state], color=_COLORS[state], label=f"{state or 'not judged'} ({n:,})", **look)
        for state, n in numbers.items()
        if n
    ]
