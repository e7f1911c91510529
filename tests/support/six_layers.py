"""Six layers of three models, as arrays and as a data set."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.dataset.writer import write_dataset

_RNG = np.random.default_rng(7)
LAYERS = [
    _RNG.normal(0.01 * k, 0.1, (40 + k, 5, 3, 3)).astype(np.float32) @ np.diag([1, 2, 0.5]).astype(np.float32)
    for k in range(6)
]
TASK = ["a", "b", "a", "c", "b", "a"]


def scaled(filters: NDArray) -> NDArray:
    """Filters as rows, each divided by its largest absolute weight."""
    filters = filters.reshape(-1, 9).astype(float)
    return filters / np.abs(filters).max(axis=1, keepdims=True)


def six_layers() -> pd.DataFrame:
    """Their metadata."""
    stops = np.cumsum([layer.size // 9 for layer in LAYERS])
    return pd.DataFrame(
        {
            "model_id": [0, 0, 1, 1, 2, 2],
            "conv_depth": [0, 1] * 3,
            "conv_depth_norm": [0.0, 1.0] * 3,
            "model": ["x", "x", "y", "y", "z", "z"],
            "layer_name": ["stem", "head", "stem", "y.head", "z.stem", "z.head"],
            "Task": TASK,
            "epoch": ["1", "1", "10", "10", None, None],
            "version": ["01", "1", "2", "2", "2", "2"],
            "filter_ids": [f"{stop - layer.size // 9}:{stop - 1}" for stop, layer in zip(stops, LAYERS, strict=True)],
        }
    )


def write_six_layers(path: Path) -> None:
    write_dataset(path, (layer.reshape(-1, 3, 3) for layer in LAYERS), six_layers())
