"""The layers of a grouping with their moments, for divergences of means and covariances."""

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.shifts.choices import Choices
from filtershift.analysis.shifts.gaussian import CoefficientMoments, Gaussians
from filtershift.analysis.uncertainty.layer_sums import LayerSums, owners, sorted_layers

Array = NDArray[np.floating]
Indices = NDArray[np.int64]

_I, _J = np.triu_indices(9)


class MomentLayers(LayerSums):
    """The layers of a grouping, of which moments add up.

    Filters are drawn as if those of a layer were normally distributed. Then the mean of d filters is normal and their
    scatter has a Wishart distribution, whatever the filters were (Wishart, Biometrika 20, 1928): nothing but the
    layer's own moments is needed.

    Attributes:
        counts: (L, 55) the number of filters, the sums of their nine coefficients, and the sums of the 45 products of
            two of these.
    """

    @property
    def whole(self) -> Array:
        """The sums, which are never split."""
        return self.counts

    def evened(self, counts: Array, observed: Array) -> Array:
        """All sums by the same factor."""
        n = counts[..., :1]
        return np.where(n > 0, counts * observed[..., :1] / np.where(n > 0, n, 1), observed)

    def redrawn(self, random: Generator, observed: Array) -> Array:
        """Normally distributed filters."""
        return _drawn(random, observed, observed[..., 0])

    def split(self, random: Generator, counts: Array, times: int) -> tuple[Array, Array]:
        """Two independent draws: their difference varies as that of halves does."""
        whole = np.broadcast_to(counts, (times, counts.size))
        first = np.full(times, counts[0] // 2)
        return _drawn(random, whole, first), _drawn(random, whole, whole[:, 0] - first)

    def thinned(self, random: Generator, whole: Array, share: Array) -> Array:
        """k of m filters vary about all m as 1 / (1/k - 1/m) filters vary about their distribution."""
        n = whole[..., 0]
        kept = random.binomial(np.rint(n).astype(np.int64), share[..., 0])
        some = (kept > 0) & (kept < n)
        found = whole * (kept / np.maximum(n, 1))[..., None]
        drawn = _drawn(random, whole[some], kept[some] * n[some] / (n[some] - kept[some]))
        found[some] = drawn * (kept[some] / n[some])[:, None]
        return found


def moment_layers(
    moments: CoefficientMoments,
    groups: Membership,
    model: pd.Series,
    choices: Choices,
    cluster: pd.Series | None = None,
) -> MomentLayers:
    """Make `MomentLayers` of the layers of a grouping.

    Args:
        moments: of all layers of the data set.
        groups: the groups of the grouping and their layers.
        model: the model_id of each layer of the data set.
        choices: how shifts are computed.
        cluster: the cluster of each model_id; None if models are independent.
    """
    own = moments.of(np.array(list(groups.group_of), np.int64))
    group, owner, own_cluster = owners(groups, model, cluster)
    order, known = sorted_layers(own.n.astype(float), group, len(groups.labels), owner, own_cluster, choices)
    n = known["n"]
    return MomentLayers(counts=_sums(n, own.mean[order], own.scatter[order] / n[:, None, None]), **known)


def gaussians_of(sums: Array) -> Gaussians:
    """The mean (…, 9) and covariance (…, 9, 9) of sums (…, 55); zeros without filters."""
    each = np.asarray(sums, np.float64) / np.maximum(sums[..., :1], np.finfo(float).tiny)
    mean, product = each[..., 1:10], np.empty((*sums.shape[:-1], 9, 9))
    product[..., _I, _J] = product[..., _J, _I] = each[..., 10:]
    return Gaussians(mean, product - mean[..., :, None] * mean[..., None, :])


def _sums(n: Array, mean: Array, covariance: Array) -> Array:
    """The sums (…, 55) of n (…) filters of this mean (…, 9) and covariance (…, 9, 9)."""
    product = covariance + mean[..., :, None] * mean[..., None, :]
    each = np.concatenate([np.ones((*n.shape, 1)), mean, product[..., _I, _J]], axis=-1)
    return n[..., None] * each


def _drawn(random: Generator, sums: Array, d: Array) -> Array:
    """Sums (…, 55) like those given, of d (…) filters drawn from a normal distribution of their mean and covariance.

    They count as many filters as those given. ``d`` need not be whole. The scatter of d filters about their own mean
    is F A Aᵀ Fᵀ, with F Fᵀ the covariance and A lower triangular: normal numbers below the diagonal, and on it the
    roots of chi-square ones with d - 1, d - 2, … degrees of freedom (Bartlett, Proc. R. Soc. Edinburgh 53, 1933). If
    d - 1 is less than nine, its last columns are 0.
    """
    given = gaussians_of(sums)
    values, vectors = np.linalg.eigh(given.covariance)
    factor = vectors * np.sqrt(np.maximum(values, 0))[..., None, :]
    freedom = np.maximum(d[..., None] - 1 - np.arange(9), 0)
    triangle = np.tril(random.standard_normal((*d.shape, 9, 9)), -1) * np.sqrt(np.minimum(freedom, 1))[..., None, :]
    triangle[..., np.arange(9), np.arange(9)] = np.sqrt(2 * random.standard_gamma(freedom / 2))
    scatter = factor @ triangle
    step = (factor @ random.standard_normal((*d.shape, 9, 1)))[..., 0]
    each = np.maximum(d, 1)[..., None]
    covariance = scatter @ np.swapaxes(scatter, -1, -2) / each[..., None]
    return _sums(sums[..., 0], given.mean + step / np.sqrt(each), covariance)
