"""Two passes over the filters and their mergeable per-layer results."""
