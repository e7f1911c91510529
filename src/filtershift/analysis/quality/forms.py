"""The form of each layer's distribution of coefficients, in five numbers that phenotypes are judged by.

Forms are those of scaled filters, whose coefficients the stored bins resolve in every layer. All-zero filters have no
form: they are counted, and taken out of the histograms.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.quality.normal_reference import POINTS, normal_points, reference_quantiles, scaled_normal
from filtershift.passes.bases import Basis
from filtershift.passes.extent import LayerExtent
from filtershift.passes.moments import LayerMoments
from filtershift.passes.tolerances import TIE

Array = NDArray[np.float64]
Counts = NDArray[np.int32]
Numbers = NDArray[np.int64]

# Equal parts of normal filters in which a layer's are counted.
PARTS = 16
# A component counts with at least this standard deviation, a tenth of the largest weight: a smaller one is one value.
NARROW = 0.1


def layer_forms(
    moments: LayerMoments,
    extent: LayerExtent,
    basis: Basis,
    window: Array,
    histograms: Iterable[tuple[Numbers, Counts]],
) -> pd.DataFrame:
    """The form of every layer, one row per layer; what is undefined is missing.

    Components count by their share of the layer's variance.

    Args:
        moments: results of pass 1.
        extent: that of the layers, of pass 2.
        basis: the global basis of scaled filters.
        window: (2,) ends of the bins of ``histograms``.
        histograms: numbers (B,) of some layers, and the counts (B, 9, bins) of their scaled coefficients.

    Returns:
        n, the number of finite filters; zero_mass, the share of them that is next to zero (below a hundredth of the
        layer's largest weight); and of those that are not all zero coincidence, two_patterns (the share of their
        variance in two dimensions), negentropy, and offset (the share of their mean in their mean square).
    """
    some = moments.n - moments.zeros
    mean, covariance = _without_zeros(moments)
    variance = np.maximum(np.einsum("ip,lpq,iq->li", basis.components, covariance, basis.components), 0)
    spread = np.maximum(np.sqrt(variance), NARROW)
    weight = spread**2 / (spread**2).sum(axis=1, keepdims=True)
    zero, points = -basis.components @ basis.mean, normal_points()
    forms = np.full((2, len(some)), np.nan)
    for numbers, counts in histograms:
        rows = np.searchsorted(moments.layer, numbers)
        nonzero = _remove_zeros(counts, zero, window, moments.zeros[rows])
        normal = scaled_normal(mean[rows], covariance[rows], points)
        quantiles = reference_quantiles(normal, basis, PARTS)
        parts = coincidence(nonzero, window, spread[rows]), negentropy(nonzero, window, quantiles)
        forms[:, rows] = [(part * weight[rows]).sum(axis=1) for part in parts]
    own, square = np.linalg.eigvalsh(covariance), (mean**2).sum(axis=1)
    table = {
        "n": moments.n,
        "zero_mass": _ratio(np.maximum(extent.sparse, moments.zeros), moments.n),
        "coincidence": forms[0],
        "two_patterns": _ratio(own[:, -2:].sum(axis=1), own.sum(axis=1)),
        "negentropy": forms[1],
        "offset": _ratio(square, square + variance.sum(axis=1)),
    }
    return pd.DataFrame(table, pd.Index(moments.layer, name="layer"))


def coincidence(counts: Array, window: Array, spread: Array) -> Array:
    """How many times as often two filters share a bin as two of a normal distribution would, (L, 9).

    The share of pairs of filters that are in one bin, which has no bias whatever their number; over the integral of
    the squared density of a normal distribution with standard deviation ``spread`` (L, 9), times the bins' width.
    """
    n, width = counts.sum(axis=2), (window[1] - window[0]) / counts.shape[2]
    return _ratio((counts * (counts - 1)).sum(axis=2), n * (n - 1)) * 2 * np.sqrt(np.pi) * spread / width


def negentropy(counts: Array, window: Array, quantiles: NDArray[np.floating]) -> Array:
    """Kullback-Leibler divergence from normal filters, counted in equal parts of these, (L, 9) in nats.

    Less its expectation for as many normal filters, (parts - 1) / 2 (1 / n + 1 / POINTS), because the reference is a
    sample, too.

    Args:
        counts: (L, 9, bins) histograms over the window.
        window: (2,) its ends.
        quantiles: (L, 9, parts - 1) where the coefficients of normal filters divide into equal parts.
    """
    from scipy.special import rel_entr

    bins, parts = counts.shape[2], quantiles.shape[2] + 1
    n = counts.sum(axis=2)
    place = np.clip((quantiles - window[0]) * (bins / (window[1] - window[0])), 0, bins)
    last = np.minimum(place.astype(np.int64), bins - 1)
    upto, inside = (np.take_along_axis(values, last, axis=2) for values in (counts.cumsum(axis=2), counts))
    below = upto - inside * (last + 1 - place)
    share = _ratio(np.diff(below, axis=2, prepend=0, append=n[:, :, None]), n[:, :, None])
    divergence: Array = rel_entr(share, 1 / parts).sum(axis=2)
    return divergence - (parts - 1) / 2 * (_ratio(np.ones_like(n), n) + 1 / POINTS)


def _without_zeros(moments: LayerMoments) -> tuple[Array, Array]:
    """Mean (L, 9) and covariance (L, 9, 9) of the scaled filters that are not all zero; zero where there are none."""
    n, zeros, mean = moments.n, moments.zeros, moments.mean[:, 0]
    some = np.maximum(n - zeros, 1)
    product = mean[:, :, None] * mean[:, None, :]
    scatter = moments.scatter[:, 0] - (n * zeros / some)[:, None, None] * product
    return mean * (n / some)[:, None], scatter / some[:, None, None]


def _remove_zeros(counts: Counts, coefficients: Array, window: Array, zeros: Numbers) -> Array:
    """Histograms without all-zero filters, which are all in one bin: that of these coefficients (9,)."""
    bins = counts.shape[2]
    place = (coefficients - window[0]) * (bins / (window[1] - window[0])) + TIE
    nonzero = counts.astype(np.float64)
    nonzero[:, np.arange(9), np.clip(place, 0, bins - 1).astype(np.int64)] -= zeros[:, None]
    return nonzero


def _ratio(part: NDArray, whole: NDArray) -> Array:
    """The ratio, NaN where the whole is zero."""
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
