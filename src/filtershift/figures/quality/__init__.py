"""Figures of the quality of layers."""
