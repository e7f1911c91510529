"""The parts of the shift D of all pairs of groups under any choice, of the stored fine histograms and moments.

With the papers' choices these are `filtershift.analysis.shifts.d_matrix`'s, bit for bit.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from filtershift.analysis.shifts.choices import GAUSSIAN, Choices
from filtershift.analysis.shifts.d_matrix import EPSILON, component_shifts, probabilities
from filtershift.analysis.shifts.gaussian import gaussian_parts
from filtershift.analysis.shifts.weighting import FineCounts
from filtershift.errors import FiltershiftError
from filtershift.passes.histograms import REFINE, Grid, coarsen

Array = NDArray[np.float64]
Floats = NDArray[np.floating]

HELD = 0.999
"""Share of all coefficients of the data set that lie in the extent ``quantile``."""

PSEUDOCOUNT = 0.5
"""Filters added to every bin."""

_ROUNDING = 1e-9


def chosen_parts(fine: FineCounts, choices: Choices, bins: int, ratio: Array) -> Array:
    """The components of D of every pair of groups, (9, groups, groups), weighted: they add up to D.

    ``ratio`` (9,) are the explained variance ratios of the global basis. ``bins`` divides the extent; it must divide
    the fine bins where the extent is that of the data. Groups without filters have NaN. Gaussian divergences depend on
    neither.
    """
    if choices.divergence in GAUSSIAN:
        return gaussian_parts(fine.gaussians[choices.weighting], choices.divergence)
    counts, width = rebinned(fine, choices, bins)
    p = smoothed(counts, width, choices.epsilon)
    return divergences(p, width, choices.divergence) * choices.of_components(ratio)[:, None, None]


def rebinned(fine: FineCounts, choices: Choices, bins: int) -> tuple[Array, float]:
    """The histograms (groups, 9, bins) over the chosen extent, and the width of a bin.

    ``quantile`` has a bin more at each end, for all that lies beyond; it counts as wide as the others. What lies beyond
    a fixed range is left out. Fine bins that an edge cuts are shared in proportion, so an edge misplaces less than one
    fine bin's coefficients.
    """
    counts = fine.groups[choices.weighting]
    share, width = binning(fine.grid, choices.extent, bins, fine.every)
    return (coarsen(counts, bins) if share is None else counts @ share), width


def binning(grid: Grid, extent: Any, bins: int, every: Array) -> tuple[Array | None, float]:
    """The share of each fine bin that lies in each bin of the chosen extent, (fine bins, bins), and a bin's width.

    None are shared where neighbours merge, as in the data's extent. ``every`` (fine bins,) are all coefficients of the
    data set, which only ``quantile`` asks for.

    Raises:
        FiltershiftError: a fixed range in which no coefficient lies.
    """
    low, high = grid.extent
    if extent == "data":
        # As shift_tables takes it, so that the last digit is the same.
        edges = np.linspace(low, high, bins + 1)
        return None, edges[1] - edges[0]
    old = np.linspace(low, high, grid.bins * REFINE + 1)
    if not isinstance(extent, str):
        first, last = map(float, extent)  # text where a script is run by hand
        if last <= low or first >= high:
            raise FiltershiftError(f"choices.extent: no coefficient lies in {extent}; they are {low:.3g} to {high:.3g}")
        new = np.linspace(first, last, bins + 1)
        return _shared(old, new), new[1] - new[0]
    if extent == "symmetric":
        # Zero is an edge of an even number of bins, the centre of the middle one of an odd number.
        reach = max(abs(low), abs(high))
        new = np.linspace(-reach, reach, bins + 1)
        return _shared(old, new), new[1] - new[0]
    below = np.append(0, np.cumsum(every)) / max(every.sum(), 1)
    first, last = np.interp([(1 - HELD) / 2, (1 + HELD) / 2], below, old)
    inner = np.linspace(first, last, bins + 1)
    return _shared(old, np.concatenate([[low], inner, [high]])), inner[1] - inner[0]


def _shared(old: Array, new: Array) -> Array:
    """The share of each bin between ``old`` edges that lies in each between ``new`` ones, (old bins, new bins)."""
    overlap = np.minimum(old[1:, None], new[1:]) - np.maximum(old[:-1, None], new[:-1])
    share = overlap / np.diff(old)[:, None]
    # Edges that differ by rounding only must not fill empty bins.
    return np.where(share > _ROUNDING, share, 0)


def smoothed(counts: Array, width: float, epsilon: str) -> Array:
    """Histogram counts (…, bins) as probabilities without zeros; those of a histogram without filters are NaN.

    They are float32 if the counts are.
    """
    if epsilon == "density":
        return probabilities(counts, width)
    n = counts.sum(axis=-1, keepdims=True)
    if epsilon == "pseudocount":
        counts = np.where(n > 0, counts + PSEUDOCOUNT, np.nan)
        return counts / counts.sum(axis=-1, keepdims=True)
    p = np.maximum(np.divide(counts, n, out=np.full_like(counts, np.nan), where=n > 0), EPSILON)
    return p / p.sum(axis=-1, keepdims=True)


def divergences(p: Array, width: float, kind: str) -> Array:
    """The divergence of every pair of groups in every component, (9, groups, groups), of ``p`` (groups, 9, bins).

    ``kind`` is kl (both directions summed) or js, in nats; wasserstein, the area between the cumulative distributions,
    in units of ``width``; or tv, half the summed absolute differences.
    """
    if kind == "kl":
        return component_shifts(p)
    rows = comparable(p, width, kind).transpose(1, 0, 2)
    parts = np.empty((*rows.shape[:2], rows.shape[1]))
    for a in range(rows.shape[1]):
        parts[:, a, a:] = parts[:, a:, a] = distance(rows[:, a : a + 1], rows[:, a:], kind)
    return parts


def comparable(p: Floats, width: float, kind: str) -> Floats:
    """What of probabilities (…, bins) `distance` compares: halves for tv, cumulated times width for wasserstein."""
    if kind == "wasserstein":
        return p.cumsum(axis=-1) * width
    return p / 2 if kind == "tv" else p


def distance(x: Floats, y: Floats, kind: str) -> Floats:
    """The divergence, not kl, of what `comparable` made of probabilities (…, bins): (…,).

    Of ``x`` and ``y`` times any number it is that many times as large, so that weighted components can stand in one
    row.
    """
    if kind == "js":
        # Half the divergence of each from their mean.
        middle = (x + y) / 2
        # In place, because memory takes longer than logarithms.
        apart, back = x / middle, np.divide(y, middle, out=middle)
        for ratio, factor in ((apart, x), (back, y)):
            np.multiply(np.log(ratio, out=ratio), factor, out=ratio)
        apart += back
        return np.maximum(apart.sum(axis=-1) / 2, 0)
    apart = x - y
    found: Floats = np.abs(apart, out=apart).sum(axis=-1)
    return found
