"""Meta-groupings: how they are defined, and which group each layer belongs to."""
