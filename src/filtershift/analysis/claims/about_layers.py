"""Statistics that decide the papers' claims about single layers (ranges and quality), one function per claim.

The first line of each function's docstring is the definition of the statistic that users see.
"""

from fnmatch import fnmatchcase

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.claims.about_shifts import DISCRIMINATOR
from filtershift.analysis.claims.evidence import Evidence
from filtershift.analysis.claims.groups import DEPTHS, FEWEST_LINEAGES, Finding, UndecidedError, numbered
from filtershift.analysis.claims.statistics import rank_correlation, weighted_quantile

Array = NDArray[np.float64]

SMALL_SETS = ("*mnist*", "*cifar*", "*svhn*")
"""Patterns of the names (in lower case) of training sets with few, small images."""


def ranges_by_depth(evidence: Evidence) -> Finding:
    """Spearman's correlation of depth, decile by decile, with the median of the models' mean raw filter ranges."""
    ranges = _ranges(evidence)
    medians = _quantiles(evidence, ranges, 0.5)
    return _of_ranges(rank_correlation(np.arange(ranges.shape[1], dtype=float), medians), ranges)


def range_spread_by_depth(evidence: Evidence) -> Finding:
    """The median interquartile range, over the first three tenths of depth, of models' ranges over that of the rest."""
    ranges = _ranges(evidence)
    box = _quantiles(evidence, ranges, 0.75) - _quantiles(evidence, ranges, 0.25)
    first = round(0.3 * ranges.shape[1])
    return _of_ranges(np.median(box[:, :first], axis=1) / np.median(box[:, first:], axis=1), ranges)


def _ranges(evidence: Evidence) -> Array:
    """The mean raw filter range of each model in each depth decile, (M, deciles); NaN where it has no filters."""
    labels, _ = numbered(evidence, "depth_decile")
    if len(labels) < DEPTHS:
        raise UndecidedError(f"the grouping depth_decile has {len(labels)} groups; it takes {DEPTHS}")
    layers = evidence.layers[(evidence.layers["depth_decile"] >= 0) & evidence.layers["mean_range"].notna()]
    n = layers["n_filters"] - layers["non_finite_filters"]
    sums = layers.assign(n=n, sum=layers["mean_range"] * n).groupby(["model", "depth_decile"])[["sum", "n"]].sum()
    table = (sums["sum"] / sums["n"]).unstack().reindex(range(len(evidence.models)))
    ranges = table.reindex(columns=range(len(labels))).to_numpy(float)
    for label, known in zip(labels, np.isfinite(ranges).T, strict=True):
        if evidence.lineages(np.flatnonzero(known)) < FEWEST_LINEAGES:
            raise UndecidedError(f"fewer than {FEWEST_LINEAGES} lineages of models have filters in {label}")
    return ranges


def _quantiles(evidence: Evidence, ranges: Array, share: float) -> Array:
    """The quantile of each column of ``ranges`` in every draw, (draws, deciles)."""
    known = np.isfinite(ranges)
    columns = [
        weighted_quantile(ranges[known[:, k], k], evidence.weight[:, known[:, k]], share)
        for k in range(ranges.shape[1])
    ]
    return np.stack(columns, axis=1)


def _of_ranges(draws: Array, ranges: Array) -> Finding:
    models = np.flatnonzero(np.isfinite(ranges).any(axis=1))
    return Finding(draws, models, f"{len(models)} models in {ranges.shape[1]} groups of depth_decile")


def models_with_degenerate_layers(evidence: Evidence) -> Finding:
    """The share of models that have a degenerate layer."""
    share = _states(evidence, "degenerate")
    judged = np.flatnonzero(share.notna())
    _several(evidence, judged, "have a layer that can be judged")
    return Finding(_mean(evidence, judged, share > 0), judged, f"{len(judged)} models")


RESTORATION = ("Super Resolution", "Denoising", "Inpainting")
"""Tasks whose output is the image that the input came from."""


