"""Made-up checkpoints of runs, as what the passes find in them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.trajectory.trace import LayerHistograms
from filtershift.passes.moments import LayerMoments

EDGES = np.linspace(-6, 6, 71)
WIDTH = EDGES[1] - EDGES[0]
RATIO = np.array([0.4, 0.18, 0.12, 0.1, 0.07, 0.05, 0.04, 0.03, 0.01])

Checkpoints = Mapping[tuple[str, float], Mapping[str, NDArray[np.float64]]]
"""Of each run and number, the filters (n, 9) of each layer."""


def histogram(filters: NDArray[np.float64]) -> NDArray[np.int64]:
    """Counts (9, 70) of filters (n, 9), whose weights are taken for coefficients."""
    inside = np.clip(filters, EDGES[0], EDGES[-1])
    return np.stack([np.histogram(column, EDGES)[0] for column in inside.T])


def layer_table(checkpoints: Checkpoints) -> pd.DataFrame:
    """One row per layer, with the labels seed and epoch as texts, as the workflow reads them."""
    rows = [
        {
            "model_id": model_id,
            "model": f"{run}@{number:g}",
            "layer_name": name,
            "conv_depth": k,
            "conv_depth_norm": k / max(len(layers) - 1, 1),
            "n_filters": len(filters),
            "seed": run,
            "epoch": f"{number:g}",
        }
        for model_id, ((run, number), layers) in enumerate(checkpoints.items())
        for k, (name, filters) in enumerate(layers.items())
    ]
    return pd.DataFrame(rows).rename_axis("layer")


def measured(checkpoints: Checkpoints) -> tuple[dict[str, LayerHistograms], LayerMoments, pd.DataFrame]:
    """The histograms of both variants (equal here), the moments and a quality table of all layers."""
    every = [filters for layers in checkpoints.values() for filters in layers.values()]
    counts = np.stack([histogram(filters) for filters in every])
    n = np.array([len(filters) for filters in every])
    mean = np.stack([filters.mean(axis=0) for filters in every])
    apart = [filters - filters.mean(axis=0) for filters in every]
    scatter = np.stack([own.T @ own for own in apart])
    blank = np.zeros(len(n))
    moments = LayerMoments(
        layer=np.arange(len(n)),
        n=n,
        mean=np.stack([mean, mean], axis=1),
        scatter=np.stack([scatter, scatter], axis=1),
        peak=blank + 1,
        mean_range=blank,
        zeros=blank.astype(int),
        non_finite=blank.astype(int),
        reach=np.zeros((len(n), 2, 4)),
    )
    numbers = ("sparsity", "variance_entropy", "random_threshold", "orthogonality", "rms_norm", "mean_range")
    quality = pd.DataFrame({name: blank + k + 1 for k, name in enumerate(numbers)}).assign(state="diverse")
    quality["sparsity"] = np.arange(len(n)) / len(n)
    own = LayerHistograms(counts, WIDTH, RATIO)
    return {"scaled": own, "unscaled": own}, moments, quality.rename_axis("layer")


def seeds(
    epochs: Mapping[str, list[float]], layers: int = 4, n: int = 600, change: tuple[str, float] = ("", 0)
) -> Checkpoints:
    """Runs whose filters are drawn anew at each checkpoint, so that only chance tells these apart.

    ``change`` is a layer whose filters move by 1 at the epoch given, for good.
    """
    rng = np.random.default_rng(5)
    checkpoints = {}
    for run, numbers in epochs.items():
        for number in numbers:
            drawn = {f"conv{k}": rng.normal(size=(n, 9)) for k in range(layers)}
            if number >= change[1] and change[0]:
                drawn[change[0]] += 1
            checkpoints[run, number] = drawn
    return checkpoints
