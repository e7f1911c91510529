"""The shifts between sampled histograms or moments, for any choices, in float32.

With the papers' divergence the shifts of all pairs of one draw are a single matrix product. The other divergences are
not products: pairs are compared one by one, as many at a time as fit into the processor's cache. Distances of means and
covariances are computed in float64.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from filtershift.analysis.shifts.d_matrix import EPSILON
from filtershift.analysis.shifts.divergences import comparable, distance, smoothed
from filtershift.analysis.shifts.gaussian import Gaussians, gaussian_distances
from filtershift.analysis.uncertainty.grouped_layers import GroupedLayers
from filtershift.analysis.uncertainty.layer_sums import LayerSums
from filtershift.analysis.uncertainty.moment_layers import gaussians_of

Array = NDArray[np.floating]
Indices = NDArray[np.int64]

# Histogram counts compared at once.
_COMPARED = 1 << 17


def shifts_between(layers: LayerSums, samples: Iterable[Array], a: Indices, b: Indices, count: int) -> Array:
    """Shifts (count, P) of pairs of groups ``a`` and ``b``, (P,) each, in ``count`` draws.

    ``samples`` are the sums of the draws, in blocks (b, groups, K). The groups of the pairs must have filters;
    other groups may be empty.
    """
    shifts = np.empty((count, len(a)), np.float32)
    draw = 0
    for sample in samples:
        block = shifts[draw : draw + len(sample)]
        if isinstance(layers, GroupedLayers):
            between = _products if layers.choices.divergence == "kl" else _one_by_one
            between(layers, sample, a, b, block)
        else:
            _distances(layers, sample, a, b, block)
        draw += len(sample)
    return np.maximum(shifts, 0, out=shifts)


def shifts_of_halves(layers: LayerSums, one: Array, other: Array) -> Array:
    """Shifts (draws,) between the sums ``one`` and ``other``, (draws, K)."""
    if not isinstance(layers, GroupedLayers):
        them = gaussians_of(other[:, None])
        return gaussian_distances(gaussians_of(one), them, layers.choices.divergence)[:, 0]
    if layers.choices.divergence == "kl":
        (p, log), (q, log_q) = _logarithms(layers, one), _logarithms(layers, other)
        shifts: Array = np.einsum("dk,dk,k->d", p - q, log - log_q, layers.weight)
        return shifts
    return distance(_rows(layers, one), _rows(layers, other), layers.choices.divergence)


def _products(layers: GroupedLayers, sample: Array, a: Indices, b: Indices, shifts: Array) -> None:
    """Put the shifts of a block of draws into ``shifts`` (draws, P), with the papers' divergence.

    Like `component_shifts`, but as one matrix product per draw: the sum of (p - q)(ln p - ln q) over bins is
    p·ln p + q·ln q - p·ln q - q·ln p. The mean over all groups is subtracted from p and from ln p, which cancels in the
    sum; then float32 is exact to a hundred-thousandth.
    """
    rows = np.unique(a)
    rows = rows if 2 * len(rows) < layers.groups else np.arange(layers.groups)
    cell = np.searchsorted(rows, a) * layers.groups + b
    p, log = _logarithms(layers, sample)
    p -= p.mean(axis=1, keepdims=True)
    log -= log.mean(axis=1, keepdims=True)
    p *= layers.weight
    self_products = np.einsum("dgk,dgk->dg", p, log)
    for draw, (self_k, p_k, log_k) in enumerate(zip(self_products, p, log, strict=True)):
        there = p_k[rows] @ log_k.T
        back = there if len(rows) == layers.groups else p_k @ log_k[rows].T
        shift = self_k[rows, None] + self_k
        shift -= there
        shift -= back.T
        shifts[draw] = shift.ravel()[cell]


def _one_by_one(layers: GroupedLayers, sample: Array, a: Indices, b: Indices, shifts: Array) -> None:
    """Put the shifts of a block of draws into ``shifts`` (draws, P), for a divergence that is not a product."""
    rows = _rows(layers, sample)
    pairs = max(1, _COMPARED // rows[:, 0].size)
    for start in range(0, len(a), pairs):
        part = slice(start, start + pairs)
        shifts[:, part] = distance(rows[:, a[part]], rows[:, b[part]], layers.choices.divergence)


def _distances(layers: LayerSums, sample: Array, a: Indices, b: Indices, shifts: Array) -> None:
    """Put the shifts of a block of draws into ``shifts`` (draws, P), for a divergence of means and covariances."""
    groups = gaussians_of(sample)
    for one in np.unique(a):
        pairs = np.flatnonzero(a == one)
        own = Gaussians(groups.mean[:, one], groups.covariance[:, one])
        others = Gaussians(groups.mean[:, b[pairs]], groups.covariance[:, b[pairs]])
        shifts[:, pairs] = gaussian_distances(own, others, layers.choices.divergence)


def _rows(layers: GroupedLayers, sample: Array) -> Array:
    """Turn histograms (…, K) into what `distance` compares, (…, K), each component weighted."""
    rows = comparable(_smoothed(layers, sample), float(layers.width), layers.choices.divergence)
    return rows.reshape(sample.shape) * layers.weight


def _logarithms(layers: GroupedLayers, sample: Array) -> tuple[Array, Array]:
    """The probabilities of histograms (…, K), and their logarithms."""
    if layers.choices.epsilon == "density":
        p = _densities(layers, sample)
    else:
        p = _smoothed(layers, sample).reshape(sample.shape)
    return p, np.log(p)


def _densities(layers: GroupedLayers, sample: Array) -> Array:
    """The probabilities of histograms (…, K) from which empty bins may be left out.

    Empty bins get a small probability, so the sum exceeds 1, by less than ``EPSILON`` times the extent. The
    probabilities are not divided by this sum.
    """
    if layers.choices.cut:  # of each component other filters are left out
        filters = np.repeat(sample.reshape(*sample.shape[:-1], 9, -1).sum(axis=-1), sample.shape[-1] // 9, axis=-1)
    else:
        filters = sample[..., layers.component == 0].sum(axis=-1, keepdims=True)
    p = sample / np.maximum(filters, 1)
    p[p == 0] = EPSILON * layers.width
    return p


def _smoothed(layers: GroupedLayers, sample: Array) -> Array:
    """Probabilities (…, 9, bins) of histograms (…, K) with all bins; an empty histogram counts 1 in each bin."""
    empty = ~sample.any(axis=-1, keepdims=True)
    counts = np.where(empty, np.float32(1), sample).reshape(*sample.shape[:-1], 9, -1)
    return smoothed(counts, float(layers.width), layers.choices.epsilon)