def degenerate_layers_of_restoration(evidence: Evidence) -> Finding:
    """The mean share of degenerate layers in models that restore images less that in all others."""
    labels, cell = numbered(evidence, "task")
    share = _states(evidence, "degenerate")
    restoring = np.isin(np.array(labels, object)[cell], RESTORATION) & (cell >= 0)
    models = np.flatnonzero(share.notna())
    restore = np.intersect1d(models, evidence.model[restoring])
    others = np.setdiff1d(models, restore)
    _several(evidence, restore, "restore images")
    _several(evidence, others, "do something else")
    draws = _mean(evidence, restore, share) - _mean(evidence, others, share)
    return Finding(draws, restore, f"{len(restore)} models that restore images, {len(others)} others")


def discriminators_random_layers(evidence: Evidence) -> Finding:
    """The mean share of random-like layers in GAN-discriminators."""
    labels, cell = numbered(evidence, "task")
    if DISCRIMINATOR not in labels:
        raise UndecidedError(f"there is no {DISCRIMINATOR}; it takes {FEWEST_LINEAGES} lineages of them")
    share = _states(evidence, "random-like")
    models = np.unique(evidence.model[cell == labels.index(DISCRIMINATOR)])
    models = models[share.iloc[models].notna()]
    _several(evidence, models, f"are {DISCRIMINATOR}s with a layer that can be judged")
    return Finding(_mean(evidence, models, share), models, f"{len(models)} models")


def degenerate_layers_of_large_models_on_small_sets(evidence: Evidence) -> Finding:
    """The mean share of degenerate layers in large models trained on small sets less that in other large models."""
    share = _states(evidence, "degenerate")
    small, other = (models[share.iloc[models].notna()] for models in _large(evidence))
    _several(evidence, small, "are large and trained on a small set")
    _several(evidence, other, "are large and trained on another set")
    draws = _mean(evidence, small, share) - _mean(evidence, other, share)
    return Finding(draws, small, f"{len(small)} large models on small sets, {len(other)} others")


def entropy_in_depth_of_large_models_on_small_sets(evidence: Evidence) -> Finding:
    """The mean over large models trained on small sets of: median variance entropy, deeper half less first half."""
    layers = evidence.layers
    half = layers["conv_depth_norm"] >= 0.5
    medians = layers.groupby(["model", half])["variance_entropy"].median().unstack()
    change = medians.reindex(columns=[False, True]).diff(axis=1)[True].reindex(range(len(evidence.models)))
    small, _ = _large(evidence)
    small = small[change.iloc[small].notna()]
    _several(evidence, small, "are large, trained on a small set and have layers in both halves")
    return Finding(_mean(evidence, small, change), small, f"{len(small)} large models on small sets")


def _states(evidence: Evidence, state: str) -> pd.Series:
    """The share of each model's judged layers that are in this state, (M,); missing if no layer is judged."""
    layers = evidence.layers.dropna(subset=["state"])
    return (layers["state"] == state).groupby(layers["model"]).mean().reindex(range(len(evidence.models)))


def _large(evidence: Evidence) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers of models with at least the median number of filters: those trained on small sets, and on other sets."""
    models = evidence.models
    large = models["n_filters"] >= models["n_filters"].median()
    trained = models["training_set"]
    small = trained.map(lambda text: _is_small(str(text)), na_action="ignore").fillna(False).astype(bool)
    return np.flatnonzero(large & small), np.flatnonzero(large & ~small & trained.notna())


def _is_small(training_set: str) -> bool:
    """Whether all training sets of a combination (joined by commas) are small."""
    names = training_set.lower().split(",")
    return all(any(fnmatchcase(name, pattern) for pattern in SMALL_SETS) for name in names)


def _mean(evidence: Evidence, models: NDArray[np.int64], values: pd.Series) -> Array:
    """The mean of the values (M,) of some models in every draw, (draws,); NaN in a draw without any of them."""
    weight = evidence.weight[:, models]
    total, sums = weight.sum(axis=1), weight @ values.iloc[models].to_numpy(float)
    return np.divide(sums, total, out=np.full(len(total), np.nan), where=total > 0)


def _several(evidence: Evidence, models: NDArray[np.int64], which: str) -> None:
    if (found := evidence.lineages(models)) < FEWEST_LINEAGES:
        raise UndecidedError(f"{len(models)} models of {found} lineages {which}; it takes {FEWEST_LINEAGES} lineages")
