"""Builders of small data sets for the layer table."""

from pathlib import Path

import h5py
import numpy as np
import pandas as pd

DATA = Path(__file__).parents[1] / "data"
FIXTURES = ["v0_tiny", "v1_tiny", "v1table_tiny", "csv_tiny"]


def dataset(path, ids, size=100, **columns):
    """A data set with these `filter_ids`, one model, and its meta as CSV if all is text, else as a frame."""
    rows = len(ids)
    defaults = {"model_id": [0] * rows, "conv_depth": range(rows), "conv_depth_norm": [0.5] * rows}
    meta = pd.DataFrame({**defaults, **columns, "filter_ids": pd.Series(ids, dtype=object)})
    lists = any(isinstance(cell, list | tuple) for cell in ids)
    if lists:
        meta.to_hdf(path, key="meta", mode="w")
    with h5py.File(path, "a" if lists else "w") as file:
        file["filters"] = np.ones((size, 9), np.float32)
        if not lists:
            file["meta"] = np.frombuffer(meta.to_csv(index=False).encode("utf-8", "surrogatepass"), np.uint8)
    return path
