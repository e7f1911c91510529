"""Meta-groupings: their definition, and which group each layer belongs to."""
