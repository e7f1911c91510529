"""Where a data set file comes from: a download, model files, or a generator of synthetic data."""
