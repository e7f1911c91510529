"""The groups that claims compare: their shifts, covariances and distances from normal, in every draw of models."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from filtershift.analysis.claims.evidence import Evidence
from filtershift.analysis.groups.assign import UNKNOWN
from filtershift.analysis.shifts.d_matrix import EPSILON, component_shifts, probabilities
from filtershift.analysis.uncertainty.null_groups import ENOUGH
from filtershift.passes.axes import PCA

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]

FEWEST_LINEAGES, FEWEST_GROUPS = 3, 3
"""Fewest lineages that a group must have to be resampled, and fewest groups that a grouping must have."""

DEPTHS = 5
"""Fewest groups of depth that are needed to compare the first, the last, and those between."""

# Number of draws whose histograms are in memory at once.
_BLOCK = 50


class UndecidedError(Exception):
    """A claim cannot be judged on this data set; the message says why."""


@dataclass(frozen=True)
class Finding:
    """The statistic that decides a claim, and the data it rests on.

    Attributes:
        draws: (draws,) the statistic: first of the data set itself, then of each resample.
        models: numbers of the models it rests on; of several groupings those of the one with the fewest lineages.
        rests_on: the groups or layers it rests on, in words.
    """

    draws: Array
    models: Numbers
    rests_on: str


@dataclass(frozen=True)
class Compared:
    """The groups of a grouping that can be compared: not "unknown", and with enough models and filters.

    Attributes:
        labels: G labels in natural order.
        members: numbers of the models in each group.
        too_small: what the other groups have that are not "unknown", in words, by label.
        cell: (C,) the group of each cell, -1 for none.
        shift: (draws, G, G) D-matrices of scaled filters; NaN where a draw has no model of a group.
        description: which groups these are, in words.
    """

    labels: list[str]
    members: list[Numbers]
    too_small: Mapping[str, str]
    cell: Numbers
    shift: Array
    description: str

    @property
    def models(self) -> Numbers:
        """Numbers of the models in any of the groups."""
        return np.unique(np.concatenate(self.members))

    @property
    def pairs(self) -> Array:
        """The shift of each pair of groups, (draws, P), in the order (0, 1), (0, 2), …"""
        return self.shift[:, *np.triu_indices(len(self.labels), k=1)]

    @property
    def median(self) -> Array:
        """The median shift over pairs of groups, (draws,)."""
        return np.nanmedian(self.pairs, axis=1)

    @property
    def means(self) -> Array:
        """The mean shift between each group and the others, (draws, G)."""
        others = ~np.eye(len(self.labels), dtype=bool)
        return np.stack([np.nanmean(self.shift[:, g, others[g]], axis=1) for g in range(len(self.labels))], axis=1)

    def find(self, label: str) -> int:
        """The number of the group with this label."""
        if label not in self.labels:
            found = self.too_small.get(label, "no model")
            raise UndecidedError(f"no group {label} has {enough()}; it has {found}")
        return self.labels.index(label)


def numbered(evidence: Evidence, grouping: str) -> tuple[list[str], Numbers]:
    """The labels of a grouping, and the number of each cell's group."""
    if grouping not in evidence.labels:
        raise UndecidedError(f"this run has no grouping {grouping}")
    return list(evidence.labels[grouping]), evidence.cells[grouping].to_numpy(np.int64)


@lru_cache(maxsize=8)
def compared(evidence: Evidence, grouping: str, fewest: int = FEWEST_GROUPS) -> Compared:
    """The groups of a grouping that can be compared.

    Raises:
        UndecidedError: there is no such grouping, or fewer than `fewest` groups can be compared.
    """
    labels, cell = numbered(evidence, grouping)
    filters = np.zeros(len(labels), np.int64)
    np.add.at(filters, cell[cell >= 0], evidence.n[cell >= 0])
    members = [np.unique(evidence.model[(cell == group) & (evidence.n > 0)]) for group in range(len(labels))]
    lineages = np.array([evidence.lineages(models) for models in members])
    known = np.array([label != UNKNOWN for label in labels])
    kept = np.flatnonzero(known & (lineages >= FEWEST_LINEAGES) & (filters >= ENOUGH))
    description = f"{len(kept)} of {len(labels)} groups of {grouping}"
    small = [k for k in np.lexsort([-filters, -lineages]) if known[k] and k not in kept]
    too_small = {labels[k]: _has(lineages[k], filters[k]) for k in small}
    if len(kept) < fewest:
        nearest = ", ".join(f"{label} ({found})" for label, found in list(too_small.items())[:3])
        also = f"; the next are {nearest}" if nearest else ""
        raise UndecidedError(f"{description} have {enough()}; it takes {fewest}{also}")
    cell = np.where(np.isin(cell, kept), np.searchsorted(kept, cell), -1)
    shift = np.concatenate([_shifts(evidence, sample) for sample in _histograms(evidence, cell, len(kept))])
    return Compared([labels[k] for k in kept], [members[k] for k in kept], too_small, cell, shift, description)


