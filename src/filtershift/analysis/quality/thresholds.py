"""How much of what is called degenerate or random-like is the threshold: the states of layers for every threshold.

The thresholds are those of `layer_state`, and that of a sparse filter. Each is moved alone, all others stay.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.quality.layers import LOWEST_ENTROPY, SPARSE_SHARE, STATES, layer_state, random_threshold
from filtershift.analysis.quality.summaries import SHARES
from filtershift.passes.extent import SPARSE, LayerExtent, size_edges

Array = NDArray[np.float64]

USED = {
    "sparse_weight": 1 / SPARSE,
    "sparse_share": SPARSE_SHARE,
    "variance_entropy": LOWEST_ENTROPY,
    "entropy_ratio": 1.0,
}
"""The thresholds, and where they are: a filter is sparse below this share of the layer's largest weight; a layer is
degenerate with more sparse filters than this share, or below this variance entropy; random-like from this H / T_H."""


def sweep(quality: pd.DataFrame, extent: LayerExtent) -> pd.DataFrame:
    """The shares of layers in each state for every threshold, one row per threshold and value.

    Args:
        quality: one row per layer, as of `layer_quality`.
        extent: of the same layers, in the same order.

    Returns:
        Columns threshold, value, used (whether it is that of `USED`); meeting, the share of filters that are sparse, or
        of layers with more sparse filters, with a lower entropy, with this ratio or a higher one; n_judged, the layers
        with a state; and degenerate, random_like and diverse, shares of these. A share of none is missing.
    """
    n = (quality["n_filters"] - quality["non_finite_filters"]).to_numpy()
    zeros = quality["zero_filters"].to_numpy()
    sparsity, entropy, ratio = (quality[name].to_numpy(float) for name in ("sparsity", *list(USED)[2:]))
    judged = np.isfinite(random_threshold(n))
    upto = extent.sizes.cumsum(axis=1)

    def sparse_below(edge: int) -> Array:
        return np.divide(upto[:, edge - 1], n, out=np.full(len(n), np.nan), where=n > 0)

    def state(sparsity: Array = sparsity, **moved: float) -> NDArray[np.object_]:
        return layer_state(n, zeros, sparsity, entropy, **moved)

    def share(meets: NDArray[np.bool_], of: NDArray[np.bool_]) -> float:
        return float(meets[of].mean()) if of.any() else np.nan

    edges = size_edges()
    sizes = [k for k in range(1, len(edges)) if edges[k] <= 1]
    sweeps: dict[str, list[tuple[float, float, NDArray[np.object_]]]] = {
        "sparse_weight": [
            (float(edges[k]), float(upto[:, k - 1].sum() / max(n.sum(), 1)), state(sparse_below(k))) for k in sizes
        ],
        "sparse_share": [
            (value, share(sparsity > value, n > 0), state(sparse_share=value))
            for value in _values("sparse_share", 0, 1)
        ],
        "variance_entropy": [
            (value, share(entropy < value, judged), state(lowest_entropy=value))
            for value in _values("variance_entropy", 0, 0.95)
        ],
        "entropy_ratio": [
            (value, share(ratio >= value, judged), state(random_from=value))
            for value in _values("entropy_ratio", 0.5, 1.1)
        ],
    }
    return pd.DataFrame(_row(name, *found) for name, sweep in sweeps.items() for found in sweep)


def _values(name: str, low: float, high: float) -> list[float]:
    """Hundredths from low to high, and the threshold that is used."""
    return sorted({k / 100 for k in range(round(100 * low), round(100 * high) + 1)} | {USED[name]})


def _row(name: str, value: float, meeting: float, state: NDArray[np.object_]) -> dict[str, Any]:
    known = np.array([s is not None for s in state], bool)
    shares = {
        column: float((state[known] == kind).mean()) if known.any() else np.nan
        for column, kind in zip(SHARES, STATES, strict=True)
    }
    used = value == USED[name]
    return {"threshold": name, "value": value, "used": used, "meeting": meeting, "n_judged": int(known.sum()), **shares}
