"""Three passes over the filters and their mergeable per-layer results."""

# Filters are scaled by one over their largest weight or this, so that zero filters stay zero and nothing overflows.
TINY = 1e-300
# A coefficient this share of a bin below an edge belongs to the bin above it, so that rounding decides no tie.
TIE = 1e-9
