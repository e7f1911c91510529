"""The quality of layers."""

from __future__ import annotations

import pandas as pd
from numpy.typing import ArrayLike

from filtershift.analysis.quality.layers import layer_quality
from filtershift.notebook.filters.arrays import as_filters
from filtershift.notebook.filters.filters import Filters
from filtershift.notebook.measures.measuring import THREADS, filled, measured
from filtershift.passes.all_passes import Measured
from filtershift.passes.weight_matrices.measure import measure_weight_matrices


def quality(filters: Filters | ArrayLike) -> pd.DataFrame:
    """The quality of every layer that has filters: sparsity, variance entropy, orthogonality, state, …, by number."""
    filters = filled(as_filters(filters))
    return quality_of(filters, measured(filters))


def quality_of(filters: Filters, found: Measured) -> pd.DataFrame:
    """The quality of every layer of filters that have been measured."""
    matrices = measure_weight_matrices(filters.source, filters.layers, filters.row_ranges, THREADS)
    table = layer_quality(filters.layers, found.moments, found.extent, matrices)
    if "layer_name" in filters.layers:
        table.insert(2, "layer_name", filters.layers["layer_name"])
    return table
