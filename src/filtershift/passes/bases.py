"""Bases that filters are measured in: principal components from moments, or patterns that no data set decides.

Principal components are full-rank PCA without the data, the same numbers as `sklearn.decomposition.PCA` on the filters
themselves: covariance with denominator n - 1, components by falling variance, the loading of largest magnitude in each
component positive.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.errors import FiltershiftError
from filtershift.passes.axes import FIXED, PCA
from filtershift.passes.moments import LayerMoments, merge
from filtershift.passes.patterns import dct_patterns, symmetry_patterns

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Basis:
    """An orthonormal basis of 3x3 filters.

    Attributes:
        components: (9, 9) one component per row; principal ones by falling variance.
        mean: (9,) what is subtracted from filters: their mean, or nothing if the basis is fixed.
        explained_variance: (9,) variance along each component, in squared weights.
        explained_variance_ratio: (9,) its share of the total; NaN where the total is zero or undefined.
        n_filters: how many filters it was computed from.
    """

    components: Array
    mean: Array
    explained_variance: Array
    explained_variance_ratio: Array
    n_filters: int


_PATTERNS = dict(zip(FIXED, (symmetry_patterns, dct_patterns), strict=True))

Bases = tuple[Basis, Basis]
"""The bases of scaled and of unscaled filters."""


def pca(n: int, mean: Array, scatter: Array) -> Basis:
    """The basis of n filters with this mean (9,) and scatter matrix (9, 9) about it.

    Sign rule: the loading of largest magnitude in each component is positive (scikit-learn >= 1.5); of loadings equal
    up to rounding the first decides. With fewer than two filters the variances are NaN.
    """
    if not np.isfinite(scatter).all():
        raise FiltershiftError("weights are too large: the squares of some exceed what float64 holds (1e308)")
    if n < 2:
        return Basis(np.eye(9), mean, np.full(9, np.nan), np.full(9, np.nan), n)
    variance, vectors = np.linalg.eigh(scatter / (n - 1))
    variance, components = np.maximum(variance[::-1], 0.0), vectors.T[::-1]
    size = np.abs(components)
    leading = np.argmax(size >= size.max(axis=1, keepdims=True) * (1 - 1e-9), axis=1)
    components = components * np.sign(components[np.arange(9), leading])[:, None]
    total = variance.sum()
    ratio = variance / total if total > 0 else np.full(9, np.nan)
    return Basis(np.ascontiguousarray(components), mean, variance, ratio, n)


def group_bases(moments: LayerMoments, variant: int, group_of: Mapping[int, int], groups: int) -> list[Basis]:
    """The basis of each of ``groups`` groups of layers; ``group_of`` gives a layer's group, 0 … groups - 1.

    Layers without a group are left out. ``variant`` is 0 for scaled, 1 for unscaled filters.

    Raises:
        FiltershiftError: weights so large that float64 does not hold their squares.
    """
    large = ~np.isfinite(moments.scatter[:, variant]).all(axis=(1, 2))
    if large.any():
        wrong = f"layer {moments.layer[large][0]} has weights as large as {moments.peak[large][0]:.3g}"
        raise FiltershiftError(f"{wrong}; expected less than 1e150, so that float64 holds the squares")
    group = np.array([group_of.get(layer, -1) for layer in moments.layer.tolist()], np.int64)
    taken = group >= 0
    merged = merge(
        moments.n[taken], moments.mean[taken, variant], moments.scatter[taken, variant], group[taken], groups
    )
    return [pca(int(n), mean, scatter) for n, mean, scatter in zip(*merged, strict=True)]


def global_basis(moments: LayerMoments, variant: int) -> Basis:
    """The basis of all filters, which every comparison is made in; ``variant`` as of `group_bases`."""
    return group_bases(moments, variant, dict.fromkeys(moments.layer.tolist(), 0), 1)[0]


def fixed_basis(moments: LayerMoments, variant: int, components: Array) -> Basis:
    """All filters along given orthonormal components (9, 9), with the variance along each of them.

    No mean is subtracted, so that coefficients of two data sets are the same quantities.
    """
    own = global_basis(moments, variant)
    variance = (components @ own.components.T) ** 2 @ own.explained_variance
    total = variance.sum()
    ratio = variance / total if total > 0 else np.full(9, np.nan)
    return Basis(components, np.zeros(9), variance, ratio, own.n_filters)


def global_bases(moments: LayerMoments, kind: str = PCA) -> Bases:
    """The global bases of both variants; ``kind`` is pca, or a name of `FIXED`."""
    if kind == PCA:
        return global_basis(moments, 0), global_basis(moments, 1)
    components = _PATTERNS[kind]()
    return fixed_basis(moments, 0, components), fixed_basis(moments, 1, components)


def stacked(bases: Bases) -> tuple[Array, Array]:
    """Components (2, 9, 9) and means (2, 9) of both variants, as the kernels take them."""
    return np.stack([basis.components for basis in bases]), np.stack([basis.mean for basis in bases])


def basis_table(bases: Sequence[tuple[str, Mapping[str, NDArray]]]) -> pd.DataFrame:
    """Bases as a table: one row per group and component, with its (cumulative) ratio and its nine loadings w0 … w8."""
    loadings = [f"w{p}" for p in range(9)]
    rows = [
        [label, i, ratio, total, *basis["components"][i]]
        for label, basis in bases
        for i, (ratio, total) in enumerate(
            zip(basis["explained_variance_ratio"], np.cumsum(basis["explained_variance_ratio"]), strict=True)
        )
    ]
    return pd.DataFrame(rows, columns=["group", "component", "explained_variance_ratio", "cumulative_ratio", *loadings])


def variance_table(titles: Sequence[str], groupings: Sequence[Mapping[str, Mapping[str, NDArray]]]) -> pd.DataFrame:
    """The ratios of the bases of some groupings: grouping (its title), then the first columns of `basis_table`."""
    tables = [basis_table(list(groups.items())).iloc[:, :4] for groups in groupings]
    return pd.concat(tables, keys=titles, names=["grouping"]).reset_index("grouping")
