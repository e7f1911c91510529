"""Kernel density estimates of coefficients, from histograms instead of the filters."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from filtershift.passes.bases import Basis

Array = NDArray[np.float64]

POINTS = 1024
# A normal distribution's interquartile range in standard deviations.
NORMAL_IQR = 1.3489795003921634


def quantile(counts: NDArray[np.int64], edges: Array, share: float) -> float:
    """The value below which ``share`` of a histogram's mass lies, linear within a bin."""
    mass = np.concatenate([[0.0], np.cumsum(counts)])
    return float(np.interp(share * mass[-1], mass, edges))


def bandwidth(counts: NDArray[np.int64], edges: Array, deviation: float) -> float:
    """Silverman's rule: (3 n / 4)^(-1/5) times the smaller of standard deviation and normalised interquartile range.

    Never less than one bin, below which a histogram knows nothing.
    """
    n = counts.sum()
    spread = (quantile(counts, edges, 0.75) - quantile(counts, edges, 0.25)) / NORMAL_IQR
    return max(min(deviation, spread) * (0.75 * n) ** -0.2, edges[1] - edges[0])


def density(counts: NDArray[np.int64], window: Array, deviation: float, x: Array) -> Array:
    """Gaussian kernel density (POINTS,) at ``x`` of the coefficients counted in a window's bins.

    The window's first and last bin also hold what lies outside and are left out; the rest keeps its share of the
    mass. Zero everywhere where nothing lies inside.

    Args:
        counts: (bins,) histogram over the window.
        window: (2,) its ends.
        deviation: standard deviation of all coefficients.
        x: (POINTS,) where to evaluate, equidistant.
    """
    from KDEpy import FFTKDE

    edges = np.linspace(window[0], window[1], len(counts) + 1)
    inside = counts[1:-1]
    if inside.sum() == 0:
        return np.zeros_like(x)
    width = bandwidth(counts, edges, deviation)
    centres = (edges[1:-2] + edges[2:-1]) / 2
    reach = 4 * width
    # Steps of x carried on to both sides, because the estimator's grid must strictly contain the data.
    step = x[1] - x[0]
    before = max(int(np.ceil((x[0] - centres[0] + reach) / step)), 1)
    after = max(int(np.ceil((centres[-1] - x[-1] + reach) / step)), 1)
    grid = x[0] + step * np.arange(-before, len(x) + after)
    # In units of the bandwidth: KDEpy's own tolerances are absolute.
    values = FFTKDE(kernel=_gaussian(), bw=1).fit(centres / width, weights=inside).evaluate(grid / width) / width
    return values[before : before + len(x)] * inside.sum() / counts.sum()


@cache
def _gaussian() -> Any:
    """KDEpy's Gaussian kernel, whose support is searched once, not for every density: a third of the time."""
    from KDEpy.kernel_funcs import Kernel, gaussian

    return Kernel(gaussian.function, var=1, support=gaussian.practical_support(1))


def densities(
    groups: Mapping[str, NDArray[np.int64]], bases: Mapping[str, Basis], window: Array, components: Array
) -> tuple[Array, dict[str, Array]]:
    """Densities of every group's nine coefficients over one shared grid: x (POINTS,) and per label (9, POINTS).

    Args:
        groups: per label the window's histogram counts (9, bins).
        bases: per label the group's own basis.
        window: (2,) its ends.
        components: (9, 9) those of the global basis.
    """
    x = np.linspace(window[0], window[1], POINTS)
    result = {}
    for label, counts in groups.items():
        turned = components @ bases[label].components.T
        deviation = np.sqrt(turned**2 @ np.nan_to_num(bases[label].explained_variance))
        result[label] = np.stack([density(counts[i], window, float(deviation[i]), x) for i in range(9)])
    return x, result
