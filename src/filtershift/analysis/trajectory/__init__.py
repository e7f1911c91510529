"""Models over time: which layers changed, when, and when they settle."""
