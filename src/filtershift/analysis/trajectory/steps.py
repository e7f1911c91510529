"""The shifts from the first, from the previous and to the last checkpoint, and what of them may be chance."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.shifts.d_matrix import probabilities
from filtershift.analysis.trajectory.chance import chance_shifts

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

COMPARED = ("first", "previous", "last")
"""What a checkpoint is compared with."""

# Pairs of histograms compared at once.
_BLOCK = 1024


def step_shifts(rows: pd.DataFrame, counts: NDArray, width: float, ratio: Array, level: float) -> pd.DataFrame:
    """Compare every checkpoint with the first one, the one before it and the last one of its run.

    A shift is above noise if it is larger than its floor: what chance alone exceeds at any of the checkpoints that a
    run compares so, in 1 − ``level`` of all cases (Bonferroni). See `chance_shifts`.

    Args:
        rows: columns run, unit (what is followed: all filters, a depth or a layer), checkpoint; sorted by them.
        counts: (rows, 9, bins) histogram counts of each row.
        width: width of a bin, in units of the coefficients.
        ratio: (9,) explained variance ratio of the basis.
        level: as 0.95.

    Returns:
        Columns run, unit, checkpoint, compared (one of `COMPARED`), against (the other checkpoint), shift, floor,
        above, and component_0 … component_8, which add up to the shift. A checkpoint is not compared with itself.
    """
    here, there, compared = _pairs(rows)
    ends, of_pair = np.unique(np.sort(np.stack([here, there]), axis=0), axis=1, return_inverse=True)
    of_pair = of_pair.ravel()
    often = rows.groupby(["run", "unit"])["checkpoint"].transform("size").to_numpy()
    strict = 1 - (1 - level) / np.maximum(often[ends[0]] - 1, 1)
    parts, floor = np.empty((ends.shape[1], 9)), np.empty(ends.shape[1])
    for start in range(0, len(parts), _BLOCK):
        block = slice(start, start + _BLOCK)
        one, other = counts[ends[0, block]], counts[ends[1, block]]
        parts[block] = parts_of_shifts(one, other, width, ratio)
        floor[block] = chance_shifts(one, other, width, ratio, strict[block])
    shift = parts.sum(axis=1)
    checkpoint = rows["checkpoint"].to_numpy()
    table = rows[["run", "unit", "checkpoint"]].iloc[here].reset_index(drop=True)
    table = table.assign(
        compared=compared,
        against=checkpoint[there],
        shift=shift[of_pair],
        floor=floor[of_pair],
        above=(shift > floor)[of_pair],
        **{f"component_{i}": parts[of_pair, i] for i in range(9)},
    )
    return table.sort_values(["run", "unit", "checkpoint"], kind="stable", ignore_index=True)


def parts_of_shifts(one: NDArray, other: NDArray, width: float, ratio: Array) -> Array:
    """The nine parts of the shift D between histograms ``one`` and ``other`` (P, 9, bins), weighted: (P, 9)."""
    p, q = probabilities(one, width), probabilities(other, width)
    parts: Array = ((p - q) * np.log(p / q)).sum(axis=-1) * ratio
    return parts


def _pairs(rows: pd.DataFrame) -> tuple[Indices, Indices, NDArray[np.object_]]:
    """The rows that are compared, what each is compared with, and by which of `COMPARED`."""
    place = pd.Series(np.arange(len(rows)))
    of_unit = place.groupby(rows.groupby(["run", "unit"], sort=False).ngroup().to_numpy())
    others = {
        "first": of_unit.transform("first"),
        "previous": of_unit.shift(1),
        "last": of_unit.transform("last"),
    }
    there = np.concatenate([others[kind].to_numpy(float) for kind in COMPARED])
    here = np.tile(place.to_numpy(), len(COMPARED))
    compared = np.repeat(np.array(COMPARED, object), len(rows))
    known = np.isfinite(there) & (there != here)
    return here[known], there[known].astype(np.int64), compared[known]
