"""Pure functions of the per-layer statistics."""
