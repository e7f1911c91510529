"""Percentiles of the weights of a layer, exact, without holding them all.

The features from which Unterthiner et al., Predicting Neural Network Accuracy from Weights (arXiv:2002.11448), predict
accuracy are those of each layer, beside mean and variance.

Weights are counted by the leading 14 bits of their numbers; then only those whose leading bits are those of a
percentile are sorted. With more bits, counting small layers would take longer than sorting them.
"""

import numpy as np
from numpy.typing import NDArray

from filtershift.passes.blocks import FilterSource
from filtershift.passes.weight_matrices.matrix import WeightMatrix, Weights

PERCENTILES = (0, 25, 50, 75, 100)


def percentiles(source: FilterSource, matrix: WeightMatrix) -> NDArray[np.float64]:
    """`PERCENTILES` of the weights of a layer, linear between two weights, (5,); NaN if one is not finite."""
    from filtershift.passes.weight_matrices import kernels

    counts = np.zeros(kernels.BINS, np.int64)
    for weights in matrix.read_strips(source):
        kernels.count_leading(_leading(weights), counts)
    # In rising order of the numbers: negative ones fall as their bits rise.
    half = kernels.BINS // 2
    rising = np.concatenate([counts[: half - 1 : -1], counts[:half]])
    upto = rising.cumsum()
    place = np.array(PERCENTILES) / 100 * (upto[-1] - 1)
    rank = np.stack([np.floor(place), np.ceil(place)]).astype(np.int64)
    bins, bin_of = np.unique(np.searchsorted(upto, rank, side="right"), return_inverse=True)
    wanted = np.zeros(kernels.BINS, np.bool_)
    wanted[np.where(bins < half, kernels.BINS - 1 - bins, bins - half)] = True
    some = np.sort(np.concatenate([kernels.pick(w.ravel(), _leading(w), wanted) for w in matrix.read_strips(source)]))
    # How many weights up to a bin are not among those picked.
    left = upto[bins] - rising[bins].cumsum()
    lower, upper = some[rank - left[bin_of]].astype(np.float64)
    if not np.isfinite(some[[0, -1]]).all():
        return np.full(len(PERCENTILES), np.nan)
    found: NDArray[np.float64] = lower + (upper - lower) * (place - rank[0])
    return found


def _leading(weights: Weights) -> NDArray[np.uint16]:
    """The leading 16 bits of each number: sign, exponent and first digits."""
    shorts = weights.dtype.itemsize // 2
    bits: NDArray[np.uint16] = np.ascontiguousarray(weights).ravel().view(np.uint16)[shorts - 1 :: shorts]
    return bits
