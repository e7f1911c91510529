"""The two tolerances that compiled and plain code must share."""

TINY = 1e-300
"""Filters are scaled by one over their largest weight or this, so that zero filters stay zero and nothing overflows."""

TIE = 1e-9
"""A coefficient this share of a bin below an edge belongs to the bin above it, so that rounding decides no tie."""
