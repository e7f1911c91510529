"""The explorer: the per-layer statistics of a data set in one HTML file, which computes any grouping in the browser."""
