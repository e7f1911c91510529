"""The extent of all filters from the few layers that can decide it.

A coefficient b·(f - m) is not larger than what the filters of a layer can reach in the direction b, and pass 1 knows
how far they reach: f is a part x along the mean direction and a rest beside it, the layer's x lie in a known range, and
no filter is longer, no rest larger, than known. The mean direction is set apart because scaled filters are longest
where all weights are alike, and the first component is nearly that direction. Layers are read by falling bound until
no other can reach beyond what was found; at the worst these are all layers.
"""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.bases import Bases
from filtershift.passes.blocks import FilterSource
from filtershift.passes.extent import LayerExtent, concatenated, layer_extent, measure_extent
from filtershift.passes.moments import LayerMoments

Array = NDArray[np.float64]

# More than rounding takes of a squared length, and of a length; and a length whose square float64 does not hold.
SQUARE, LENGTH, SHORT = 1e-14, 1e-9, 1e-150


def outermost_extent(
    source: FilterSource,
    row_ranges: pd.DataFrame,
    bases: Bases,
    moments: LayerMoments,
    threads: int = 1,
    progress: Callable[[Iterable], Iterable] = iter,
) -> LayerExtent:
    """The extent of some layers, among them those with the smallest and the largest coefficient of all.

    Args:
        source: where the filters are read.
        row_ranges: columns layer, start, stop.
        bases: the global bases.
        moments: results of pass 1, of the same layers.
        threads: how many blocks are computed at once.
        progress: wraps the sequence of work each time that layers are read.
    """
    bounds, parts = reachable(moments, bases), [layer_extent([])]
    found, taken, most = np.full(4, -np.inf), np.zeros(len(bounds), bool), 1
    while (beyond := (bounds > found) & ~taken[:, None]).any():
        farthest = np.argsort(np.where(beyond, -bounds, np.inf), axis=0, kind="stable")[:most]
        new = np.zeros_like(taken)
        new[farthest[np.take_along_axis(beyond, farthest, axis=0)]] = True
        rows = row_ranges[row_ranges["layer"].isin(moments.layer[new])]
        parts.append(measure_extent(source, rows, bases, moments, threads, progress))
        ends = np.stack([-parts[-1].low, parts[-1].high], axis=-1).reshape(-1, 4)
        found, taken, most = np.maximum(found, ends.max(axis=0)), taken | new, 2 * most
    return concatenated(parts)


def reachable(moments: LayerMoments, bases: Bases) -> Array:
    """How far coefficients of each layer can reach, (L, 4): down and up, of scaled and of unscaled filters.

    No coefficient is larger than the bound, or smaller than the negative one; -inf for a layer without filters.
    """
    some = moments.n > 0
    bounds = np.full((len(some), 4), -np.inf)
    for variant, basis in enumerate(bases):
        reach = moments.reach[some, variant]
        slack = LENGTH * (np.sqrt(reach[:, 2]) + np.linalg.norm(basis.mean)) + SHORT
        for way, directions in enumerate((-basis.components, basis.components)):
            farthest = _farthest(reach, directions) - directions @ basis.mean
            bounds[some, 2 * variant + way] = farthest.max(axis=1) + slack
    return np.nan_to_num(bounds, nan=np.inf, posinf=np.inf, neginf=-np.inf)


def _farthest(reach: Array, directions: Array) -> Array:
    """The largest product with each direction (d, 9) that filters within ``reach`` (L, 4) can have, (L, d)."""
    along = directions.sum(axis=1) / 3
    beside = np.sqrt(np.maximum(1 - along**2, 0) + SQUARE)
    left, right, square = -reach[:, :1] / 3, reach[:, 1:2] / 3, reach[:, 2:3]
    rest = np.sqrt(reach[:, 3:].clip(0) + SQUARE * square)
    # Concave in x: largest where the circle of the longest filters turns, unless the rest is too large there.
    length, turn = np.sqrt(square), np.sqrt((square - rest**2).clip(0))
    x = np.where(along < 0, np.minimum(along * length, -turn), np.maximum(along * length, turn)).clip(left, right)
    farthest: Array = along * x + beside * np.minimum(rest, np.sqrt((square - x**2).clip(0) + SQUARE * square))
    return farthest
