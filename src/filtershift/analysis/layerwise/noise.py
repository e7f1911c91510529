"""How far to believe the change of one layer: an interval, a floor, and a null in which nothing changed.

The null exchanges units (output channels) between the models. Of layers of the same shape a unit and its counterpart
change places or not, each by the toss of a coin. Units of other layers are dealt out anew. Both are right for nets that
were trained apart from each other, and for a net and what became of it: if training moved the distribution nowhere in
particular, before and after might as well be the other way round.

D alone cannot see a small change of scale: what it changes in histograms is less than what chance does. So the null
judges three statistics, each of which sees what others do not, and counts the one that is least likely by chance:

* D, the shift of histograms,
* the same divergence between normal distributions with the mean and variance of each component,
* the mean logarithm of the energy of units, which a change of scale moves in all units at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb, log2
from typing import Any

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

from filtershift.analysis.layerwise.interval import FEWEST_PER_BIN, FEWEST_UNITS, shift_interval
from filtershift.analysis.layerwise.units import UnitSums
from filtershift.analysis.shifts.d_matrix import probabilities
from filtershift.analysis.uncertainty.intervals import FEWER, Resampling

Array = NDArray[np.floating]
Pair = Sequence[UnitSums]
Interval = tuple[float, float, float]

# Of draws and of the change itself, statistics that differ by less are equal.
_ROUNDING = 1e-5


@dataclass(frozen=True)
class LayerNoise:
    """How far to believe D of a layer, in one variant; NaN where there is no such number.

    Attributes:
        corrected: D less its estimated bias; NaN where few units or filters cannot tell it.
        low: the lower end of the interval; NaN likewise.
        high: the upper end.
        floor: the ``level`` quantile of D between random halves of the noisier of both layers.
        null: the ``level`` quantile of D if nothing changed.
        p: how likely chance alone makes one of three statistics as unlikely as they are.
        least_p: the smallest p that so few units can have.
    """

    corrected: float
    low: float
    high: float
    floor: float
    null: float
    p: float
    least_p: float


def layer_shift(counts: NDArray[np.floating], width: float, ratio: Array) -> Array:
    """The parts (9,) of D between two histograms (2, 9, bins) on bins of this width; 0 for equal ones."""
    p, q = probabilities(counts.astype(float), width)
    parts: Array = ratio * ((p - q) * np.log(p / q)).sum(axis=-1)
    return parts


def layer_noise(pair: Pair, paired: bool, width: float, ratio: Array, resampling: Resampling) -> LayerNoise:
    """How far to believe the shift between the two layers of a pair.

    Random numbers depend on the seed and on the numbers of units only: swapped models give the same values.

    Args:
        pair: the sums of the units before and after.
        paired: whether unit k before is the counterpart of unit k after.
        width: of a bin, in units of the coefficients.
        ratio: (9,) explained variance ratio of the basis.
        resampling: number of resamples, seed and level.
    """
    # In an order of their own, so that those of unlike layers meet the same draws when the models are swapped.
    before, after = pair if paired else sorted(pair, key=lambda side: (side.units, side.moments[:, 0].sum()))
    draws, seed, level = resampling.resamples, resampling.seed, resampling.level
    sizes = before.units, after.units
    with np.errstate(invalid="ignore", divide="ignore"):
        halves = [_product(_halves(seed, side.units, draws), side.counts) for side in (before, after)]
        interval = _interval((before, after), halves, width, ratio, level)
        floor = max(
            _floor(side, half[: max(1, draws // FEWER)], width, ratio, level)
            for side, half in zip((before, after), halves, strict=True)
        )
        exchanged = _exchanged((before, after), _exchanges(seed, sizes, paired, draws), paired)
        found = _statistics(*exchanged, width, ratio)
    exchanges = 2 ** (before.units - 1) if paired else comb(sum(sizes), before.units)
    null = float(np.quantile(found[1:, 0], level))
    return LayerNoise(*interval, floor, null, _smallest_p(found), 2.0 ** -log2(exchanges))


def _smallest_p(found: Array) -> float:
    """The level at which the first row of statistics (1 + draws, S) stands out, each judged by the rank it has.

    Each row gets the smallest share, over the statistics, of rows that reach it; p is the share of rows for which this
    is as small as for the first. So however many statistics there are, p is right.
    """
    slack = found * (1 - _ROUNDING)
    shares = np.stack([_reach(column, low) for column, low in zip(found.T, slack.T, strict=True)]).min(axis=0)
    return float((shares <= shares[0]).mean())


def _reach(values: Array, at_least: Array) -> Array:
    """The share of values that are at least as large as each of ``at_least``."""
    share: Array = 1 - np.searchsorted(np.sort(values), at_least, side="left") / len(values)
    return share


def _exchanged(pair: Pair, draws: NDArray[np.float32], paired: bool) -> tuple[UnitSums, UnitSums]:
    """Both sides as they are, and then with units exchanged in each of the draws; a "unit" is one draw here."""
    before, after = pair
    own = [UnitSums(side.counts.sum(axis=0)[None], side.moments.sum(axis=0)[None]) for side in pair]
    both = [one + other for one, other in zip(_parts(own[0]), _parts(own[1]), strict=True)]
    if paired:
        moved = [one - other for one, other in zip(_parts(before), _parts(after), strict=True)]
        first = [_product(draws, part) + rest for part, rest in zip(moved, _parts(own[1]), strict=True)]
    else:
        pool = [np.concatenate(parts) for parts in zip(_parts(before), _parts(after), strict=True)]
        first = [_product(draws, part) for part in pool]
    second = [total - part for total, part in zip(both, first, strict=True)]
    sides = [
        UnitSums(*(np.concatenate(parts) for parts in zip(_parts(real), drawn, strict=True)))
        for real, drawn in zip(own, (first, second), strict=True)
    ]
    return sides[0], sides[1]


def _statistics(one: UnitSums, other: UnitSums, width: float, ratio: Array) -> Array:
    """The three statistics (draws, 3) between two sides, each draw a row of their sums."""
    shift = _shifts(one.counts, other.counts, width, ratio)
    means, variances = zip(*(_mean_and_variance(side.moments) for side in (one, other)), strict=True)
    apart = (means[0] - means[1]) ** 2 * (1 / variances[0] + 1 / variances[1])
    apart += (variances[0] - variances[1]) ** 2 / (variances[0] * variances[1])
    return np.stack([shift, (apart * ratio / 2).sum(axis=1), np.abs(_energy(one) - _energy(other))], axis=1)


def _mean_and_variance(moments: Array) -> tuple[Array, Array]:
    """Mean and variance (draws, 9) of each component; a variance is never zero."""
    n = np.maximum(moments[:, :1], 1)
    mean = moments[:, 1:10] / n
    variance = moments[:, 10:19] / n - mean**2
    return mean, np.maximum(variance, np.maximum(1e-12 * moments[:, 10:19] / n, np.finfo(float).tiny))


def _energy(side: UnitSums) -> Array:
    """The mean logarithm of the energy of units, (draws,)."""
    return side.moments[:, 19] / side.moments[:, 20]


def _shifts(one: Any, other: Any, width: float, ratio: Array) -> Array:
    """D (draws,) between histograms (draws, 9, bins), float32."""
    p, q = probabilities(one, width), probabilities(other, width)
    weight = np.asarray(ratio, np.float32)
    shifts: Array = np.einsum("dkb,dkb,k->d", p - q, np.log(p / q), weight, optimize=False)
    return np.maximum(shifts, 0)


def _interval(pair: Pair, halves: Sequence[Any], width: float, ratio: Array, level: float) -> Interval:
    """The corrected D and its interval, of sums over halves of the units (draws, 9, bins) of both sides."""
    units, bins = min(side.units for side in pair), pair[0].counts.shape[-1]
    if units < FEWEST_UNITS or min(side.moments[:, 0].sum() for side in pair) < FEWEST_PER_BIN * bins:
        return np.nan, np.nan, np.nan
    one, other = (side.counts.sum(axis=0)[None] for side in pair)
    return shift_interval(
        _shifts(halves[0], halves[1], width, ratio), float(_shifts(one, other, width, ratio)[0]), units, level
    )


def _floor(side: UnitSums, halves: Any, width: float, ratio: Array, level: float) -> float:
    """The quantile of D between halves of the units of a layer; NaN for a single unit."""
    if side.units < 2:
        return np.nan
    return float(np.quantile(_shifts(halves, side.counts.sum(axis=0) - halves, width, ratio), level))


def _product(weights: NDArray[np.float32], values: Any) -> Any:
    """The sums (draws, …) of values (U, …) by weights (draws, U), in the type of the values."""
    rows = weights.astype(values.dtype, copy=False) @ values.reshape(len(values), -1)
    return rows.reshape(len(weights), *values.shape[1:])


def _parts(side: UnitSums) -> tuple[Any, Any]:
    return side.counts, side.moments


@lru_cache(32)
def _halves(seed: int, units: int, draws: int) -> NDArray[np.float32]:
    """A random half of the units in each draw, (draws, units); of odd numbers, the smaller and the larger in turn."""
    ranks = default_rng([seed, units, 1]).random((draws, units)).argsort(axis=1)
    halves = (ranks < units // 2).astype(np.float32)
    halves[1::2] = 1 - halves[1::2]
    return halves


@lru_cache(32)
def _exchanges(seed: int, sizes: tuple[int, int], paired: bool, draws: int) -> NDArray[np.float32]:
    """Which units the first side gets in each draw: of pairs (draws, U), 1 for its own, or of all units of both."""
    random = default_rng([seed, *sizes, 2])
    if paired:
        return random.integers(0, 2, (draws, sizes[0])).astype(np.float32)
    ranks = random.random((draws, sum(sizes))).argsort(axis=1)
    return (ranks < sizes[0]).astype(np.float32)
