"""Fréchet and Bures distances: of the means and covariances of groups alone, without bins, extent and epsilon.

The squared Fréchet distance (Dowson & Landau, J. Multivariate Anal. 12, 1982) of two groups is the least mean squared
distance by which filters of one have to move to become those of the other, were both normally distributed:

    |m₁ - m₂|² + tr(S₁ + S₂ - 2 (S₁^½ S₂ S₁^½)^½)

The squared Bures distance (Trans. Amer. Math. Soc. 135, 1969) is its second part: what is left between groups of the
same mean. Both are in squared units of the weights, see correlations between components, and are the same in every
orthonormal basis. Squares are taken as in the Fréchet inception distance (Heusel et al., NeurIPS 2017): like the
Kullback-Leibler divergence they grow with the square of a small difference, and their roots are metrics.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from filtershift.passes.bases import Basis
from filtershift.passes.moments import LayerMoments, merge

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

# Singular values below this share of the largest are rounding.
_ROUNDING = 1e-14


@dataclass(frozen=True)
class CoefficientMoments:
    """The moments of the coefficients of each layer, in one variant.

    Attributes:
        layer: (L,) layer numbers, ascending.
        n: (L,) filters.
        mean: (L, 9) mean coefficients.
        scatter: (L, 9, 9) sum of outer products of the coefficients less their mean.
    """

    layer: Indices
    n: Indices
    mean: Array
    scatter: Array

    def of(self, layers: Indices) -> "CoefficientMoments":
        """Those of some layers, in the order given."""
        rows = np.searchsorted(self.layer, layers)
        return CoefficientMoments(self.layer[rows], self.n[rows], self.mean[rows], self.scatter[rows])


@dataclass(frozen=True)
class Gaussians:
    """Means (G, 9) and covariances (G, 9, 9) of the coefficients of groups; NaN for a group without filters.

    The covariance is the mean of outer products, with denominator n: the same if every filter is there twice.
    """

    mean: Array
    covariance: Array


def coefficient_moments(moments: LayerMoments, variant: int, basis: Basis) -> CoefficientMoments:
    """The moments of filters along a basis; ``variant`` is 0 for scaled, 1 for unscaled filters."""
    axes = basis.components
    mean = (moments.mean[:, variant] - basis.mean) @ axes.T
    return CoefficientMoments(moments.layer, moments.n, mean, axes @ moments.scatter[:, variant] @ axes.T)


def gaussians(moments: CoefficientMoments, weight: Array, group: Indices, groups: int) -> Gaussians:
    """The mean and covariance of each group of layers.

    Args:
        moments: of L layers.
        weight: (L,) of each filter of a layer; those of a group add up to its number of filters.
        group: (L,) the group of each layer, 0 … groups - 1.
        groups: how many groups.
    """
    n, mean, scatter = merge(moments.n * weight, moments.mean, moments.scatter * weight[:, None, None], group, groups)
    some = np.where(n > 0, n, np.nan)[:, None]
    return Gaussians(np.where(n[:, None] > 0, mean, np.nan), scatter / some[:, None])


def gaussian_parts(groups: Gaussians, divergence: str) -> Array:
    """The nine parts of the squared distance of every pair of groups, (9, groups, groups); NaN without filters.

    A part is the mean square of the way along one component, when filters of one group move to the other as directly
    as they can. So parts are never negative, and they add up to the distance, in any basis. With E = S₁^½ S₂^½ = U s Vᵀ
    the coefficients before and after have the covariance C = S₁^½ U Vᵀ S₂^½, and part i is

        (m₁ - m₂)ᵢ² + (S₁)ᵢᵢ + (S₂)ᵢᵢ - 2 Cᵢᵢ

    without the first term for "bures".
    """
    g = len(groups.mean)
    parts = np.full((9, g, g), np.nan)
    some = np.flatnonzero(~np.isnan(groups.mean[:, 0]))
    mean, covariance = groups.mean[some], groups.covariance[some]
    root, own = _root(covariance), np.diagonal(covariance, axis1=1, axis2=2)
    for k, a in enumerate(some.tolist()):
        u, size, vt = np.linalg.svd(root[k] @ root[k:])
        # Where one group does not vary, the way of the other is in no direction.
        u = u * (size > _ROUNDING * size[:, :1])[:, None, :]
        together = np.einsum("bij,bji->bi", root[k] @ u, vt @ root[k:])
        apart = own[k] + own[k:] - 2 * together
        if divergence == "frechet":
            apart += (mean[k] - mean[k:]) ** 2
        parts[:, a, some[k:]] = parts[:, some[k:], a] = np.maximum(apart, 0).T
        parts[:, a, a] = 0.0
    return parts


def gaussian_distances(one: Gaussians, others: Gaussians, divergence: str) -> Array:
    """The squared distances (…, B) of groups (…, 9) from ``others`` (…, B, 9): the sums of `gaussian_parts`.

    Faster, because the trace needs no more than the eigenvalues of FᵀS₂F, where S₁ = F Fᵀ.
    """
    factor = _factor(one.covariance)
    # A product of two large matrices per row, instead of one of small ones per pair: (…, 9, B, 9).
    many = np.moveaxis(others.covariance, -3, -2)
    rows = (many.reshape(*many.shape[:-3], -1, 9) @ factor).reshape(many.shape)
    both = np.swapaxes(factor, -1, -2) @ rows.reshape(*many.shape[:-3], 9, -1)
    eigenvalues = np.linalg.eigvalsh(np.moveaxis(both.reshape(many.shape), -2, -3))
    total = np.trace(one.covariance, axis1=-2, axis2=-1)[..., None] + np.trace(others.covariance, axis1=-2, axis2=-1)
    found: Array = total - 2 * np.sqrt(np.maximum(eigenvalues, 0)).sum(axis=-1)
    if divergence == "frechet":
        found += ((one.mean[..., None, :] - others.mean) ** 2).sum(axis=-1)
    return np.maximum(found, 0)


def _factor(covariance: Array) -> Array:
    """F with F Fᵀ = S for covariances S (…, 9, 9), which may be singular."""
    values, vectors = np.linalg.eigh(covariance)
    found: Array = vectors * np.sqrt(np.maximum(values, 0))[..., None, :]
    return found


def _root(covariance: Array) -> Array:
    """The symmetric root S^½ of covariances S (…, 9, 9)."""
    values, vectors = np.linalg.eigh(covariance)
    found: Array = (vectors * np.sqrt(np.maximum(values, 0))[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    return found
