"""Layers of models whose groups have known distributions, so that the true shift between them is known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import ndtr

from filtershift.analysis.shifts.choices import PAPER, Choices
from filtershift.analysis.shifts.d_matrix import EPSILON
from filtershift.analysis.shifts.divergences import comparable, distance
from filtershift.analysis.uncertainty.grouped_layers import GroupedLayers, grouped_layers

Array = NDArray[np.float64]

BINS, REACH = 70, 3.0
EDGES = np.linspace(-REACH, REACH, BINS + 1)
WIDTH = 2 * REACH / BINS
# About those of the paper's data.
RATIO = np.array([0.398, 0.183, 0.117, 0.099, 0.066, 0.055, 0.030, 0.028, 0.024])
SIGMA = 0.6 * np.sqrt(RATIO / RATIO[0])


@dataclass(frozen=True)
class Population:
    """How models differ within a group; all lengths in standard deviations of the coefficient.

    Attributes:
        models: spread of the means of models.
        scales: spread of the logarithms of their standard deviations.
        layers: spread of the means of a model's layers.
        count: mean number of layers of a model, which is at least one.
        filters: median filters of a layer.
        sizes: spread of the logarithm of the filters of models, and of layers.
    """

    models: float = 0.5
    scales: float = 0.2
    layers: float = 0.3
    count: float = 8
    filters: float = 1000
    sizes: float = 0.7

    def probability(self, shift: float) -> Array:
        """The distribution (9, BINS) that infinitely many models have whose means are moved by ``shift``."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(21)
        sigma = SIGMA * np.exp(self.scales * nodes)[:, None]
        wide = np.sqrt(sigma**2 + (self.models**2 + self.layers**2) * SIGMA**2)
        mean = np.broadcast_to(shift * SIGMA, wide.shape)
        return np.einsum("s,sib->ib", weights / weights.sum(), binned(mean, wide))

    def model(self, random: Generator, size: tuple[int, int] | None = None) -> tuple[Array, Array, NDArray[np.int64]]:
        """One model: means and standard deviations of its layers, (layers, 9), and their filters.

        ``size`` says how many layers of how many filters; else they are random.
        """
        layers = size[0] if size else 1 + random.poisson(self.count - 1)
        filters = random.lognormal(np.log(self.filters) + self.sizes * random.normal(), self.sizes, layers)
        mean = self.models * random.normal(size=9) + self.layers * random.normal(size=(layers, 9))
        n = np.full(layers, size[1]) if size else np.maximum(filters, 1).astype(np.int64)
        sigma = SIGMA * np.exp(self.scales * random.normal(size=9))
        return mean * SIGMA, np.broadcast_to(sigma, mean.shape), n


@dataclass(frozen=True)
class Group:
    """A group to simulate: how many models, how far it is moved, and layers and filters of each, if not random."""

    models: int
    shift: float = 0.0
    size: tuple[int, int] | None = None


def simulate(
    random: Generator, population: Population, groups: Sequence[Group], choices: Choices = PAPER
) -> GroupedLayers:
    """Layers of groups that share no model."""
    rows = []
    for g, group in enumerate(groups):
        for _ in range(group.models):
            mean, sigma, n = population.model(random, group.size)
            rows.append((mean + group.shift * SIGMA, sigma, n, np.full(len(n), g)))
    return _counted(random, rows, len(groups), choices)


def simulate_shared(random: Generator, population: Population, shifts: Sequence[float], models: int) -> GroupedLayers:
    """Layers of groups that share all models, as depths do: each layer is in a random one, and moved as that is."""
    rows = []
    for _ in range(models):
        mean, sigma, n = population.model(random)
        group = random.integers(0, len(shifts), len(n))
        rows.append((mean + np.asarray(shifts)[group, None] * SIGMA, sigma, n, group))
    return _counted(random, rows, len(shifts))


def _counted(
    random: Generator,
    rows: Sequence[tuple[Array, Array, NDArray, NDArray]],
    groups: int,
    choices: Choices = PAPER,
) -> GroupedLayers:
    """Sample the filters of models: means and standard deviations, filters and groups of their layers."""
    mean, sigma, n, group = (np.concatenate(column) for column in zip(*rows, strict=True))
    counts = random.multinomial(n[:, None], binned(mean, sigma))
    model = np.repeat(np.arange(len(rows)), [len(row[2]) for row in rows])
    return grouped_layers(counts, WIDTH, RATIO, group, groups, model, choices=choices)


def binned(mean: Array, sigma: Array) -> Array:
    """Probabilities (…, BINS) of the bins under normal distributions; what is beyond the ends counts in their bins."""
    below = ndtr((EDGES - mean[..., None]) / sigma[..., None])
    below[..., 0], below[..., -1] = 0, 1
    return np.diff(below, axis=-1)


def true_shift(p: Array, q: Array, divergence: str = "kl") -> float:
    """The shift D of two distributions (9, BINS); bins of less than `EPSILON` have that, as empty ones do."""
    p, q = (np.maximum(one, EPSILON * WIDTH) for one in (p, q))
    if divergence != "kl":
        x, y = (comparable(one, WIDTH, divergence) for one in (p, q))
        return float(RATIO @ distance(x, y, divergence))
    return float(RATIO @ ((p - q) * (np.log(p) - np.log(q))).sum(axis=-1))
