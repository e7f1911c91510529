"""Layer quality after Gavrikov & Keuper (CVPR 2022, section 5): sparsity, entropy, random threshold, orthogonality."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.groups.membership import Membership
from filtershift.passes.extent import LayerExtent
from filtershift.passes.moments import LayerMoments, remove
from filtershift.passes.weight_matrices.measure import LayerMatrices
from filtershift.passes.weight_matrices.percentiles import PERCENTILES
from filtershift.results import VARIANTS

Array = NDArray[np.float64]

STATES = ("degenerate", "random-like", "diverse")
# A degenerate layer has a larger share of sparse filters than this,
SPARSE_SHARE = 0.5
# or a lower variance entropy: that of two patterns of equal variance.
LOWEST_ENTROPY = float(np.log10(2))


def variance_entropy(scatter: Array, least: Array | float = 0.0) -> Array:
    """Entropy H = -sum p log10 p of the variance ratios p of each scatter matrix (L, 9, 9); at most log10 9 = 0.954.

    The ratios are those of the layer's column-centred weight matrix. NaN where their sum is not above ``least`` (L,):
    equal filters have no variance, but their scatter matrix is seldom zero to the last digit.
    """
    variance = np.maximum(np.linalg.eigvalsh(scatter), 0.0)
    total = variance.sum(axis=-1, keepdims=True)
    ratio = np.divide(variance, total, out=np.full_like(variance, np.nan), where=total > np.reshape(least, (-1, 1)))
    with np.errstate(divide="ignore", invalid="ignore"):
        return 0.0 - np.where(ratio == 0, 0.0, ratio * np.log10(ratio)).sum(axis=-1)


def clean_variance_entropy(moments: LayerMoments, extent: LayerExtent, variant: str) -> Array:
    """Variance entropy of the filters of each layer that are not sparse, (L,); NaN for fewer than two.

    Of raw filters, the variant "unscaled", it is ``variance_entropy_clean`` of the authors' torchconvquality; of scaled
    ones that of Gavrikov & Keuper, Adversarial Robustness Through the Lens of Convolutional Filters (CVPRW 2022).
    """
    v = VARIANTS.index(variant)
    scatter = moments.scatter[:, v]
    sparse = extent.sparse, extent.sparse_mean[:, v], extent.sparse_scatter[:, v]
    left, _, clean = remove(moments.n, moments.mean[:, v], scatter, *sparse)
    unit = moments.peak if variant == "unscaled" else 1.0
    # What is left of a difference below this is rounding.
    rounding = np.where(extent.sparse > 0, 1e-13 * np.trace(scatter, axis1=1, axis2=2), 0.0)
    least = np.maximum(moments.n * (1e-12 * unit) ** 2, rounding)
    return np.where(left > 1, variance_entropy(clean, least), np.nan)


def random_threshold(n: NDArray[np.int64]) -> Array:
    """T_H(n): the entropy from which a layer of n filters cannot be told from random initialisation.

    The authors' sigmoid fit in log2 n. It is not positive for n <= 2: NaN there.
    """
    size = np.where(n > 2, n, 3)
    threshold = 1.2618047 / (1 + np.exp(-0.88767525 * (np.log2(size) - 2.30436435))) - 0.31050834
    return np.where(n > 2, threshold, np.nan)


def rms_norm(moments: LayerMoments) -> Array:
    """Root mean square of the L2 norms of each layer's raw filters, (L,); NaN for no filter."""
    spread = np.trace(moments.scatter[:, 1], axis1=1, axis2=2)
    spread = np.divide(spread, moments.n, out=np.full(len(spread), np.nan), where=moments.n > 0)
    return np.sqrt(spread + (moments.mean[:, 1] ** 2).sum(axis=1))


def weight_statistics(moments: LayerMoments, matrices: LayerMatrices) -> dict[str, Array]:
    """Mean and variance of the single raw weights of each layer, and `PERCENTILES` of them; NaN for no weight.

    The features of Unterthiner et al., Predicting Neural Network Accuracy from Weights (arXiv:2002.11448). Percentiles
    need the layer's shape, and that all its weights are finite.
    """
    n = np.where(moments.n > 0, moments.n, np.nan)
    mean = np.where(moments.n > 0, moments.mean[:, 1].mean(axis=1), np.nan)
    between = moments.mean[:, 1].var(axis=1)
    return {
        "weight_mean": mean,
        "weight_variance": np.trace(moments.scatter[:, 1], axis1=1, axis2=2) / (9 * n) + between,
        **{f"weight_{p}": column for p, column in zip(PERCENTILES, matrices.percentiles.T, strict=True)},
    }


