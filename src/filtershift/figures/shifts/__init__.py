"""Figures of shifts between groups."""
