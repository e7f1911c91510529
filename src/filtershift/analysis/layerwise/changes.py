"""What became of each filter, where two layers have the same shape."""

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.floating]

ROUNDING = 2.0**-8
"""The relative change up to which weights count as rounded only: bfloat16, the coarsest type models are stored in,
changes each weight by at most half as much."""

EQUAL = 1e-6
"""The relative change up to which filters are the same: computing in float32 makes such a one."""

RELATED = 0.5
"""Filters are those of the other model, changed, if their correlation with their counterparts is larger than this, …"""

BEYOND_CHANCE = 3.0
"""… and so many times that by chance (Fisher's z): that of two numbers for each unit."""

CHANGES = ("changed_filters", "relative_change", "cosine_mean", "cosine_q25", "cosine_median", "cosine_q75")


@dataclass(frozen=True)
class FilterChange:
    """How the filters of a layer changed, in one variant.

    Attributes:
        changed: share of raw filters of which any weight differs.
        cosines: (4,) mean and quartiles of the cosine between each filter and its counterpart; NaN without any.
        relative: Frobenius norm of the differences over that of the filters before.
        related: whether the filters are recognisably the same ones, see `RELATED`.
        moment: (9, 9) mean outer product of the differences, after minus before.
    """

    changed: float
    cosines: NDArray[np.float64]
    relative: float
    related: bool
    moment: NDArray[np.float64]


def filter_changes(before: Weights, after: Weights, units: int) -> tuple[FilterChange, FilterChange]:
    """How filters (n, 9) of so many units changed to their counterparts (n, 9), scaled and unscaled.

    Those that are not finite in both are left out.
    """
    if not np.isfinite(before.sum() + after.sum()):
        finite = np.isfinite(before).all(axis=1) & np.isfinite(after).all(axis=1)
        before, after = before[finite], after[finite]
    if not len(before):
        nothing = FilterChange(np.nan, np.full(4, np.nan), np.nan, False, np.zeros((9, 9)))
        return nothing, nothing
    # Products with ones are many times as fast as sums along so short an axis.
    differs = (before != after).astype(np.float32) @ np.ones(9, np.float32)
    changed, cosines = np.count_nonzero(differs) / len(before), _cosines(before, after)
    return (
        FilterChange(changed, cosines, *_distance(scaled(before), scaled(after), units)),
        FilterChange(changed, cosines, *_distance(before, after, units)),
    )


def _distance(before: Weights, after: Weights, units: int) -> tuple[float, bool, NDArray[np.float64]]:
    """The relative change, whether the filters are related, and the mean outer product of the differences."""
    n, moved, ones = len(before), after - before, np.ones(len(before), before.dtype)
    moment = (moved.T @ moved).astype(np.float64)
    energy, other_energy = (float(np.vdot(side, side)) for side in (before, after))
    distance, by_chance = np.trace(moment), energy + other_energy - 2 * (ones @ before) @ (ones @ after) / n
    relative = np.sqrt(distance / energy) if energy else (np.inf if distance else 0.0)
    correlation = 1 - distance / by_chance if by_chance > 0 else 0.0
    least = max(RELATED, np.tanh(BEYOND_CHANCE / np.sqrt(2 * units)))
    return float(relative), bool(correlation > least), moment / n


def scaled(filters: Weights) -> Weights:
    """Filters (n, 9), each divided by its largest absolute weight; zero filters stay zero."""
    size = np.abs(filters)
    peak = reduce(np.maximum, size.T, np.full(len(size), np.finfo(size.dtype).tiny, size.dtype))
    return filters / peak[:, None]


def _cosines(one: Weights, other: Weights) -> NDArray[np.float64]:
    """Mean and quartiles (4,) of the cosines of the angles between filters; zero filters have none."""
    norms = np.sqrt(np.vecdot(one, one) * np.vecdot(other, other))
    some = norms > 0
    if not some.any():
        return np.full(4, np.nan)
    cosines = np.clip(np.vecdot(one[some], other[some]) / norms[some], -1, 1)
    return np.array([cosines.mean(dtype=np.float64), *np.quantile(cosines, [0.25, 0.5, 0.75])])
