"""What the units of a layer add up to: output channels, which noise is measured by.

Filters of one output channel are alike, so they are no independent observations; channels are taken for such. All that
is computed of a layer is a sum over its units, so a draw of units is a row of weights, and a thousand draws are one
product of matrices.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.bases import Bases, Basis, stacked
from filtershift.passes.blocks import FilterSource, in_order
from filtershift.passes.extent import SIZES
from filtershift.passes.histograms import Grid
from filtershift.passes.moments import LayerMoments, merge

Array = NDArray[np.floating]

CHANNELS, RUNS = "output channels", "runs of filters"
"""Units of a layer: its output channels, or, if its shape is unknown, as many runs of neighbouring filters."""

MOST_RUNS = 256


@dataclass(frozen=True)
class UnitSums:
    """The sums of U units of a layer, in one variant.

    Attributes:
        counts: (U, 9, bins) histograms of the coefficients.
        moments: (U, 21) the number of filters, the sums of the nine coefficients and of their squares, the logarithm of
            the mean square of the weights, and 1, which counts the units.
    """

    counts: NDArray[np.float32]
    moments: NDArray[np.float64]

    @property
    def units(self) -> int:
        """U."""
        return len(self.counts)


def unit_ranges(row_ranges: pd.DataFrame, layers: pd.DataFrame) -> pd.DataFrame:
    """Where the units of layers are: columns layer (numbering all units), owner (the layer), start, stop.

    ``row_ranges`` has columns start, stop: one row per layer of the table, in order.
    """
    parts = []
    columns = zip(row_ranges["start"], row_ranges["stop"], layers["out_channels"], strict=True)
    for owner, (start, stop, channels) in enumerate(columns):
        n = stop - start
        units = int(channels) if channels > 0 else min(n, MOST_RUNS)
        edges = start + np.linspace(0, n, units + 1).astype(np.int64)
        parts.append(pd.DataFrame({"owner": owner, "start": edges[:-1], "stop": edges[1:]}))
    return pd.concat(parts, ignore_index=True).rename_axis("layer").reset_index()


def kind_of_units(row: Mapping[Any, Any]) -> str:
    """`CHANNELS` or `RUNS`, for a row of the layer table."""
    return CHANNELS if row["out_channels"] > 0 else RUNS


def moments_of_layers(moments: LayerMoments, owner: NDArray[np.int64]) -> LayerMoments:
    """The moments of layers from those of their units; ``owner`` is the layer of each unit, 0, 1, …"""
    count, n = owner.max(initial=-1) + 1, moments.n
    merged = [merge(n, moments.mean[:, v], moments.scatter[:, v], owner, count) for v in range(2)]
    peak, reach = np.zeros(count), np.full((count, 2, 4), -np.inf)
    np.maximum.at(peak, owner, moments.peak)
    np.maximum.at(reach, owner, moments.reach)
    n_layer, span = merged[0][0], np.bincount(owner, np.nan_to_num(moments.mean_range) * n, count)
    wrong = moments.zeros, moments.non_finite
    zeros, non_finite = (np.bincount(owner, of_units, count).astype(np.int64) for of_units in wrong)
    return LayerMoments(
        layer=np.arange(count),
        n=n_layer,
        mean=np.stack([mean for _, mean, _ in merged], axis=1),
        scatter=np.stack([scatter for _, _, scatter in merged], axis=1),
        peak=peak,
        mean_range=np.divide(span, n_layer, out=np.full(count, np.nan), where=n_layer > 0),
        zeros=zeros,
        non_finite=non_finite,
        reach=reach,
    )


def unit_sums(
    source: FilterSource,
    units: pd.DataFrame,
    moments: LayerMoments,
    bases: Bases,
    grids: Sequence[Grid],
    threads: int = 1,
) -> list[tuple[UnitSums, UnitSums]]:
    """The sums of the units of every layer, in both variants; units as of `unit_ranges`, and their moments."""
    counts = _histograms(source, units, bases, grids, threads)
    sums = [_moments(moments, variant, basis) for variant, basis in enumerate(bases)]
    stops = np.cumsum(np.bincount(units["owner"]))
    places = [slice(start, stop) for start, stop in zip([0, *stops[:-1]], stops, strict=True)]
    return [(UnitSums(counts[at, 0], sums[0][at]), UnitSums(counts[at, 1], sums[1][at])) for at in places]


def _histograms(
    source: FilterSource, units: pd.DataFrame, bases: Bases, grids: Sequence[Grid], threads: int
) -> NDArray[np.float32]:
    """Histograms (units, 2, 9, bins) over the compared bins."""
    from filtershift.passes import kernels

    (components, mean), bins = stacked(bases), grids[0].bins
    # The bins of the window are not needed: it is one bin.
    steps = np.array([[[grid.extent[0], bins / np.ptp(grid.extent)], [0.0, 0.0]] for grid in grids])
    rows = units[["start", "stop"]].to_numpy()

    def measure(part: NDArray[np.int64]) -> NDArray[np.float32]:
        counted = np.zeros((len(part), 2, 9, bins + 1), np.int32)
        # Extents and sparse filters are those of layers, not of units.
        unused = np.empty((2, 2)), np.empty((2, 9)), np.empty((2, 9, 9)), np.empty(SIZES, np.int64)
        for k, (start, stop) in enumerate(part.tolist()):
            kernels.coefficients(source.read(start, stop), components, mean, 0.0, steps, bins, counted[k], *unused)
        return counted[..., :bins].astype(np.float32)

    parts = np.array_split(rows, max(1, len(rows) // 128))
    return np.concatenate(list(in_order(measure, parts, threads, iter)))


def _moments(moments: LayerMoments, variant: int, basis: Basis) -> NDArray[np.float64]:
    """The moments (units, 21) of `UnitSums`."""
    n, mean, scatter = moments.n, moments.mean[:, variant], moments.scatter[:, variant]
    middle = (mean - basis.mean) @ basis.components.T
    squares = np.einsum("ip,upq,iq->ui", basis.components, scatter, basis.components, optimize=True)
    energy = np.trace(scatter, axis1=1, axis2=2) / np.maximum(n, 1) + (mean**2).sum(axis=1)
    # A channel of zeros counts as a very weak one.
    floor = max(1e-12 * energy.max(initial=0), np.finfo(float).tiny)
    sums = n[:, None] * middle, squares + n[:, None] * middle**2
    return np.column_stack([n, *sums, np.log(np.maximum(energy, floor)), np.ones(len(n))])
