"""Do wasted layers matter? Rank correlations of the quality of layers with their measured importance.

A layer is important if the network's output changes when it is lost, as in Gavrikov et al., How Do Training Methods
Influence the Utilization of Vision Models? (2024), who put random weights in its place.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

COMPARED = (
    *("sparsity", "variance_entropy", "clean_variance_entropy", "entropy_ratio", "orthogonality"),
    *("stable_rank", "effective_rank", "rms_norm", "mean_range", "n_filters", "conv_depth_norm"),
)
"""Columns of quality/layers.csv; size and depth of layers are there to be compared with."""

FEWEST_LAYERS = 3
"""A model with fewer layers has no rank correlation of its own."""


def importance_correlations(
    quality: pd.DataFrame, importance: pd.Series, resamples: int, seed: int, level: float
) -> pd.DataFrame:
    """Spearman's rank correlation of each of `COMPARED` with the importance of layers, one row per column.

    Args:
        quality: one row per layer, with model_id and the columns of `COMPARED`.
        importance: of the same layers, in the same order; a layer without takes no part.
        resamples: how often models are drawn, as many as there are, to say how far a correlation can be believed; with
            0, or one model, ends of intervals are missing.
        seed: of the random numbers.
        level: share of these draws between the ends of an interval.

    Returns:
        Columns measure, n_layers, n_models, correlation (over all layers) with its interval low, high; and within, the
        mean over models of the correlation among the layers of each, with within_low, within_high.
    """
    rows = []
    for measure in COMPARED:
        known = quality[measure].notna().to_numpy() & importance.notna().to_numpy()
        model, units = pd.factorize(quality.loc[known, "model_id"])
        values, chosen = quality.loc[known, measure].to_numpy(float), importance[known].to_numpy(float)
        own = np.array([_own_correlation(values, chosen, model == k) for k in range(len(units))])
        draws = _draws(len(units), resamples if len(units) > 1 else 0, seed)
        first, second = _places(values), _places(chosen)
        pooled = [_correlation(first, second, weights[model].astype(float)) for weights in draws]
        rows.append(
            {
                "measure": measure,
                "n_layers": int(known.sum()),
                "n_models": len(units),
                "correlation": _correlation(first, second, np.ones(int(known.sum()))),
                **_interval("", np.array(pooled), level),
                "within": _means(own, np.ones((1, len(own))))[0],
                **_interval("within_", _means(own, draws), level),
            }
        )
    return pd.DataFrame(rows)


def _draws(models: int, resamples: int, seed: int) -> NDArray[np.int64]:
    """How often each model is drawn, (resamples, models)."""
    if not resamples:
        return np.zeros((0, models), np.int64)
    return np.random.default_rng(seed).multinomial(models, np.full(models, 1 / models), resamples)


def _own_correlation(values: Array, importance: Array, mine: NDArray[np.bool_]) -> float:
    if mine.sum() < FEWEST_LAYERS:
        return np.nan
    return _correlation(_places(values[mine]), _places(importance[mine]), np.ones(int(mine.sum())))


def _places(values: Array) -> NDArray[np.intp]:
    """The place of each value among the different ones, 0, 1, …."""
    return np.unique(values, return_inverse=True)[1]


def _correlation(first: NDArray[np.intp], second: NDArray[np.intp], weight: Array) -> float:
    """Spearman's correlation of layers that are there ``weight`` times, by `_places` of their values; NaN if equal.

    Equal values have the mean of their ranks.
    """
    if not weight.any():
        return np.nan
    ranks = []
    for places in (first, second):
        count = np.bincount(places, weight)
        rank = (count.cumsum() - count / 2)[places]
        ranks.append(rank - np.average(rank, weights=weight))
    a, b = ranks
    scale = np.sqrt((weight * a**2).sum() * (weight * b**2).sum())
    return float((weight * a * b).sum() / scale) if scale > 0 else np.nan


def _means(values: Array, weights: NDArray) -> Array:
    """Means of the values that are known, one for each row of weights; NaN for no weight."""
    known = np.isfinite(values)
    total = weights[:, known].sum(axis=1)
    means: Array = np.divide(
        weights[:, known] @ values[known], total, out=np.full(len(weights), np.nan), where=total > 0
    )
    return means


def _interval(name: str, draws: Array, level: float) -> dict[str, float]:
    draws = draws[np.isfinite(draws)]
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2]) if len(draws) else (np.nan, np.nan)
    return {f"{name}low": float(low), f"{name}high": float(high)}
