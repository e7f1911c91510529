"""The shifts of drawn histograms, under any choice, in float32.

With the papers' divergence the shifts of all pairs of a draw are one product of matrices. Others have none: pairs are
compared one by one, as many at once as fit into a processor's cache.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from filtershift.analysis.shifts.d_matrix import EPSILON
from filtershift.analysis.shifts.divergences import comparable, distance, smoothed
from filtershift.analysis.uncertainty.grouped_layers import GroupedLayers

Array = NDArray[np.floating]
Indices = NDArray[np.int64]

# Numbers of histograms compared at once.
_COMPARED = 1 << 17


def shifts_between(layers: GroupedLayers, samples: Iterable[Array], a: Indices, b: Indices, count: int) -> Array:
    """Shifts of pairs of groups ``a`` and ``b`` in ``count`` draws, (count, P), of histograms in blocks (…, groups, K).

    All groups of a draw need not have filters, but those of the pairs do.
    """
    between = _products if layers.choices.divergence == "kl" else _one_by_one
    shifts = np.empty((count, len(a)), np.float32)
    draw = 0
    for sample in samples:
        between(layers, sample, a, b, shifts[draw : draw + len(sample)])
        draw += len(sample)
    return np.maximum(shifts, 0, out=shifts)


def shifts_of_halves(layers: GroupedLayers, one: Array, other: Array) -> Array:
    """Shifts (draws,) between histograms ``one`` and ``other``, (draws, K)."""
    if layers.choices.divergence == "kl":
        (p, log), (q, log_q) = _logarithms(layers, one), _logarithms(layers, other)
        shifts: Array = np.einsum("dk,dk,k->d", p - q, log - log_q, layers.weight)
        return shifts
    return distance(_rows(layers, one), _rows(layers, other), layers.choices.divergence)


def _products(layers: GroupedLayers, sample: Array, a: Indices, b: Indices, shifts: Array) -> None:
    """Put the shifts of a block of draws into ``shifts`` (draws, P).

    As `component_shifts`, but in one product of matrices a draw, in float32 about the mean of all groups, where it is
    exact to a hundred-thousandth.
    """
    rows = np.unique(a)
    rows = rows if 2 * len(rows) < layers.groups else np.arange(layers.groups)
    cell = np.searchsorted(rows, a) * layers.groups + b
    p, log = _logarithms(layers, sample)
    p -= p.mean(axis=1, keepdims=True)
    log -= log.mean(axis=1, keepdims=True)
    p *= layers.weight
    own = np.einsum("dgk,dgk->dg", p, log)
    for draw, (own_k, p_k, log_k) in enumerate(zip(own, p, log, strict=True)):
        there = p_k[rows] @ log_k.T
        back = there if len(rows) == layers.groups else p_k @ log_k[rows].T
        shift = own_k[rows, None] + own_k
        shift -= there
        shift -= back.T
        shifts[draw] = shift.ravel()[cell]


def _one_by_one(layers: GroupedLayers, sample: Array, a: Indices, b: Indices, shifts: Array) -> None:
    """Put the shifts of a block of draws into ``shifts`` (draws, P), of a divergence that is no product."""
    rows = _rows(layers, sample)
    pairs = max(1, _COMPARED // rows[:, 0].size)
    for start in range(0, len(a), pairs):
        some = slice(start, start + pairs)
        shifts[:, some] = distance(rows[:, a[some]], rows[:, b[some]], layers.choices.divergence)


def _rows(layers: GroupedLayers, sample: Array) -> Array:
    """What `distance` compares of histograms (…, K): (…, K), each component weighted."""
    rows = comparable(_smoothed(layers, sample), float(layers.width), layers.choices.divergence)
    return rows.reshape(sample.shape) * layers.weight


def _logarithms(layers: GroupedLayers, sample: Array) -> tuple[Array, Array]:
    """Probabilities of histograms (…, K), and their logarithms."""
    if layers.choices.epsilon == "density":
        p = _densities(layers, sample)
    else:
        p = _smoothed(layers, sample).reshape(sample.shape)
    return p, np.log(p)


def _densities(layers: GroupedLayers, sample: Array) -> Array:
    """Probabilities of histograms (…, K) of which bins are left out.

    They are not divided by their sum, which empty bins make larger than 1: by less than ``EPSILON`` times the extent.
    """
    filters = sample[..., layers.component == 0].sum(axis=-1, keepdims=True)
    p = sample / np.maximum(filters, 1)
    p[p == 0] = EPSILON * layers.width
    return p


def _smoothed(layers: GroupedLayers, sample: Array) -> Array:
    """Probabilities (…, 9, bins) of histograms (…, K) of all bins; of those without filters, of one in each bin."""
    empty = ~sample.any(axis=-1, keepdims=True)
    counts = np.where(empty, np.float32(1), sample).reshape(*sample.shape[:-1], 9, -1)
    return smoothed(counts, float(layers.width), layers.choices.epsilon)
