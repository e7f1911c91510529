"""Reading Flax files."""
