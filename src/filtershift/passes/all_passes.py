"""All passes over filters: in bases and on grids of their own, or in those of a finished data set."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from filtershift.passes.bases import Bases, global_bases
from filtershift.passes.blocks import FilterSource
from filtershift.passes.extent import Counted
from filtershift.passes.histograms import Grid, make_grids, measure_histograms
from filtershift.passes.moments import LayerMoments, measure_moments
from filtershift.passes.outermost import outermost_extent


@dataclass(frozen=True)
class Measured:
    """What the passes find in filters.

    Attributes:
        moments: results of pass 1.
        bases: in which pass 2 measures.
        grids: on which it counts, of both variants.
        counted: results of pass 2, as of `measure_histograms`. It runs while they are taken, which can be done once.
    """

    moments: LayerMoments
    bases: Bases
    grids: tuple[Grid, Grid]
    counted: Iterator[Counted]


def measure(
    source: FilterSource,
    row_ranges: pd.DataFrame,
    bins: int = 70,
    threads: int = 1,
    progress: Callable[[Iterable], Iterable] = iter,
) -> Measured:
    """Run the passes over a data set, in the bases of all its filters and on grids over their extent.

    Args:
        source: where the filters are read.
        row_ranges: columns layer, start, stop.
        bins: number of bins that are compared.
        threads: how many blocks are computed at once.
        progress: wraps the sequence of work of each pass, to show how far it is.
    """
    moments = measure_moments(source, row_ranges, threads, progress)
    bases = global_bases(moments)
    extent = outermost_extent(source, row_ranges, bases, moments, threads, progress)
    grids = make_grids(moments, extent, bases, bins)
    counted = measure_histograms(source, row_ranges, bases, grids, moments, threads, progress)
    return Measured(moments, bases, grids, counted)


def measure_in(source: FilterSource, row_ranges: pd.DataFrame, bases: Bases, grids: tuple[Grid, Grid]) -> Measured:
    """Run the passes over a few models, in the bases and on the grids of a finished data set.

    Coefficients outside a grid count in its first or last bin.
    """
    moments = measure_moments(source, row_ranges)
    return Measured(moments, bases, grids, measure_histograms(source, row_ranges, bases, grids, moments))
