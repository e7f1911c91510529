"""Moments of layers, of filters that are there or of made-up ones."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from filtershift.analysis.shifts.gaussian import CoefficientMoments, Gaussians
from filtershift.passes.moments import LayerMoments

Array = NDArray[np.float64]


def moments_of(layers: Sequence[Array]) -> CoefficientMoments:
    """The moments of layers, of the coefficients (n, 9) of each."""
    mean = np.array([x.mean(axis=0) if len(x) else np.zeros(9) for x in layers])
    scatter = np.array([(x - m).T @ (x - m) for x, m in zip(layers, mean, strict=True)])
    return CoefficientMoments(np.arange(len(layers)), np.array([len(x) for x in layers]), mean, scatter)


def made_moments(sizes: Sequence[int], seed: int = 0) -> CoefficientMoments:
    """The moments of layers of these numbers of filters, each normally distributed around a mean of its own."""
    return moments_of(made_layers(sizes, seed))


def made_layers(sizes: Sequence[int], seed: int = 0) -> list[Array]:
    """Coefficients (n, 9) of correlated components."""
    rng = np.random.default_rng(seed)
    return [rng.normal(0, 0.3, 9) + rng.normal(size=(n, 9)) @ rng.normal(0, 0.3, (9, 9)) for n in sizes]


def gaussians_like(counts: Array, seed: int) -> Gaussians:
    """Made-up moments of groups, missing where the histograms (groups, …) of a group are empty."""
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(len(counts), 9, 12))
    some = np.where(counts.any(axis=(1, 2)), 1, np.nan)
    return Gaussians(
        rng.normal(size=(len(counts), 9)) * some[:, None], factor @ factor.transpose(0, 2, 1) * some[:, None, None]
    )


def made_layer_moments(n: NDArray[np.int64]) -> LayerMoments:
    """Made-up results of pass 1, of layers of n filters (L,)."""
    rng, count = np.random.default_rng(7), len(n)
    scatter = np.einsum("lvij,lvkj->lvik", *[rng.normal(size=(count, 2, 9, 9))] * 2) * n[:, None, None, None]
    none = np.zeros(count, np.int64)
    mean = rng.normal(size=(count, 2, 9))
    reach = np.zeros((count, 2, 4))
    return LayerMoments(np.arange(count), n, mean, scatter, none + 1.0, none + 1.0, none, none, reach)
