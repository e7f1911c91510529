"""The uncertainty of shifts: an interval and a null for each pair of groups, and a noise floor for each group.

D is never negative, so noise of any kind only adds to it. Three questions are answered from what is stored of
layers:

* Interval: how would D vary if other models had been collected? (bootstrap)
* Floor: how large is D between random halves of the same group?
* Null: how large is D between groups of the same sizes whose labels mean nothing?

docs/uncertainty.md explains the method and how it was checked.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from filtershift.analysis.shifts.choices import GAUSSIAN
from filtershift.analysis.uncertainty.layer_sums import FILTERS, LayerSums
from filtershift.analysis.uncertainty.noise import within_noise
from filtershift.analysis.uncertainty.null_groups import null_groups
from filtershift.analysis.uncertainty.resampling import ResamplingUnits
from filtershift.analysis.uncertainty.sampled_shifts import shifts_between, shifts_of_halves
from filtershift.errors import FiltershiftError

Array = NDArray[np.floating]
Indices = NDArray[np.int64]

LENGTHS = ("wasserstein", "tv")
"""Divergences that behave as lengths: resampling noise adds a constant to their square, not to themselves."""

FEWER = 5
"""Floors and nulls take this many times fewer draws than intervals, because each is a single percentile."""

FEWEST_UNITS = 3
"""Groups with fewer units have no interval of a `GAUSSIAN` divergence."""

# Largest number of shifts in memory at once, as float32.
_SHIFTS = 100_000_000


@dataclass(frozen=True)
class Resampling:
    """How the uncertainty of shifts is measured.

    Attributes:
        resamples: number of draws for an interval.
        seed: seed of the random numbers.
        level: coverage of the intervals, and the quantile that floors and nulls are.
    """

    resamples: int = 1000
    seed: int = 0
    level: float = 0.95


@dataclass(frozen=True)
class Uncertainty:
    """The uncertainty of the shifts of P pairs of G groups; NaN where a value does not exist.

    Attributes:
        shift: (P,) the shifts, in float32 like all draws.
        corrected: (P,) the shifts less their estimated bias, cut at 0; never outside the interval.
        low: (P,) the lower end of the interval.
        high: (P,) the upper end of the interval.
        null: (P,) the ``level`` quantile of shifts between groups of these sizes whose labels mean nothing.
        median: (G,) the median shift between halves of each group.
        floor: (G,) the ``level`` quantile of shifts between halves of each group.
    """

    shift: Array
    corrected: Array
    low: Array
    high: Array
    null: Array
    median: Array
    floor: Array


def measure_uncertainty(layers: LayerSums, name: str, resampling: Resampling, a: Indices, b: Indices) -> Uncertainty:
    """Measure the uncertainty of the shifts between the groups with numbers ``a`` and ``b``, (P,) each.

    Noise makes D too large by some bias, and resamples too large by about the same bias once more. So the bias is
    estimated as the mean of the resamples minus D; the corrected shift is D minus the bias. The interval combines two,
    and reaches as far as either of them:

    1. the percentiles of the resamples minus twice the bias (their own and that of D), and
    2. the basic bootstrap: the percentiles of the resamples mirrored at D.

    All are cut at 0. For `LENGTHS` they are the square roots of those of D². Those of `GAUSSIAN` divergences are wider,
    see `_stretch`, and begin at 0 if the shift is not above floor and null. Pairs with an empty group have no values,
    and groups with one filter have no floor.

    Random numbers depend only on the seed and on ``name``, the name of the grouping. So results are the same bit for
    bit whatever else is measured, and for any number of threads. At most `_SHIFTS` shifts are in memory at once.

    Raises:
        FiltershiftError: no resamples.
    """
    if resampling.resamples < 1:
        raise FiltershiftError("uncertainty.resamples is 0, so shifts have no intervals; expected 1 or more")
    from threadpoolctl import threadpool_limits

    shift, corrected, low, high, null = (np.full(len(a), np.nan) for _ in range(5))
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
        for part in np.array_split(known, -(-len(known) * resampling.resamples // _SHIFTS)) if len(known) else ():
            pairs = a[part], b[part]
            [shift[part]] = shifts_between(layers, [units.observed[None]], *pairs, 1)
            resamples = units.resamples(random(1), resampling.resamples)
            resampled = shifts_between(layers, resamples, *pairs, resampling.resamples)
            is_length = layers.choices.divergence in LENGTHS
            stretch = (
                _stretch(layers, units, *pairs, resampling.level) if layers.choices.divergence in GAUSSIAN else None
            )
            corrected[part], low[part], high[part] = corrected_interval(
                resampled, shift[part], resampling.level, is_length, stretch
            )
            chance = shifts_between(layers, null_groups(layers, random(2), fewer), *pairs, fewer)
            [null[part]] = _quantiles(chance, [resampling.level])
    if layers.choices.divergence in GAUSSIAN:
        # Few models differ in few directions, and resamples in no others: their bias is less than that of D.
        low[within_noise(shift, np.maximum(floor[a], floor[b]), null) & (low > 0)] = 0
    return Uncertainty(shift, corrected, low, high, null, median, floor)


def corrected_interval(
    resampled: Array, shift: Array, level: float, is_length: bool = False, stretch: Array | None = None
) -> NDArray[np.float64]:
    """The corrected shifts and both ends of their intervals, (3, P), see `measure_uncertainty`.

    ``resampled`` (draws, P) are the resamples of the ``shift`` (P,); those of lengths are overwritten. ``stretch`` (P,)
    is how many times as far from the corrected shift the ends are; NaN for no interval.
    """
    if is_length:
        np.square(resampled, out=resampled)
        return np.sqrt(corrected_interval(resampled, shift**2, level))
    lower, upper = _quantiles(resampled, [(1 - level) / 2, (1 + level) / 2])
    bias = resampled.mean(axis=0, dtype=float) - shift
    low = np.minimum(lower - 2 * bias, 2 * shift - upper)
    high = np.maximum(upper - 2 * bias, 2 * shift - lower)
    # Only rounding can put it outside: the mean of the resamples is at least `lower` or at most `upper`.
    corrected = np.clip(shift - bias, low, high)
    if stretch is not None:
        low, high = (corrected + stretch * (end - corrected) for end in (low, high))
    return np.maximum([corrected, low, high], 0)


def _stretch(layers: LayerSums, units: ResamplingUnits, a: Indices, b: Indices, level: float) -> Array:
    """Student's t of each pair of groups over the normal quantile that it becomes with many units, (P,).

    Few units show less than all of how units vary, as a variance of few numbers does. The degrees of freedom are
    Welch's (Biometrika 34, 1947) for groups whose units vary alike. NaN if a group has fewer than `FEWEST_UNITS`.
    """
    from scipy.special import ndtri, stdtrit

    count = _effective_units(layers, units)
    share, freedom = 1 / count, count - 1
    welch = (share[a] + share[b]) ** 2 / (share[a] ** 2 / freedom[a] + share[b] ** 2 / freedom[b])
    quantile = (1 + level) / 2
    stretch: Array = stdtrit(welch, quantile) / ndtri(quantile)
    return stretch


def _effective_units(layers: LayerSums, units: ResamplingUnits) -> Array:
    """As how many equally large units those of each group count (Kish, Survey Sampling, 1965), (groups,).

    At least `FEWEST_UNITS`, because one large unit would make intervals of any length; NaN for a group with fewer.
    """
    effective = np.full(layers.groups, np.nan)
    for g, span in enumerate(units.spans):
        mass = units.mass[span].astype(float)
        if layers.resampled[g] == FILTERS:
            count = equal = mass.sum()
        else:
            count, equal = len(mass), mass.sum() ** 2 / np.square(mass).sum()
        if count >= FEWEST_UNITS:
            effective[g] = max(equal, FEWEST_UNITS)
    return effective


def _quantiles(shifts: Array, levels: list[float]) -> NDArray[np.float64]:
    """Quantiles (levels, P) of shifts (draws, P), a part of the pairs at a time to save memory."""
    parts = np.array_split(shifts, max(1, shifts.size // 4_000_000), axis=1)
    return np.concatenate([np.quantile(part.T.astype(float), levels, axis=1) for part in parts], axis=1)
