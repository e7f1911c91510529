"""How far to believe a shift: intervals, the noise floor of each group, and what groups of these sizes have by chance.

D is never negative, so noise of any kind only adds to it. Three questions are asked of each pair of groups, all of
per-layer histograms: how D varies if other models had been collected (bootstrap), how large it is between halves of
one group (floor), and how large between groups of the same sizes whose labels mean nothing (null).
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from filtershift.analysis.uncertainty.grouped_layers import GroupedLayers
from filtershift.analysis.uncertainty.null_groups import null_groups
from filtershift.analysis.uncertainty.resampling import ResamplingUnits
from filtershift.analysis.uncertainty.sampled_shifts import shifts_between, shifts_of_halves
from filtershift.errors import FiltershiftError

Array = NDArray[np.floating]
Indices = NDArray[np.int64]

LENGTHS = ("wasserstein", "tv")
"""Divergences to whose square, rather than to themselves, noise adds as much in every resample."""

FEWER = 5
"""A floor and a null, of one percentile each, take this many times fewer draws than the ends of an interval."""

# Shifts held at once, as float32.
_SHIFTS = 100_000_000


@dataclass(frozen=True)
class Resampling:
    """How the uncertainty of shifts is measured.

    Attributes:
        resamples: draws of an interval.
        seed: of the random numbers.
        level: of the intervals, and the percentile that floors and nulls are.
    """

    resamples: int = 1000
    seed: int = 0
    level: float = 0.95


@dataclass(frozen=True)
class Uncertainty:
    """What belongs beside the shifts of P pairs of G groups.

    Attributes:
        shift: (P,) the shifts, in float32 as all draws are.
        low: (P,) the lower end of the interval.
        high: (P,) its upper end.
        null: (P,) the percentile of shifts between groups of these sizes whose labels mean nothing.
        median: (G,) the median shift between halves of each group.
        floor: (G,) the percentile of these shifts.
    """

    shift: Array
    low: Array
    high: Array
    null: Array
    median: Array
    floor: Array


def measure_uncertainty(
    layers: GroupedLayers, name: str, resampling: Resampling, a: Indices, b: Indices
) -> Uncertainty:
    """Measure the uncertainty of the shifts between groups ``a`` and ``b``, (P,) each, numbers of groups.

    Resamples have the bias of the shift, upwards, a second time: it is their mean less the shift. So the interval takes
    their percentiles less twice the bias, and the same percentiles mirrored at the shift (the basic bootstrap), and
    reaches as far as either does; below 0 it is cut. That of `LENGTHS` is the root of the interval of their square.
    Pairs with a group without filters have no values, and groups of one filter no floor.

    Random numbers follow from the seed and the ``name`` alone: results are the same bit for bit whatever else is
    measured, and on any number of threads. No more than `_SHIFTS` shifts are held at once.

    Raises:
        FiltershiftError: no resamples.
    """
    if resampling.resamples < 1:
        raise FiltershiftError("uncertainty.resamples is 0, so shifts have no intervals; expected 1 or more")
    from threadpoolctl import threadpool_limits

    shift, low, high, null = (np.full(len(a), np.nan) for _ in range(4))
    median, floor = (np.full(layers.groups, np.nan) for _ in range(2))
    units = ResamplingUnits(layers)
    filters = np.bincount(layers.group, layers.n, layers.groups)
    fewer = max(1, resampling.resamples // FEWER)

    def random(*stream: int) -> Generator:
        return default_rng([resampling.seed, *name.encode(), *stream])

    # The linear algebra library's own threads would change the last digits.
    with threadpool_limits(limits=1, user_api="blas"):
        for g in np.flatnonzero(filters > 1).tolist():
            splits = shifts_of_halves(layers, *units.halves(random(0, g), g, fewer))
            median[g], floor[g] = np.quantile(splits, [0.5, resampling.level])
        known = np.flatnonzero((filters[a] > 0) & (filters[b] > 0))
        for some in np.array_split(known, -(-len(known) * resampling.resamples // _SHIFTS)) if len(known) else ():
            pairs = a[some], b[some]
            [shift[some]] = shifts_between(layers, [units.observed[None]], *pairs, 1)
            drawn = shifts_between(
                layers, units.resamples(random(1), resampling.resamples), *pairs, resampling.resamples
            )
            low[some], high[some] = _interval(
                drawn, shift[some], resampling.level, layers.choices.divergence in LENGTHS
            )
            chance = shifts_between(layers, null_groups(layers, random(2), fewer), *pairs, fewer)
            [null[some]] = _quantiles(chance, [resampling.level])
    return Uncertainty(shift, low, high, null, median, floor)


def _interval(drawn: Array, shift: Array, level: float, lengths: bool = False) -> NDArray[np.float64]:
    """Both ends of the interval of each shift, (2, P), from its resamples (draws, P), which are squared if lengths."""
    if lengths:
        np.square(drawn, out=drawn)
        return np.sqrt(_interval(drawn, shift**2, level))
    ends = _quantiles(drawn, [(1 - level) / 2, (1 + level) / 2])
    moved = ends - 2 * (drawn.mean(axis=0, dtype=float) - shift)
    mirrored = 2 * shift - ends[::-1]
    return np.maximum([np.minimum(moved[0], mirrored[0]), np.maximum(moved[1], mirrored[1])], 0)


def _quantiles(drawn: Array, levels: list[float]) -> NDArray[np.float64]:
    """Quantiles of the draws (draws, P), (levels, P)."""
    parts = np.array_split(drawn, max(1, drawn.size // 4_000_000), axis=1)
    return np.concatenate([np.quantile(part.T.astype(float), levels, axis=1) for part in parts], axis=1)
