"""Several data sets measured together: the last pass over each, in the basis and over the extent of all."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.bases import Bases, global_bases
from filtershift.passes.blocks import FilterSource
from filtershift.passes.extent import concatenated
from filtershift.passes.histograms import Grid, compared_counts, make_grids, measure_histograms
from filtershift.passes.moments import LayerMoments
from filtershift.passes.outermost import outermost_extent

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Measurable:
    """A data set: its filters, columns layer, start, stop of where those of each layer are, and results of pass 1."""

    filters: FilterSource
    row_ranges: pd.DataFrame
    moments: LayerMoments


@dataclass(frozen=True)
class JointMeasures:
    """What comparing data sets needs of their filters.

    Attributes:
        bases: of all filters, scaled and unscaled.
        edges: (2, bins + 1) of the bins of both variants.
        layers: of each data set, (L,) its layer numbers.
        counts: of each data set, (L, 2, 9, bins) histogram counts.
    """

    bases: Bases
    edges: Array
    layers: Sequence[NDArray[np.int64]]
    counts: Sequence[NDArray[np.int64]]


def measure_jointly(
    sets: Sequence[Measurable],
    bins: int,
    threads: int = 1,
    progress: Callable[[Iterable], Iterable] = iter,
) -> JointMeasures:
    """Measure data sets in the basis of all their filters, on ``bins`` bins over the extent of all.

    Layer numbers of two data sets may be the same: they stay apart.

    Args:
        sets: the data sets.
        bins: of the histograms.
        threads: how many blocks are computed at once.
        progress: wraps the sequence of work of each pass over each data set.
    """
    moments = concatenated([one.moments for one in sets])
    bases = global_bases(moments)
    extents = [outermost_extent(one.filters, one.row_ranges, bases, one.moments, threads, progress) for one in sets]
    grids = make_grids(moments, concatenated(extents), bases, bins)
    histograms = [_histograms(one, bases, grids, threads, progress) for one in sets]
    return JointMeasures(
        bases=bases,
        edges=np.stack([grid.edges for grid in grids]),
        layers=[layer for layer, _ in histograms],
        counts=[counts for _, counts in histograms],
    )


def _histograms(
    one: Measurable, bases: Bases, grids: tuple[Grid, Grid], threads: int, progress: Callable[[Iterable], Iterable]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Layer numbers (L,) of a data set and the counts (L, 2, 9, bins) of the compared bins."""
    bins = grids[0].bins
    layers, counts = [], []
    for found in measure_histograms(one.filters, one.row_ranges, bases, grids, one.moments, threads, progress):
        layers.append(found.layer)
        counts.append(compared_counts(found.counts, bins))
    return np.array(layers, np.int64), np.stack(counts)
