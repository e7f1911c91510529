"""Weighted quantiles and rank correlations in many draws."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]


def weighted_quantile(values: Array, weights: Iterable[Array], share: float) -> Array:
    """The quantile of values (N,) of which each counts as often as its weight says, for each row (N,) of weights.

    Halfway between two values where it lies between them, as the median of an even number; NaN where none counts.
    """
    order = np.argsort(values, kind="stable")
    ordered, quantiles = values[order], []
    for weight in weights:
        total = np.cumsum(weight[order])
        wanted = share * total[-1] if len(total) else 0
        if wanted == 0:
            quantiles.append(np.nan)
            continue
        low, high = (np.searchsorted(total, wanted, side) for side in ("left", "right"))
        quantiles.append((ordered[low] + ordered[min(high, len(ordered) - 1)]) / 2)
    return np.array(quantiles)


def rank_correlation(values: Array, rows: Array) -> Array:
    """Spearman's correlation of values (N,) with each row (draws, N); NaN where a row lacks a value."""
    wanted = pd.Series(values).rank().to_numpy(float)
    found = pd.DataFrame(rows).rank(axis=1).to_numpy(float)
    wanted, found = wanted - wanted.mean(), found - found.mean(axis=1, keepdims=True)
    scale = np.sqrt((wanted**2).sum() * (found**2).sum(axis=1))
    return np.divide(found @ wanted, scale, out=np.full(len(rows), np.nan), where=scale > 0)
