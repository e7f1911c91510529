"""The method in plain float64 numpy, on all filters at once: what a run is compared with."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BINS = 70
EPSILON = 1.1920929e-07


@dataclass(frozen=True)
class Basis:
    components: Array
    mean: Array
    ratio: Array


def finite(filters: NDArray) -> Array:
    return filters[np.isfinite(filters).all(axis=1)].astype(float)


def scaled(filters: Array) -> Array:
    peak = np.abs(filters).max(axis=1, keepdims=True)
    return np.divide(filters, peak, out=np.zeros_like(filters), where=peak > 0)


def pca(filters: Array) -> Basis:
    variance, vectors = np.linalg.eigh(np.cov(filters, rowvar=False))
    components = vectors.T[::-1]
    signs = [np.sign(row[np.abs(row).argmax()]) for row in components]
    return Basis(components * np.array(signs)[:, None], filters.mean(axis=0), variance[::-1] / variance.sum())


def coefficients(filters: Array, basis: Basis) -> Array:
    return (filters - basis.mean) @ basis.components.T


def histogram(values: Array, low: float, high: float) -> Array:
    """Counts per component, (9, BINS); what lies on an edge up to rounding is in the upper bin."""
    position = np.floor((values - low) / (high - low) * BINS + 1e-10).astype(int).clip(0, BINS - 1)
    return np.stack([np.bincount(column, minlength=BINS) for column in position.T])


def probability(counts: Array, width: float) -> Array:
    density = counts / (counts.sum(axis=1, keepdims=True) * width)
    density[counts == 0] = EPSILON
    return density / density.sum(axis=1, keepdims=True)


def shift_matrix(groups: dict[str, Array]) -> tuple[list[str], Array]:
    """Labels in drawn order and the D-matrix of groups of filters; the basis and the extent are those of all."""
    everything = np.concatenate(list(groups.values()))
    basis = pca(everything)
    all_values = coefficients(everything, basis)
    low, high = all_values.min(), all_values.max()
    width = (high - low) / BINS
    p = [probability(histogram(coefficients(rows, basis), low, high), width) for rows in groups.values()]
    d = np.array([[basis.ratio @ (a * np.log(a / b) + b * np.log(b / a)).sum(axis=1) for b in p] for a in p])
    order = np.argsort(d.mean(axis=0), kind="stable")
    return [list(groups)[k] for k in order], d[np.ix_(order, order)]


def quality(filters: Array) -> dict[str, float]:
    """Sparsity, variance entropy (clean, too) and random threshold of a layer, and the mean range of its filters."""
    peak, n = np.abs(filters).max(), len(filters)
    sparse = (np.abs(filters) < peak / 100).all(axis=1)
    return {
        "sparsity": float(sparse.mean()),
        "variance_entropy": _entropy(filters),
        "clean_variance_entropy": _entropy(filters[~sparse]),
        "random_threshold": 1.2618047 / (1 + np.exp(-0.88767525 * (np.log2(n) - 2.30436435))) - 0.31050834,
        "mean_range": float(np.ptp(filters, axis=1).mean()),
    }


def _entropy(filters: Array) -> float:
    variance = np.linalg.eigvalsh(np.cov(filters, rowvar=False))
    p = variance / variance.sum() if filters.any() else np.full(9, np.nan)
    return -float((p * np.log10(p)).sum())


def orthogonality(rows: Array) -> float:
    """1 - sum |W W' - I| / (n (n - 1)) of the rows, made of unit norm."""
    n = len(rows)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return float(1 - np.abs(unit @ unit.T - np.eye(n)).sum() / (n * (n - 1)))


def ranks(rows: Array) -> tuple[float, float]:
    """Stable and effective rank from the singular values of the rows."""
    energy = np.linalg.svd(rows, compute_uv=False) ** 2
    share = energy[energy > 0] / energy.sum()
    return 1 / float(share.max()), float(np.exp(-(share * np.log(share)).sum()))
