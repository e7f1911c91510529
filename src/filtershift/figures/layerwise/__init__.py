"""Figures of two models layer by layer, and of many pairs of models."""
