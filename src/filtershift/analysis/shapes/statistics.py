"""What the follow-up papers measure of filters, from the moments of pass 1: all are exact, and none reads a filter.

Of filters f with second moments M, the mean of f fᵀ, the mean of (b·f)² is bᵀ M b. So the share of energy in a pattern
b, and every ratio of such sums, follows from the counts, means and scatter matrices of layers, which add up to those
of any group.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.patterns import DCT, SYMMETRY, dct_patterns, symmetry_patterns

Array = NDArray[np.float64]

_SQUARE = np.arange(9).reshape(3, 3)
TURNED = np.array([turned.ravel() for side in (_SQUARE, _SQUARE.T) for turned in (np.rot90(side, k) for k in range(4))])
"""The eight symmetries of the square, as orders of the nine weights."""


def shapes(n: NDArray[np.int64], mean: Array, scatter: Array) -> pd.DataFrame:
    """The statistics of some sets of filters, one row per set; missing for a set without filters or of zeros alone.

    Shares of energy: of each pattern of `SYMMETRY` and function of `DCT`; ``high_frequency``, of the DCT functions with
    an index 2 (Lukasik et al., TMLR 2023); ``centre_energy``, of the middle weight. Per energy: ``roughness``,
    of squared differences between neighbours; ``direction``, how much more these differ along rows than along columns,
    −1 to 1. ``symmetry``: how little the mean filter changes when it is turned or reflected, at most 1 (Alsallakh et
    al., arXiv:2503.19215).

    Args:
        n: (S,) filters of each set.
        mean: (S, 9) their means.
        scatter: (S, 9, 9) their scatter matrices about those means.
    """
    moments = scatter / np.maximum(n, 1)[:, None, None] + mean[:, :, None] * mean[:, None, :]
    energy = np.trace(moments, axis1=1, axis2=2)
    energy = np.where((n > 0) & (energy > 0), energy, np.nan)
    of_dct = _energies(moments, dct_patterns()) / energy[:, None]
    high = np.array([name.endswith("2") or name[-2] == "2" for name in DCT])
    across, down = (_energies(moments, rows).sum(axis=1) for rows in _differences())
    return pd.DataFrame(
        {
            **dict(zip(SYMMETRY, (_energies(moments, symmetry_patterns()) / energy[:, None]).T, strict=True)),
            **dict(zip(DCT, of_dct.T, strict=True)),
            "high_frequency": of_dct[:, high].sum(axis=1),
            "centre_energy": moments[:, 4, 4] / energy,
            "roughness": (across + down) / energy,
            "direction": _ratio(across - down, across + down),
            "symmetry": np.where(np.isnan(energy), np.nan, symmetry(mean)),
        }
    )


def symmetry(mean: Array) -> Array:
    """S(K) = 1 − (1 / 2·8) Σ_T ‖T(K) − K‖ of mean filters K (S, 9) of norm 1, over the eight symmetries T of a square.

    NaN for a mean of zero.
    """
    norm = np.linalg.norm(mean, axis=1, keepdims=True)
    kernel = np.divide(mean, norm, out=np.full_like(mean, np.nan), where=norm > 0)
    apart = np.linalg.norm(kernel[:, TURNED] - kernel[:, None], axis=-1)
    found: Array = 1 - apart.mean(axis=1) / 2
    return found


def _energies(moments: Array, patterns: Array) -> Array:
    """Mean of (b·f)² for each pattern b, (S, patterns)."""
    found: Array = np.einsum("bp,spq,bq->sb", patterns, moments, patterns)
    return np.maximum(found, 0.0)


def _differences() -> tuple[Array, Array]:
    """What gives the six differences between neighbours along rows, and the six along columns, (6, 9) each."""
    unit = np.eye(9).reshape(3, 3, 9)
    return (unit[:, 1:] - unit[:, :-1]).reshape(6, 9), (unit[1:] - unit[:-1]).reshape(6, 9)


def _ratio(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0)
