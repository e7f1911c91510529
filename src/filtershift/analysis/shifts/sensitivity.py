"""How much shifts and their ranking depend on the choices behind them."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.shifts.choices import KNOWN, Choices
from filtershift.analysis.shifts.divergences import chosen_parts
from filtershift.analysis.shifts.weighting import FineCounts

Array = NDArray[np.float64]

CONFIGURED = "configured"
"""What the first row of the table is called: the choices as they are."""

_ROUNDING = 1e-9


def alternatives(choices: Choices, bins: int) -> Iterator[tuple[str, str, Choices, int]]:
    """Choice, value, and what they make of choices and bins: one changed at a time; bins are halved and doubled."""
    for choice, value in asdict(choices).items():
        for other in KNOWN[choice]:
            if other != value:
                yield choice, other, replace(choices, **{choice: other}), bins
    for other_bins in (*([bins // 2] if bins % 2 == 0 else []), 2 * bins, 4 * bins):
        yield "bins", str(other_bins), choices, other_bins


def sensitivity(fine: FineCounts, labels: Sequence[str], choices: Choices, bins: int, ratio: Array) -> pd.DataFrame:
    """What each alternative makes of the shifts of a grouping, one changed at a time.

    Args:
        fine: histograms of its groups under every weighting.
        labels: of the groups.
        choices: those configured.
        bins: configured number of bins.
        ratio: (9,) explained variance ratio of the global basis.

    Returns:
        The choices as they are, then one row per alternative: choice, value, n_pairs, kendall_tau (of all pairs, with
        the configured D), median_ratio (of D to the configured D), largest_change (the ratio least like 1, less 1) and
        the pair a, b it is of (if any changes), and share_0 … share_8, the mean share of each component in D. Ratios
        are missing where the divergence is another one, whose unit differs. Pairs with a group without filters are left
        out, and pairs without any configured shift have no ratio.
    """
    a, b = np.triu_indices(len(labels), k=1)
    parts = chosen_parts(fine, choices, bins, ratio)[:, a, b]
    known = np.isfinite(parts).all(axis=0)
    a, b, parts = a[known], b[known], parts[:, known]
    shift = parts.sum(axis=0)
    rows = [{"choice": CONFIGURED, "value": "", **_row(shift, shift, labels, a, b), **_shares(parts)}]
    for choice, value, other, other_bins in alternatives(choices, bins):
        changed = chosen_parts(fine, other, other_bins, ratio)[:, a, b]
        row = _row(shift, changed.sum(axis=0), labels, a, b)
        if choice == "divergence":
            row.update(dict.fromkeys(("median_ratio", "largest_change", "a", "b")))
        rows.append({"choice": choice, "value": value, **row, **_shares(changed)})
    return pd.DataFrame(rows)


def _row(shift: Array, changed: Array, labels: Sequence[str], a: NDArray, b: NDArray) -> dict[str, object]:
    """How changed shifts (P,) of pairs a, b compare with the shifts (P,) there were."""
    row: dict[str, object] = dict.fromkeys(("n_pairs", "kendall_tau", "median_ratio", "largest_change", "a", "b"))
    row |= {"n_pairs": len(shift), "kendall_tau": kendall_tau(shift, changed)}
    if (some := np.flatnonzero(shift > 0)).size:
        ratio = changed[some] / shift[some]
        # On a logarithmic scale half is as far from 1 as twice.
        far = int(np.argmax(np.abs(np.log(np.maximum(ratio, np.finfo(float).tiny)))))
        row |= {"median_ratio": float(np.median(ratio)), "largest_change": float(ratio[far] - 1)}
        if abs(ratio[far] - 1) > _ROUNDING:
            row |= {"a": labels[a[some[far]]], "b": labels[b[some[far]]]}
    return row


def _shares(parts: Array) -> dict[str, float]:
    """The mean share of each component in the shifts (9, P) that are not 0; missing where all are."""
    total = parts.sum(axis=0)
    some = total > 0
    share = (parts[:, some] / total[some]).mean(axis=1) if some.any() else np.full(9, np.nan)
    return {f"share_{i}": float(share[i]) for i in range(9)}


def kendall_tau(x: Array, y: Array) -> float:
    """Kendall's tau-b of two series (P,): 1 for the same ranking, -1 for the reverse; NaN where one is constant.

    In O(P log P) with arrays, as `scipy.stats.kendalltau`, whose import alone takes two seconds.
    """
    rank, other = (np.unique(values, return_inverse=True)[1] for values in (x, y))
    order = np.lexsort([other, rank])
    rank, other = rank[order], other[order]
    pairs = len(rank) * (len(rank) - 1) // 2
    tied_x, tied_y = _tied(rank), _tied(other)
    tied_both = _tied(rank * (other.max(initial=0) + 1) + other)
    if pairs in (tied_x, tied_y):
        return float("nan")
    concordant_less_discordant = pairs - tied_x - tied_y + tied_both - 2 * _inversions(other)
    return float(concordant_less_discordant / np.sqrt(float(pairs - tied_x) * float(pairs - tied_y)))


def _tied(ranks: NDArray[np.int64]) -> int:
    """Pairs of equal ranks."""
    counts = np.unique(ranks, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())


def _inversions(ranks: NDArray[np.int64]) -> int:
    """Pairs in which the larger rank comes first.

    Two ranks differ first in one bit: the pair is inverted where the one with that bit set comes first among the ranks
    that are equal in the bits above.
    """
    found = 0
    for bit in reversed(range(int(ranks.max(initial=0)).bit_length())):
        block, one = ranks >> (bit + 1), (ranks >> bit) & 1
        before = np.cumsum(one) - one
        first = np.searchsorted(block, block)
        found += int((before - before[first])[one == 0].sum())
        ranks = ranks[np.argsort(ranks >> bit, kind="stable")]
    return found
