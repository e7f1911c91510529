"""The parts of the shift D of all pairs of groups under any choice, of the stored fine histograms.

With the papers' choices these are `filtershift.analysis.shift`'s, bit for bit.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from filtershift.analysis.choices import Choices
from filtershift.analysis.shift import EPSILON, component_shifts, probabilities
from filtershift.analysis.weighting import FineCounts

Array = NDArray[np.float64]

HELD = 0.999
"""Share of all coefficients of the data set that lie in the extent ``quantile``."""

PSEUDOCOUNT = 0.5
"""Filters added to every bin."""

_ROUNDING = 1e-9


def chosen_parts(fine: FineCounts, choices: Choices, bins: int, ratio: Array) -> Array:
    """The components of D of every pair of groups, (9, groups, groups), weighted by ``ratio`` (9,): they add up to D.

    ``bins`` divides the extent; it must divide the fine bins where the extent is that of the data. Groups without
    filters have NaN.
    """
    counts, width = rebinned(fine, choices, bins)
    p = smoothed(counts, width, choices.epsilon)
    return divergences(p, width, choices.divergence) * ratio[:, None, None]


def rebinned(fine: FineCounts, choices: Choices, bins: int) -> tuple[Array, float]:
    """The histograms (groups, 9, bins) over the chosen extent, and the width of a bin.

    ``quantile`` has a bin more at each end, for all that lies beyond; it counts as wide as the others. Fine bins that
    an edge cuts are shared in proportion, so an edge misplaces less than one fine bin's coefficients.
    """
    counts = fine.groups[choices.weighting]
    low, high = fine.grid.extent
    if choices.extent == "data":
        # As shift_tables takes it, so that the last digit is the same.
        edges = np.linspace(low, high, bins + 1)
        merged = counts.reshape(*counts.shape[:-1], bins, -1).sum(axis=-1)
        return merged, edges[1] - edges[0]
    old = np.linspace(low, high, counts.shape[-1] + 1)
    if choices.extent == "symmetric":
        # Zero is an edge of an even number of bins, the centre of the middle one of an odd number.
        reach = max(abs(low), abs(high))
        new = np.linspace(-reach, reach, bins + 1)
        return counts @ _shared(old, new), new[1] - new[0]
    below = np.append(0, np.cumsum(fine.every)) / max(fine.every.sum(), 1)
    first, last = np.interp([(1 - HELD) / 2, (1 + HELD) / 2], below, old)
    inner = np.linspace(first, last, bins + 1)
    return counts @ _shared(old, np.concatenate([[low], inner, [high]])), inner[1] - inner[0]


def _shared(old: Array, new: Array) -> Array:
    """The share of each bin between ``old`` edges that lies in each between ``new`` ones, (old bins, new bins)."""
    overlap = np.minimum(old[1:, None], new[1:]) - np.maximum(old[:-1, None], new[:-1])
    share = overlap / np.diff(old)[:, None]
    # Edges that differ by rounding only must not fill empty bins.
    return np.where(share > _ROUNDING, share, 0)


def smoothed(counts: Array, width: float, epsilon: str) -> Array:
    """Histogram counts (…, bins) as probabilities without zeros; those of a histogram without filters are NaN."""
    if epsilon == "density":
        return probabilities(counts, width)
    n = counts.sum(axis=-1, keepdims=True)
    if epsilon == "pseudocount":
        counts = np.where(n > 0, counts + PSEUDOCOUNT, np.nan)
        return counts / counts.sum(axis=-1, keepdims=True)
    p = np.maximum(np.divide(counts, n, out=np.full(counts.shape, np.nan), where=n > 0), EPSILON)
    return p / p.sum(axis=-1, keepdims=True)


def divergences(p: Array, width: float, kind: str) -> Array:
    """The divergence of every pair of groups in every component, (9, groups, groups), of ``p`` (groups, 9, bins).

    ``kind`` is kl (both directions summed) or js, in nats; wasserstein, the area between the cumulative distributions,
    in units of ``width``; or tv, half the summed absolute differences.
    """
    if kind == "kl":
        return component_shifts(p)
    if kind == "js":
        return _pairwise(p.transpose(1, 0, 2), _jensen_shannon)
    if kind == "tv":
        return _pairwise(p.transpose(1, 0, 2) / 2, _distance)
    return _pairwise(p.transpose(1, 0, 2).cumsum(axis=-1) * width, _distance)


def _pairwise(p: Array, measure: Callable[[Array, Array], Array]) -> Array:
    """A symmetric measure of each row with all rows after it, (9, groups, groups)."""
    parts = np.empty((*p.shape[:2], p.shape[1]))
    for a in range(p.shape[1]):
        parts[:, a, a:] = parts[:, a:, a] = measure(p[:, a : a + 1], p[:, a:])
    return parts


def _distance(p: Array, q: Array) -> Array:
    found: Array = np.abs(p - q).sum(axis=-1)
    return found


def _jensen_shannon(p: Array, q: Array) -> Array:
    """Half the divergence of each from their mean: sum (p log p + q log q) / 2 - m log m."""
    middle = (p + q) / 2
    apart = (p * np.log(p / middle) + q * np.log(q / middle)).sum(axis=-1) / 2
    return np.maximum(apart, 0)
