"""Histogram files of layers, as pass 2 writes them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from filtershift.passes.histograms import REFINE, WINDOW_BINS, Grid
from filtershift.passes.stored.histograms import save_histograms
from taken import without_extents

BINS = 4
FINE = BINS * REFINE


def saved(folder: Path, layers: Sequence[NDArray[np.int32]], shards: int = 1) -> list[Path]:
    """Histograms of layers in files, as pass 2 writes them."""
    grid = Grid(np.array([-1.0, 1.0]), BINS, np.array([-1.0, 1.0]))
    paths = []
    for number, part in enumerate(np.array_split(np.arange(len(layers)), shards)):
        window = np.zeros((2, 9, WINDOW_BINS), np.int32)
        counted = [(int(k), np.concatenate([np.stack([layers[k], layers[k]]), window], axis=-1)) for k in part]
        pair = folder / f"scaled-{number}.h5", folder / f"unscaled-{number}.h5"
        save_histograms(pair, (grid, grid), without_extents(counted))
        paths.append(pair[0])
    return paths
