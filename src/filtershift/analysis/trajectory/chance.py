"""The shift that chance alone gives two samples of filters, without drawing any.

Pour the filters of both together, and deal them out again at random in the two sizes. The shift between what comes out
is chance. Each bin adds to it on its own: of the c filters in a bin, a binomial number goes to the first side. So the
mean and the variance of what a bin adds depend on c alone, and those of the shift are sums over bins.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from filtershift.analysis.shifts.d_matrix import EPSILON

Array = NDArray[np.float64]

_EXACT = 120
"""Filters in a bin up to which its part is summed over all splits; beyond, it is that of a normal distribution."""

_TOGETHER = 0.1
"""Correlation of the parts of D under chance. Measured: 0 if coefficients are independent, .09 with heavy tails."""


def chance_shifts(one: NDArray, other: NDArray, width: float, ratio: Array, level: Array) -> Array:
    """The ``level`` quantile of the shift D of two samples that chance alone tells apart, (P,).

    The distribution of D is taken to be the gamma distribution of the same mean and variance. Histograms do not say
    which coefficients belong to the same filter, so the correlation of the nine parts of D is taken to be `_TOGETHER`.
    docs/trajectory.md says how well that holds.

    Args:
        one: (P, 9, bins) histogram counts of the first samples.
        other: (P, 9, bins) those of the second ones.
        width: width of a bin, in units of the coefficients.
        ratio: (9,) explained variance ratio of the basis.
        level: (P,) quantiles, as 0.95.

    Returns:
        NaN for pairs with a sample of less than two filters.
    """
    from scipy.special import gammaincinv

    n_one, n_other = one[:, 0].sum(axis=-1), other[:, 0].sum(axis=-1)
    mean, variance = np.full((2, len(one)), np.nan)
    for sizes in {(a, b) for a, b in zip(n_one.tolist(), n_other.tolist(), strict=True) if min(a, b) > 1}:
        pairs = np.flatnonzero((n_one == sizes[0]) & (n_other == sizes[1]))
        both = one[pairs].astype(np.int64) + other[pairs]
        # Both sizes are given: of the filters of a full bin, no number is free.
        free = 1 - both / sum(sizes)
        mean_of, variance_of = _of_bins(*sizes, width)
        few = np.minimum(both, _EXACT + 1)
        mean[pairs] = (mean_of[few] * free).sum(axis=-1) @ ratio
        of_parts = (variance_of[few] * free**2).sum(axis=-1)
        variance[pairs] = (1 - _TOGETHER) * of_parts @ ratio**2 + _TOGETHER * (np.sqrt(of_parts) @ ratio) ** 2
    certain = variance <= 0
    shape = mean**2 / np.where(certain, np.nan, variance)
    quantile: Array = gammaincinv(shape, level) * mean / shape
    return np.where(certain, mean, quantile)


@lru_cache(maxsize=1024)
def _of_bins(n_one: int, n_other: int, width: float) -> tuple[Array, Array]:
    """Mean and variance of what a bin of c filters adds to the symmetric divergence; c is 0 to `_EXACT`, then more."""
    from scipy.special import gammaln, xlogy

    here, there = np.meshgrid(np.arange(_EXACT + 1), np.arange(_EXACT + 1))
    filled, empty = np.maximum(there, here), EPSILON * width
    first = n_one / (n_one + n_other)
    split = xlogy(here, first) + xlogy(filled - here, 1 - first)
    chance = np.exp(split + gammaln(filled + 1) - gammaln(here + 1) - gammaln(filled - here + 1)) * (here <= there)
    p = np.where(here > 0, here / n_one, empty)
    q = np.where(filled > here, (filled - here) / n_other, empty)
    part = (p - q) * np.log(p / q)
    part[0] = 0  # an empty bin adds nothing
    mean = (chance * part).sum(axis=1)
    variance = (chance * part**2).sum(axis=1) - mean**2
    many = 1 / n_one + 1 / n_other
    return np.append(mean, many), np.append(np.maximum(variance, 0), 2 * many**2)
