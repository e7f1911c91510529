"""Weighted quantiles and rank correlations for many draws at once."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]


def weighted_quantile(values: Array, weights: Iterable[Array], share: float) -> Array:
    """The quantile of values (N,) for each row (N,) of weights; a weight says how often its value counts.

    If the quantile falls between two values, it is their mean, like the median of an even number of values. It is NaN
    if all weights are 0.
    """
    order = np.argsort(values, kind="stable")
    ordered, quantiles = values[order], []
    for weight in weights:
        total = np.cumsum(weight[order])
        rank = share * total[-1] if len(total) else 0
        if rank == 0:
            quantiles.append(np.nan)
            continue
        low, high = (np.searchsorted(total, rank, side) for side in ("left", "right"))
        quantiles.append((ordered[low] + ordered[min(high, len(ordered) - 1)]) / 2)
    return np.array(quantiles)


def rank_correlation(values: Array, rows: Array) -> Array:
    """Spearman's correlation of values (N,) with each row (draws, N); NaN if a row lacks a value."""
    fixed = pd.Series(values).rank().to_numpy(float)
    found = pd.DataFrame(rows).rank(axis=1).to_numpy(float)
    fixed, found = fixed - fixed.mean(), found - found.mean(axis=1, keepdims=True)
    scale = np.sqrt((fixed**2).sum() * (found**2).sum(axis=1))
    return np.divide(found @ fixed, scale, out=np.full(len(rows), np.nan), where=scale > 0)
