"""What normal filters look like once they are scaled: the reference that layers are judged against.

Scaling divides each filter by its largest absolute weight. What was normal is bounded then, and where one component
dominates even of two modes: scaled coefficients are never normal. So a layer is compared with normal filters that are
scaled as its own are.
"""

import numpy as np
from numpy.typing import NDArray

from filtershift.passes.bases import Basis

Array = NDArray[np.float64]
Floats = NDArray[np.float32]

# Filters that stand for a normal distribution.
POINTS = 2048
# After four rounds the moments of half the layers are met to 0.01, of 95 % to 0.03.
ROUNDS = 4
# Added to the variances of scaled filters, a hundredth of the largest weight squared: one pattern has a spread, too.
LEAST_VARIANCE = 1e-4


def normal_points() -> Floats:
    """Evenly spread points (9, POINTS) of the standard normal distribution: its quantiles at Richtmyer's sequence."""
    from scipy.special import ndtri

    share = np.outer(np.sqrt([2, 3, 5, 7, 11, 13, 17, 19, 23]), np.arange(1, POINTS + 1)) % 1
    points: Floats = ndtri(share).astype(np.float32)
    return points


def scaled_normal(mean: Array, covariance: Array, points: Floats) -> Floats:
    """Scaled filters (L, 9, POINTS) of L normal distributions: after scaling they have the moments given.

    Args:
        mean: (L, 9) mean of scaled filters.
        covariance: (L, 9, 9) their covariance.
        points: `normal_points()`.

    The normal distributions are found by iteration: from the moments given, the covariance's factor is multiplied by
    what the scaled filters lack, and the mean moved by it.
    """
    least = LEAST_VARIANCE * np.eye(9)
    wanted = np.linalg.cholesky(covariance + least)
    middle, factor = mean, wanted
    for _ in range(ROUNDS):
        filters = _scaled(middle, factor, points)
        reached = filters.mean(axis=2)
        filters -= reached[:, :, None]
        spread = (filters @ filters.transpose(0, 2, 1)).astype(np.float64) / POINTS
        factor = wanted @ np.linalg.solve(np.linalg.cholesky(spread + least), factor)
        middle = middle + mean - reached
    return _scaled(middle, factor, points)


def _scaled(mean: NDArray[np.floating], factor: NDArray[np.floating], points: Floats) -> Floats:
    filters = factor.astype(np.float32) @ points + mean.astype(np.float32)[:, :, None]
    filters /= np.abs(filters).max(axis=1, keepdims=True)
    return filters


def reference_quantiles(filters: Floats, basis: Basis, parts: int) -> NDArray[np.floating]:
    """Where the coefficients of scaled filters (L, 9, POINTS) divide into equal parts, (L, 9, parts - 1)."""
    centre = (basis.components @ basis.mean).astype(np.float32)
    coefficients = basis.components.astype(np.float32) @ filters - centre[:, None]
    coefficients.sort(axis=2)
    above = np.arange(1, parts) * POINTS // parts
    return (coefficients[:, :, above - 1] + coefficients[:, :, above]) / 2