def whole(evidence: Evidence, grouping: str, fewest: int) -> Compared:
    """All groups of a grouping.

    Raises:
        UndecidedError: there are fewer than ``fewest`` groups, or one of them cannot be compared.
    """
    labels, _ = numbered(evidence, grouping)
    if len(labels) < fewest:
        raise UndecidedError(f"the grouping {grouping} has {len(labels)} groups; it takes {fewest}")
    groups = compared(evidence, grouping)
    if missing := [label for label in labels if label not in groups.labels]:
        raise UndecidedError(f"the group {missing[0]} of {grouping} has less than {enough()}")
    return groups


def model_shifts(evidence: Evidence) -> tuple[Numbers, Array]:
    """The numbers of the models with enough filters to be compared, and their D-matrix of scaled filters."""
    filters = np.bincount(evidence.model, evidence.n, len(evidence.models))
    models = np.flatnonzero(filters >= ENOUGH)
    if (found := evidence.lineages(models)) < FEWEST_LINEAGES:
        raise UndecidedError(f"{found} lineages of models have {ENOUGH:,} filters; it takes {FEWEST_LINEAGES}")
    counts = np.zeros((len(filters), *evidence.counts.shape[1:]), np.int64)
    np.add.at(counts, evidence.model, evidence.counts)
    return models, _shifts(evidence, counts[None, models])[0]


def covariances(evidence: Evidence, cell: Numbers, groups: int) -> Array:
    """Covariance matrices (denominator n) of the scaled filters of groups of cells, (draws, groups, 9, 9)."""
    n, mean = evidence.n[:, None], evidence.mean
    square = evidence.scatter + n[:, :, None] * mean[:, :, None] * mean[:, None, :]
    sums = evidence.sums(cell, groups, np.concatenate([n, n * mean, square.reshape(-1, 81)], axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        means = sums[..., 1:] / sums[..., :1]
    first = means[..., :9]
    return means[..., 9:].reshape(*first.shape, 9) - first[..., :, None] * first[..., None, :]


def spreads(evidence: Evidence, groups: Compared) -> Array:
    """Standard deviations of the coefficients of each group along the global basis, (draws, G, 9)."""
    of_groups = covariances(evidence, groups.cell, len(groups.labels))
    components = evidence.basis.components
    variance = np.einsum("ip,dgpq,iq->dgi", components, of_groups, components)
    return np.sqrt(np.maximum(variance, 0))


def from_normal(evidence: Evidence, groups: Compared) -> Array:
    """D between each group and a normal distribution with its mean and variance in every component, (draws, G)."""
    blocks = _histograms(evidence, groups.cell, len(groups.labels))
    return np.concatenate([_from_normal(evidence, sample) for sample in blocks])


def _from_normal(evidence: Evidence, counts: Numbers) -> Array:
    from scipy.special import ndtr

    _check_axes(evidence)
    edges = evidence.edges
    width, centre = edges[1] - edges[0], (edges[1:] + edges[:-1]) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        share = counts / counts.sum(axis=-1, keepdims=True)
        mean = share @ centre
        deviation = np.sqrt(np.maximum(share @ centre**2 - mean**2, width**2 / 12))
        below = ndtr((edges - mean[..., None]) / deviation[..., None])
    normal = np.maximum(np.diff(below, axis=-1), EPSILON * width)
    q, p = normal / normal.sum(axis=-1, keepdims=True), probabilities(counts, width)
    parts: Array = ((p - q) * (np.log(p) - np.log(q))).sum(axis=-1)
    return parts @ evidence.basis.explained_variance_ratio


def _histograms(evidence: Evidence, cell: Numbers, groups: int) -> Iterator[Numbers]:
    """The histograms of groups of cells, in blocks of draws (b, groups, 9, bins)."""
    counts = evidence.counts.reshape(len(cell), -1)
    for start in range(0, len(evidence.weight), _BLOCK):
        # Weights are whole numbers, so the sums are exact.
        sums = evidence.sums(cell, groups, counts, slice(start, start + _BLOCK)).astype(np.int64)
        yield sums.reshape(*sums.shape[:2], *evidence.counts.shape[1:])


def _shifts(evidence: Evidence, sample: Numbers) -> Array:
    """D-matrices of histograms (b, groups, 9, bins)."""
    _check_axes(evidence)
    width = evidence.edges[1] - evidence.edges[0]
    ratio = evidence.basis.explained_variance_ratio[:, None, None]
    return np.stack([(component_shifts(probabilities(counts, width)) * ratio).sum(axis=0) for counts in sample])


def _check_axes(evidence: Evidence) -> None:
    """Refuse histograms of coefficients in another basis than the papers'."""
    if evidence.axes != PCA:
        raise UndecidedError(f"the papers compare in the PCA basis of all filters; this run has basis={evidence.axes}")


def _has(lineages: int, filters: int) -> str:
    return f"{lineages} {'lineage' if lineages == 1 else 'lineages'}, {filters:,} filters"


def enough() -> str:
    """What a group must have to be compared, in words."""
    return f"{FEWEST_LINEAGES} lineages of models and {ENOUGH:,} filters"
