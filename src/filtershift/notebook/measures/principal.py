"""Principal components of filters, and the coefficients of filters in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from filtershift.errors import FiltershiftError
from filtershift.notebook.filters.arrays import as_filters
from filtershift.notebook.filters.choosing import shown
from filtershift.notebook.filters.filters import Filters
from filtershift.notebook.measures.measuring import THREADS, check_finite, variant_number
from filtershift.passes.bases import global_basis
from filtershift.passes.moments import measure_moments
from filtershift.passes.tolerances import TINY

if TYPE_CHECKING:
    from filtershift.notebook.measures.fitted import FilterPCA


def pca(filters: Filters | ArrayLike, variant: str = "scaled") -> FilterPCA:
    """A fitted scikit-learn PCA of all filters, from one pass over them: they need not fit into memory.

    Its methods take filters as (n, 9) or (n, 3, 3).

    Args:
        filters: the filters, or arrays as of `from_arrays`.
        variant: "scaled", each filter divided by its largest absolute weight, or "unscaled". What the PCA transforms is
            to be scaled in the same way, as `coefficients` does.

    Raises:
        FiltershiftError: no such variant, or no finite filter.
    """
    from filtershift.notebook.measures.fitted import FilterPCA

    v = variant_number(variant)
    filters = as_filters(filters)
    moments = measure_moments(filters.source, filters.row_ranges, THREADS)
    check_finite(filters, moments)
    n_models = filters.layers["model_id"].loc[moments.layer[moments.n > 0].tolist()].nunique()
    return FilterPCA.of_basis(global_basis(moments, v), n_models, variant)


def coefficients(
    filters: Filters | ArrayLike, basis: FilterPCA | Filters | ArrayLike | None = None, variant: str = "scaled"
) -> NDArray[np.float64]:
    """The coefficients of filters in a basis of principal components: what shifts compare the distributions of.

    Args:
        filters: the filters, or arrays as of `from_arrays`.
        basis: a PCA by `pca`, or the filters whose components are used; by default those of ``filters`` themselves.
        variant: "scaled" or "unscaled", which the basis must be, too.

    Returns:
        (n, 9), filters in the order of layers; a filter that is not finite has NaN.

    Raises:
        FiltershiftError: no such variant, a basis of the other one, or no finite filter.
    """
    from filtershift.notebook.measures.fitted import FilterPCA

    is_scaled = variant_number(variant) == 0
    filters = as_filters(filters)
    if not isinstance(basis, FilterPCA):
        if hasattr(basis, "components_"):
            raise FiltershiftError(f"the basis must be made by filtershift.pca, not {shown(basis)}")
        basis = pca(filters if basis is None else as_filters(basis), variant)
    if basis.variant_ != variant:
        raise FiltershiftError(f"the basis is one of {basis.variant_} filters, and variant is {shown(variant)}")
    found = np.empty((int(filters.layers["n_filters"].sum()), 9))
    start = 0
    for layer in filters:
        rows = layer.reshape(-1, 9).astype(np.float64)
        rows[~np.isfinite(rows).all(axis=1)] = np.nan
        if is_scaled:
            rows /= np.maximum(np.abs(rows).max(axis=1, keepdims=True), TINY)
        found[start : start + len(rows)] = (rows - basis.mean_) @ basis.components_.T
        start += len(rows)
    return found
