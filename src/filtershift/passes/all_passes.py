"""All passes at once over filters in memory: a few models instead of a data set."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.bases import Bases
from filtershift.passes.extent import LayerExtent, measure_extent
from filtershift.passes.filter_array import FilterArray
from filtershift.passes.histograms import REFINE, Grid, measure_histograms
from filtershift.passes.moments import LayerMoments, measure_moments
from filtershift.passes.orthogonality import LayerOrthogonality, measure_orthogonality


@dataclass(frozen=True)
class Measured:
    """What the passes find in L layers.

    Attributes:
        moments: results of pass 1.
        extent: results of pass 2, in the bases given.
        orthogonality: of layers whose shape is known.
        counts: (L, 2, 9, bins * REFINE) histograms over the extents of both variants, as of pass 3.
        window_counts: (L, 2, 9, WINDOW_BINS) those over the windows.
    """

    moments: LayerMoments
    extent: LayerExtent
    orthogonality: LayerOrthogonality
    counts: NDArray[np.int32]
    window_counts: NDArray[np.int32]


def measure(source: FilterArray, layers: pd.DataFrame, bases: Bases, grids: tuple[Grid, Grid]) -> Measured:
    """Run all passes over layers in the bases and on the grids of a finished data set.

    Coefficients outside a grid count in its first or last bin.

    Args:
        source: the filters of layers 0, 1, ….
        layers: one row a layer with n_filters and, where they are known, out_channels, in_channels and groups.
        bases: of scaled and unscaled filters.
        grids: of both variants.
    """
    moments = measure_moments(source, source.row_ranges)
    extent = measure_extent(source, source.row_ranges, bases, moments)
    orthogonality = measure_orthogonality(source, layers, source.row_ranges)
    counted = measure_histograms(source, source.row_ranges, bases, grids)
    counts, window_counts = np.split(np.stack([of_layer for _, of_layer in counted]), [grids[0].bins * REFINE], axis=-1)
    return Measured(moments, extent, orthogonality, counts, window_counts)
