"""Synthetic data sets of any size."""
