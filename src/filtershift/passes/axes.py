"""Names of the bases in which filters can be measured; the configuration needs them without loading pandas."""

PCA = "pca"
"""Principal components of all filters of the data set."""

FIXED = ("symmetry", "dct")
"""Bases that no data set decides."""