def layer_state(
    n: NDArray[np.int64],
    zeros: NDArray[np.int64],
    sparsity: Array,
    entropy: Array,
    *,
    sparse_share: float = SPARSE_SHARE,
    lowest_entropy: float = LOWEST_ENTROPY,
    random_from: float = 1.0,
) -> NDArray[np.object_]:
    """Which of `STATES` each layer is in: the first of these that it meets, or None.

    Degenerate: all its n filters are zero, or more than ``sparse_share`` of them sparse, or its entropy below
    ``lowest_entropy`` and below the random threshold, as 3 or 4 random filters have no more patterns.
    Random-like: its entropy reaches the threshold, ``random_from`` times that of `random_threshold`. Diverse: all
    others of three filters or more.
    Filters without variance are one pattern, of entropy 0. Fewer than three, unless all zero, cannot be judged.
    """
    threshold = random_threshold(n) * random_from
    entropy = np.where(np.isfinite(threshold), np.nan_to_num(entropy), np.nan)
    one_pattern = entropy < np.minimum(lowest_entropy, threshold)
    degenerate = ((n > 0) & (zeros == n)) | (sparsity > sparse_share) | one_pattern
    state = np.full(len(n), None, object)
    for name, meeting in zip(STATES[::-1], (entropy < threshold, entropy >= threshold, degenerate), strict=True):
        state[meeting] = name
    return state


def sparsity_and_entropy(moments: LayerMoments, extent: LayerExtent) -> tuple[Array, Array]:
    """The share of sparse filters of each layer and the variance entropy of its raw ones, (L,) each; NaN if undefined.

    A layer of zeros has no variance entropy, and sparsity 0 under the strict rule (no weight is below a hundredth
    of zero).
    """
    n = moments.n
    entropy = variance_entropy(moments.scatter[:, 1], least=n * (1e-12 * moments.peak) ** 2)
    return np.divide(extent.sparse, n, out=np.full(len(n), np.nan), where=n > 0), entropy


def layer_quality(
    layers: pd.DataFrame, moments: LayerMoments, extent: LayerExtent, matrices: LayerMatrices
) -> pd.DataFrame:
    """Quality of every layer, one row per layer, what is undefined is missing.

    The filters of a layer of zeros are counted in ``zero_filters``. ``batch_norm`` and ``out_channels`` are there if
    ``layers`` have them.
    """
    n = moments.n
    sparsity, entropy = sparsity_and_entropy(moments, extent)
    threshold = random_threshold(n)
    known = np.isfinite(entropy) & np.isfinite(threshold)
    return layers[["model_id", "model", "conv_depth", "conv_depth_norm", "n_filters"]].assign(
        zero_filters=moments.zeros,
        non_finite_filters=moments.non_finite,
        largest_weight=np.where(n > 0, moments.peak, np.nan),
        **weight_statistics(moments, matrices),
        mean_range=moments.mean_range,
        rms_norm=rms_norm(moments),
        sparsity=sparsity,
        variance_entropy=entropy,
        clean_variance_entropy=clean_variance_entropy(moments, extent, "unscaled"),
        clean_scaled_variance_entropy=clean_variance_entropy(moments, extent, "scaled"),
        random_threshold=threshold,
        entropy_ratio=entropy / threshold,
        random_like=pd.Series(np.where(known, entropy >= threshold, False), index=layers.index).where(known),
        orthogonality=matrices.orthogonality,
        stable_rank=matrices.stable_rank,
        effective_rank=matrices.effective_rank,
        state=layer_state(n, moments.zeros, sparsity, entropy),
        **{name: layers[name] for name in ("batch_norm", "out_channels") if name in layers},
    )


def non_finite(quality: pd.DataFrame) -> pd.DataFrame:
    """The filters left out of everything for a NaN or an infinity, as rows kind, name, reason, count of layers."""
    rows = quality[quality["non_finite_filters"] > 0]
    layer = pd.Series(rows.get("layer_name", rows.index), rows.index)
    name = rows["model"].astype(str) + ", layer " + layer.astype(str)
    reason = "a weight is NaN or infinite"
    return pd.DataFrame({"kind": "filters", "name": name, "reason": reason, "count": rows["non_finite_filters"]})


def model_ranges(quality: pd.DataFrame, groups: Membership) -> pd.DataFrame:
    """The mean raw filter range of each model in each group: columns group, model, n_filters, mean_range.

    ``quality`` has one row per layer with model, n_filters, non_finite_filters and mean_range.
    """
    n = quality["n_filters"] - quality["non_finite_filters"]
    labels = dict(enumerate(groups.labels))
    group = quality["layer"].map(groups.group_of).map(labels)
    table = pd.DataFrame({"group": group, "model": quality["model"], "n_filters": n, "sum": quality["mean_range"] * n})
    summed = table[n > 0].dropna(subset=["group"]).groupby(["group", "model"], as_index=False).sum()
    return summed.assign(mean_range=summed["sum"] / summed["n_filters"]).drop(columns="sum")
