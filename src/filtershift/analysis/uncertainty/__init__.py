"""The uncertainty of shifts: intervals, noise floors and nulls."""
