"""Simulate layers of models in groups with known distributions, so that the true shift between groups is known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import ndtr

from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.shifts.choices import GAUSSIAN, PAPER, Choices
from filtershift.analysis.shifts.d_matrix import EPSILON
from filtershift.analysis.shifts.divergences import comparable, distance
from filtershift.analysis.shifts.gaussian import CoefficientMoments, Gaussians, gaussian_parts
from filtershift.analysis.uncertainty.grouped_layers import grouped_layers
from filtershift.analysis.uncertainty.layer_sums import LayerSums
from filtershift.analysis.uncertainty.moment_layers import moment_layers

Array = NDArray[np.float64]

BINS, REACH = 70, 3.0
EDGES = np.linspace(-REACH, REACH, BINS + 1)
WIDTH = 2 * REACH / BINS
# About the explained variance ratios of the paper's data.
RATIO = np.array([0.398, 0.183, 0.117, 0.099, 0.066, 0.055, 0.030, 0.028, 0.024])
SIGMA = 0.6 * np.sqrt(RATIO / RATIO[0])


@dataclass(frozen=True)
class Population:
    """How models differ within a group; all lengths are in standard deviations of the coefficient.

    Attributes:
        models: standard deviation of the means of models.
        scales: standard deviation of the logarithms of the models' standard deviations.
        layers: standard deviation of the means of a model's layers.
        count: mean number of layers per model; every model has at least one.
        filters: median number of filters per layer.
        sizes: standard deviation of the logarithm of the number of filters, between models and between layers.
    """

    models: float = 0.5
    scales: float = 0.2
    layers: float = 0.3
    count: float = 8
    filters: float = 1000
    sizes: float = 0.7

    def probability(self, shift: float) -> Array:
        """The distribution (9, BINS) of infinitely many models, with means moved by ``shift``."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(21)
        sigma = SIGMA * np.exp(self.scales * nodes)[:, None]
        wide = np.sqrt(sigma**2 + (self.models**2 + self.layers**2) * SIGMA**2)
        mean = np.broadcast_to(shift * SIGMA, wide.shape)
        return np.einsum("s,sib->ib", weights / weights.sum(), binned(mean, wide))

    def gaussian(self, shift: float, scale: float) -> tuple[Array, Array]:
        """The mean (9,) and covariance (9, 9) of infinitely many models, moved, and ``scale`` times as wide.

        The mean of squares of log-normal standard deviations is exp(2 ``scales``²) times as large.
        """
        wide = np.exp(2 * self.scales**2) + self.models**2 + self.layers**2
        return shift * SIGMA, np.diag(wide * (scale * SIGMA) ** 2)

    def model(self, random: Generator, size: tuple[int, int] | None = None) -> tuple[Array, Array, NDArray[np.int64]]:
        """One random model: means and standard deviations of its layers, (layers, 9), and their numbers of filters.

        ``size`` gives the number of layers and of filters per layer; without it they are random.
        """
        layers = size[0] if size else 1 + random.poisson(self.count - 1)
        filters = random.lognormal(np.log(self.filters) + self.sizes * random.normal(), self.sizes, layers)
        mean = self.models * random.normal(size=9) + self.layers * random.normal(size=(layers, 9))
        n = np.full(layers, size[1]) if size else np.maximum(filters, 1).astype(np.int64)
        sigma = SIGMA * np.exp(self.scales * random.normal(size=9))
        return mean * SIGMA, np.broadcast_to(sigma, mean.shape), n


@dataclass(frozen=True)
class Group:
    """A group to simulate.

    Attributes:
        models: their number.
        shift: how far it is moved.
        size: fixed numbers of layers per model and filters per layer.
        scale: how many times as wide its coefficients are spread.
    """

    models: int
    shift: float = 0.0
    size: tuple[int, int] | None = None
    scale: float = 1.0


def simulate(random: Generator, population: Population, groups: Sequence[Group], choices: Choices = PAPER) -> LayerSums:
    """Simulate layers of groups that do not share models."""
    rows = []
    for g, group in enumerate(groups):
        for _ in range(group.models):
            mean, sigma, n = population.model(random, group.size)
            rows.append((group.scale * mean + group.shift * SIGMA, group.scale * sigma, n, np.full(len(n), g)))
    return _counted(random, rows, len(groups), choices)


def simulate_shared(random: Generator, population: Population, shifts: Sequence[float], models: int) -> LayerSums:
    """Simulate groups that share all models, as depths do: each layer is in a random group, and moved as that group."""
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
) -> LayerSums:
    """Sample filters; each row is a model: means and standard deviations, filters and groups of its layers."""
    mean, sigma, n, group = (np.concatenate(column) for column in zip(*rows, strict=True))
    model = np.repeat(np.arange(len(rows)), [len(row[2]) for row in rows])
    if choices.divergence in GAUSSIAN:
        members = Membership([str(g) for g in range(groups)], [0] * groups, dict(enumerate(group.tolist())))
        return moment_layers(_moments(random, mean, sigma, n), members, pd.Series(model), choices)
    counts = random.multinomial(n[:, None], binned(mean, sigma))
    return grouped_layers(counts, WIDTH, RATIO, group, groups, model, choices=choices)


def _moments(random: Generator, mean: Array, sigma: Array, n: NDArray[np.int64]) -> CoefficientMoments:
    """Sample filters of layers, and take their moments."""
    filters = [m + s * random.normal(size=(count, 9)) for m, s, count in zip(mean, sigma, n.tolist(), strict=True)]
    means = np.array([x.mean(axis=0) for x in filters])
    scatter = np.array([(x - m).T @ (x - m) for x, m in zip(filters, means, strict=True)])
    return CoefficientMoments(np.arange(len(n)), n, means, scatter)


def true_distance(one: tuple[Array, Array], other: tuple[Array, Array], divergence: str) -> float:
    """The shift D of two distributions of known mean (9,) and covariance (9, 9)."""
    both = Gaussians(*(np.stack(pair) for pair in zip(one, other, strict=True)))
    return float(gaussian_parts(both, divergence)[:, 0, 1].sum())


def binned(mean: Array, sigma: Array) -> Array:
    """Probabilities (…, BINS) of the bins for normal distributions; values beyond the ends count in the end bins."""
    below = ndtr((EDGES - mean[..., None]) / sigma[..., None])
    below[..., 0], below[..., -1] = 0, 1
    return np.diff(below, axis=-1)


def true_shift(p: Array, q: Array, divergence: str = "kl") -> float:
    """The shift D of two distributions (9, BINS); densities below `EPSILON` are raised to it, as for empty bins."""
    p, q = (np.maximum(one, EPSILON * WIDTH) for one in (p, q))
    if divergence != "kl":
        x, y = (comparable(one, WIDTH, divergence) for one in (p, q))
        return float(RATIO @ distance(x, y, divergence))
    return float(RATIO @ ((p - q) * (np.log(p) - np.log(q))).sum(axis=-1))
