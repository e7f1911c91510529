"""The method in plain float64 numpy, on all filters at once: what the passes are compared with."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.bases import Bases, Basis
from filtershift.passes.extent import SIZES, LayerExtent

Array = NDArray[np.float64]

# Coefficients this share of a stored bin below an edge belong to the bin above it.
TIE = 1e-9

_UNIT, _ZERO, _EVEN = np.eye(9), np.zeros(9), np.ones(9)


class InMemory:
    """A source of filters that is an array."""

    def __init__(self, filters: NDArray[np.floating]) -> None:
        self.filters = filters

    def read(self, start: int, stop: int) -> NDArray[np.floating]:
        return self.filters[start:stop]


def row_ranges_of(*layers: list[tuple[int, int]]) -> pd.DataFrame:
    """The runs (start, stop) of layers 0, 1, …"""
    rows = [(layer, start, stop) for layer, row_ranges in enumerate(layers) for start, stop in row_ranges]
    return pd.DataFrame(rows, columns=["layer", "start", "stop"])


def layer_table(row_ranges: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"n_filters": (row_ranges["stop"] - row_ranges["start"]).groupby(row_ranges["layer"]).sum()})


def owned(filters: NDArray[np.floating], row_ranges: pd.DataFrame, layer: int) -> Array:
    """All filters of a layer, as float64."""
    mine = row_ranges[row_ranges["layer"] == layer]
    parts = [filters[start:stop] for start, stop in zip(mine["start"], mine["stop"], strict=True)]
    return np.concatenate(parts).astype(np.float64)


def finite(filters: Array) -> Array:
    return filters[np.isfinite(filters).all(axis=1)]


def scaled(filters: Array) -> Array:
    peak = np.abs(filters).max(axis=1, keepdims=True)
    return np.divide(filters, peak, out=np.zeros_like(filters), where=peak > 0)


def variants(filters: Array) -> tuple[Array, Array]:
    """The finite filters of both variants: scaled, unscaled."""
    rows = finite(filters)
    return scaled(rows), rows


def moments(filters: Array) -> tuple[Array, Array]:
    """Mean and scatter of filters; zero for none."""
    if len(filters) == 0:
        return np.zeros(9), np.zeros((9, 9))
    mean = filters.mean(axis=0)
    return mean, (filters - mean).T @ (filters - mean)


def made_basis(components: Array = _UNIT, mean: Array = _ZERO, variance: Array = _EVEN) -> Basis:
    """A basis with these components (9, 9), mean (9,) and variances (9,), of any number of filters."""
    return Basis(components, mean, variance, variance / variance.sum(), 1000)


STILL = made_basis()
"""A basis in which coefficients are the weights."""


def bases(filters: NDArray[np.floating]) -> Bases:
    """The global bases of both variants."""
    both = []
    for rows in variants(filters.astype(np.float64)):
        variance, vectors = np.linalg.eigh(np.cov(rows.T))
        components = vectors.T[::-1]
        leading = np.abs(components).argmax(axis=1)
        components = components * np.sign(components[np.arange(9), leading])[:, None]
        both.append(made_basis(components, rows.mean(axis=0), variance[::-1]))
    return both[0], both[1]


def made_extent(layer: NDArray, low: Array, high: Array, sparse: NDArray[np.int64]) -> LayerExtent:
    """An extent whose sparse filters are zero, and of whose filters the sizes were not counted."""
    count = len(layer)
    mean, scatter, sizes = np.zeros((count, 2, 9)), np.zeros((count, 2, 9, 9)), np.zeros((count, SIZES), np.int64)
    return LayerExtent(layer, low, high, sparse, mean, scatter, sizes)


def coefficients(filters: Array, basis: Basis) -> Array:
    """Coefficients (n, 9) of filters in a basis."""
    return (filters - basis.mean) @ basis.components.T


def histogram(values: Array, ends: Array, bins: int, stored: int) -> NDArray[np.int64]:
    """Counts in uniform bins [e_j, e_j+1), the last one closed; a value just below an edge is on it.

    Values outside go to the first or last bin. ``stored`` is the number of bins the ends are divided into in files.
    """
    edges = np.linspace(ends[0], ends[1], bins + 1) - TIE * (ends[1] - ends[0]) / stored
    position = np.searchsorted(edges, values, side="right") - 1
    return np.bincount(np.clip(position, 0, bins - 1), minlength=bins)


def assert_identical(first: object, second: object) -> None:
    """Two results hold the same arrays, bit for bit."""
    for name, values in vars(first).items():
        other = vars(second)[name]
        assert (values.dtype, values.shape) == (other.dtype, other.shape), name
        assert values.tobytes() == other.tobytes(), name
