"""From model files to 3×3 filters with metadata of their layers."""
