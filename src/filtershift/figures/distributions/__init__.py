"""Figures of distributions of coefficients and of their bases."""
