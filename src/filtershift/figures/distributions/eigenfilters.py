"""Eigenfilter tiles (figures 1 and 8): the basis of each subset, its explained variance and how it adds up."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.path import Path
from numpy.typing import NDArray

from filtershift.figures.drawing.blank import blank
from filtershift.figures.drawing.labels import indexed
from filtershift.figures.drawing.layout import MARGIN, POINTS, canvas, fit_labels, page, place, text_width
from filtershift.figures.drawing.style import BAR, FAINT, FRAME, SMALL, TINY, TITLE, WEIGHT_MAP, styled
from filtershift.passes.patterns import type_names

_Basis = tuple[str, Mapping[str, NDArray]]
_Origin = tuple[float, float]
_SCALE = Normalize(-1, 1)


@dataclass(frozen=True)
class _Sizes:
    """Inches and points of one row of tiles."""

    tile: float
    gap: float
    title: float
    number: float
    curve: float
    space: float
    repeat: bool
    """Whether each row repeats the names of its tiles and the ends of its axes, or only the top of the page."""

    @property
    def heading(self) -> float:
        return self.title * 1.6 / POINTS

    @property
    def line(self) -> float:
        return self.number * 1.5 / POINTS

    @property
    def tiles(self) -> float:
        return 9 * self.tile + 8 * self.gap

    @property
    def curve_left(self) -> float:
        return self.tiles + self.gap + text_width(["0.5"], self.number) + 0.2

    @property
    def width(self) -> float:
        return self.curve_left + self.curve

    @property
    def row(self) -> float:
        return self.heading + self.tile + (1 + 2 * self.repeat) * self.line + self.space

    @property
    def tile_top(self) -> float:
        return self.heading + self.repeat * self.line


_GENEROUS = _Sizes(tile=0.56, gap=0.14, title=TITLE, number=SMALL, curve=1.3, space=0.22, repeat=True)
_DENSE = _Sizes(tile=0.33, gap=0.12, title=SMALL, number=TINY, curve=0.7, space=0.15, repeat=False)
_GENEROUS_ROWS = 20


@styled
def eigenfilter_tiles(bases: Sequence[_Basis]) -> Figure:
    """Draw for each group its nine eigenfilters as 3×3 tiles in one row, or the reason why there is no group.

    Above each tile stands its name v_i, below it its explained variance ratio and, where tiles are large, the symmetry
    type it is made of (`filtershift.passes.patterns.TYPES`); the curve beside the row is the
    cumulative ratio over the first 1…9 components. One diverging scale, −1…1, serves all tiles. Up to 20 groups are
    drawn large in one column, more of them smaller in several.

    Args:
        bases: label, and as stored components (9, 9), one a row, explained_variance_ratio (9,), n_filters and n_models,
            from top to bottom.
    """
    if not bases:
        return blank()
    sizes = _GENEROUS if len(bases) <= _GENEROUS_ROWS else _DENSE
    columns = 1 if sizes.repeat else math.ceil(math.sqrt(len(bases) / 15))
    rows = math.ceil(len(bases) / columns)
    pitch = sizes.width + 0.4
    top = 0 if sizes.repeat else 1.4 * sizes.line
    width, height = columns * pitch - 0.4, top + rows * sizes.row
    figure = page(width + 2 * MARGIN, height + 0.4 + 2 * MARGIN)
    axes = canvas(figure, MARGIN, MARGIN, width, height)
    origins = [(n // rows * pitch, top + n % rows * sizes.row) for n in range(len(bases))]
    _draw_tiles(axes, bases, origins, sizes)
    _draw_curves(axes, bases, origins, sizes)
    _draw_headings(axes, bases, origins, sizes)
    _draw_scale(figure, width, height)
    return figure


def _draw_headings(axes: Axes, bases: Sequence[_Basis], origins: Sequence[_Origin], sizes: _Sizes) -> None:
    numbers = [(int(basis["n_filters"]), int(basis["n_models"])) for _, basis in bases]
    counts = [f"{n_filters:,} filters, {n_models:,} model{'s' * (n_models != 1)}" for n_filters, n_models in numbers]
    room = sizes.tiles - text_width(counts, sizes.number) - 0.15
    texts = fit_labels([label for label, _ in bases], sizes.title, room, "bold")
    for text, count, (x, y) in zip(texts, counts, origins, strict=True):
        baseline = y + sizes.heading * 0.7
        axes.text(x, baseline, text, fontsize=sizes.title, fontweight="bold")
        after = x + text_width([text], sizes.title, "bold") + 0.12
        axes.text(after, baseline, count, fontsize=sizes.number, color=FAINT)


def _draw_tiles(axes: Axes, bases: Sequence[_Basis], origins: Sequence[_Origin], sizes: _Sizes) -> None:
    """Draw all tiles, each with its name above and its variance ratio below."""
    lefts = np.arange(9) * (sizes.tile + sizes.gap)
    side = sizes.tile / 3
    across, down = np.meshgrid(np.arange(3) * side, np.arange(3) * side)
    corners = np.stack([lefts[:, None] + across.ravel(), np.broadcast_to(down.ravel(), (9, 9))], axis=-1)
    square = side * np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    squares = []
    for (_, basis), (x, y) in zip(bases, origins, strict=True):
        top = y + sizes.tile_top
        squares.append((corners.reshape(81, 1, 2) + square) + (x, top))
        kinds = type_names(basis["components"])
        for index, left in enumerate(lefts):
            middle = x + left + sizes.tile / 2
            if sizes.repeat or y == origins[0][1]:
                above = top if sizes.repeat else y - 0.4 * sizes.line
                axes.text(middle, above - 0.03, indexed("v", index), fontsize=sizes.number, ha="center")
            ratio = basis["explained_variance_ratio"][index]
            text = f"{ratio:.2f}" if np.isfinite(ratio) else "–"
            axes.text(middle, top + sizes.tile + 0.03, text, fontsize=sizes.number, ha="center", va="top", color=FAINT)
            if sizes.repeat:
                below = top + sizes.tile + 0.03 + sizes.line
                axes.text(middle, below, kinds[index], fontsize=TINY, ha="center", va="top", color=FAINT)
    values = np.concatenate([basis["components"].ravel() for _, basis in bases])
    _draw_squares(axes, np.concatenate(squares), values)


def _draw_squares(axes: Axes, squares: np.ndarray, values: np.ndarray) -> None:
    """Draw squares (n, 4, 2) in the colours of n values: all of one colour as one path, since each path costs time."""
    colors, color = np.unique(WEIGHT_MAP(_SCALE(values)), axis=0, return_inverse=True)
    paths = [Path.make_compound_path_from_polys(squares[color == shade]) for shade in range(len(colors))]
    tiles = PathCollection(paths, facecolors=colors, edgecolors="white", linewidths=0.4, snap=True)
    axes.add_collection(tiles, autolim=False)


def _draw_curves(axes: Axes, bases: Sequence[_Basis], origins: Sequence[_Origin], sizes: _Sizes) -> None:
    """Draw the cumulative ratios, each in a frame from 0 to 1 beside its tiles."""
    steps = np.linspace(0.06, 0.94, 9) * sizes.curve
    rules, curves = [], []
    faint: dict[str, Any] = {"fontsize": sizes.number, "color": FAINT}
    for (_, basis), (x, y) in zip(bases, origins, strict=True):
        left, top = x + sizes.curve_left, y + sizes.tile_top
        named = sizes.repeat or y == origins[0][1]
        for level in (0, 0.5, 1) if sizes.repeat else (0, 1):
            height = top + (1 - level) * sizes.tile
            rules.append([(left, height), (left + sizes.curve, height)])
            if named:
                axes.text(left - 0.05, height, f"{level:g}", ha="right", va="center", **faint)
        cumulative = np.cumsum(basis["explained_variance_ratio"])
        curves.append(np.column_stack([left + steps, top + (1 - cumulative) * sizes.tile]))
        for number in (1, 9) if named else ():
            axes.text(left + steps[number - 1], top + sizes.tile + 0.03, str(number), ha="center", va="top", **faint)
    axes.add_collection(LineCollection(rules, colors=FRAME, linewidths=0.5), autolim=False)
    axes.add_collection(LineCollection(curves, colors=BAR, linewidths=1.2), autolim=False)
    points = np.concatenate(curves)
    axes.plot(points[:, 0], points[:, 1], ".", color=BAR, markersize=4)


def _draw_scale(figure: Figure, width: float, height: float) -> None:
    """Draw the colour scale under the first tiles and say what the curve is."""
    top = MARGIN + height + 0.05
    axes = place(figure, MARGIN, top, 2.0, 0.1)
    bar = Colorbar(axes, ScalarMappable(_SCALE, WEIGHT_MAP), orientation="horizontal", ticks=[-1, 0, 1])
    bar.set_ticklabels(["−1", "0", "1"])
    bar.outline.set_visible(False)
    note = canvas(figure, MARGIN + 2.3, top, width - 2.3, 0.3)
    note.text(
        0,
        0.1,
        "below each tile: explained variance ratio, and what it is made of; curve: cumulative over v₀ … v₈",
        fontsize=SMALL,
        color=FAINT,
    )
