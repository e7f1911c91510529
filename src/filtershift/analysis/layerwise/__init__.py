"""Two models layer by layer: what changed, and how far to believe it."""
