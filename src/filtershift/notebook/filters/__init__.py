"""Filters as a notebook holds them: of a data set, of model files, of arrays."""
