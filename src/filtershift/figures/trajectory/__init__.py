"""Figures of models over time."""
