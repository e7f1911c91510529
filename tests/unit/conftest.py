"""Layers of filters and their moments, by numpy."""

import numpy as np
import pytest

from filtershift.passes.moments import LayerMoments


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def layers_of_filters(rng: np.random.Generator) -> list[np.ndarray]:
    """Filters of twelve layers with different means and covariances."""
    sizes = (1, 2, 3, 40, 500, 17, 900, 64, 64, 10, 250, 5)
    return [rng.normal(0, 0.3, 9) + rng.normal(size=(n, 9)) @ rng.normal(0, 0.2, (9, 9)) for n in sizes]


@pytest.fixture
def moments_of():
    """Moments of layers; both variants are the filters as they are, the second times two."""

    def compute(layers: list[np.ndarray]) -> LayerMoments:
        mean = np.stack([rows.mean(axis=0) if len(rows) else np.zeros(9) for rows in layers])
        centred = [rows - m for rows, m in zip(layers, mean, strict=True)]
        scatter = np.stack([rows.T @ rows for rows in centred])
        return LayerMoments(
            layer=np.arange(len(layers)) * 10,
            n=np.array([len(rows) for rows in layers]),
            mean=np.stack([mean, 2 * mean], axis=1),
            scatter=np.stack([scatter, 4 * scatter], axis=1),
            peak=np.array([np.abs(rows).max(initial=0) for rows in layers]),
            mean_range=np.array([np.ptp(rows, axis=1).mean() if len(rows) else np.nan for rows in layers]),
            zeros=np.array([(rows == 0).all(axis=1).sum() for rows in layers]),
            non_finite=np.zeros(len(layers), np.int64),
            reach=np.zeros((len(layers), 2, 4)),
        )

    return compute
