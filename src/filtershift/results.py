"""What all rooms know of the results of a run."""

VARIANTS = ("scaled", "unscaled")

SKIPPED = ("kind", "name", "reason", "count")
"""The columns of skipped.csv, and of every table of what was left out."""
