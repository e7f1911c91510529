"""A scikit-learn PCA that was fitted by a pass over filters. Importing this module takes seconds."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from filtershift.errors import FiltershiftError, one_line
from filtershift.notebook.filters.arrays import as_array
from filtershift.notebook.filters.choosing import shown
from filtershift.notebook.filters.filters import Filters
from filtershift.passes.bases import Basis


class FilterPCA(PCA):
    """A PCA of nine components, whose methods take filters as (n, 9) or (n, 3, 3).

    Attributes:
        variant_: "scaled" or "unscaled", the filters it was fitted to.
        n_models_: number of models they are from.
    """

    variant_: str
    n_models_: int

    @classmethod
    def of_basis(cls, basis: Basis, n_models: int, variant: str) -> Self:
        """The PCA with the components of a basis."""
        fitted = cls(n_components=9, svd_solver="full")
        fitted.components_, fitted.mean_ = basis.components, basis.mean
        fitted.explained_variance_ = basis.explained_variance
        fitted.explained_variance_ratio_ = basis.explained_variance_ratio
        fitted.singular_values_ = np.sqrt(basis.explained_variance * (basis.n_filters - 1))
        fitted.n_components_ = fitted.n_features_in_ = 9
        fitted.n_samples_, fitted.noise_variance_ = basis.n_filters, 0.0
        fitted.n_models_, fitted.variant_ = n_models, variant
        return fitted

    def transform(self, X: Any) -> NDArray[np.float64]:
        """The coefficients (n, 9) of filters, which are taken as they are, not scaled.

        Raises:
            FiltershiftError: filters of another shape, or not finite.
        """
        return super().transform(_rows(X))


def _rows(given: Any) -> NDArray[np.float64]:
    """Filters (n, 9) or (n, 3, 3) as rows."""
    if isinstance(given, (Filters, str)):
        raise FiltershiftError(f"transform takes arrays, not {shown(given)}; see filtershift.coefficients")
    try:
        rows = as_array(given).astype(np.float64)
    except (FiltershiftError, TypeError, ValueError) as error:
        raise FiltershiftError(f"transform: what is given {one_line(error)}") from None
    if not (rows.ndim == 2 and rows.shape[1] == 9) and not (rows.ndim == 3 and rows.shape[1:] == (3, 3)):
        raise FiltershiftError(f"transform: expected filters of shape (n, 9) or (n, 3, 3), not {rows.shape}")
    if not np.isfinite(rows).all():
        raise FiltershiftError("transform: some filters hold NaN or infinity; leave them out")
    return rows.reshape(-1, 9)
