"""The quality of layers."""

from __future__ import annotations

import pandas as pd
from numpy.typing import ArrayLike

from filtershift.analysis.quality.layers import layer_quality
from filtershift.notebook.filters.arrays import as_filters
from filtershift.notebook.filters.filters import Filters
from filtershift.notebook.measures.measuring import THREADS, check_finite, filled
from filtershift.passes.bases import global_bases
from filtershift.passes.extent import LayerExtent, measure_extent
from filtershift.passes.moments import LayerMoments, measure_moments
from filtershift.passes.weight_matrices.measure import measure_weight_matrices


def quality(filters: Filters | ArrayLike) -> pd.DataFrame:
    """The quality of every layer that has filters: sparsity, variance entropy, orthogonality, state, …, by number."""
    filters = filled(as_filters(filters))
    moments = measure_moments(filters.source, filters.row_ranges, THREADS)
    check_finite(filters, moments)
    bases = global_bases(moments)
    return quality_of(filters, moments, measure_extent(filters.source, filters.row_ranges, bases, moments, THREADS))


def quality_of(filters: Filters, moments: LayerMoments, extent: LayerExtent) -> pd.DataFrame:
    """The quality of every layer of filters whose moments and extent are known."""
    matrices = measure_weight_matrices(filters.source, filters.layers, filters.row_ranges, THREADS)
    table = layer_quality(filters.layers, moments, extent, matrices)
    if "layer_name" in filters.layers:
        table.insert(2, "layer_name", filters.layers["layer_name"])
    return table
