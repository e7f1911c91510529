"""The passes as the workflow runs them, and the extent between them: each reads the results before it from files.

Each function prepares a pass and returns the work to be timed.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.dataset.filters import FilterFile
from filtershift.dataset.layer_table import load_layers, row_ranges_of
from filtershift.passes.all_passes import measure
from filtershift.passes.bases import global_bases
from filtershift.passes.extent import LayerExtent
from filtershift.passes.histograms import make_grids, measure_histograms
from filtershift.passes.moments import LayerMoments, measure_moments
from filtershift.passes.outermost import outermost_extent
from filtershift.passes.stored.groups import load_bases, save_bases
from filtershift.passes.stored.histograms import save_histograms
from filtershift.passes.stored.layers import load, save
from pipeline import BINS, histogram_files

Work = Callable[[], None]


def moments(dataset: Path, folder: Path, threads: int) -> Work:
    """Pass 1, and the global bases computed from it."""
    row_ranges = row_ranges_of(load_layers(folder / "layers.csv"))

    def work() -> None:
        with FilterFile(dataset) as source:
            measured = measure_moments(source, row_ranges, threads)
        save(folder / "moments.h5", measured)
        save_bases(folder / "basis.h5", global_bases(measured))

    return work


def extent(dataset: Path, folder: Path, threads: int) -> Work:
    """The extent, for which a few layers are read."""
    row_ranges = row_ranges_of(load_layers(folder / "layers.csv"))
    measured = load([folder / "moments.h5"], LayerMoments)
    bases = load_bases(folder / "basis.h5")

    def work() -> None:
        with FilterFile(dataset) as source:
            save(folder / "outermost.h5", outermost_extent(source, row_ranges, bases, measured, threads))

    return work


def histograms(dataset: Path, folder: Path, threads: int) -> Work:
    """Pass 2, including its files."""
    row_ranges = row_ranges_of(load_layers(folder / "layers.csv"))
    measured = load([folder / "moments.h5"], LayerMoments)
    bases, extents = load_bases(folder / "basis.h5"), load([folder / "outermost.h5"], LayerExtent)
    scaled, unscaled = histogram_files(folder)

    def work() -> None:
        grids = make_grids(measured, extents, bases, BINS)
        with FilterFile(dataset) as source:
            counted = measure_histograms(source, row_ranges, bases, grids, measured, threads)
            save(folder / "extent.h5", save_histograms((scaled, unscaled), grids, counted))

    return work


PASSES: dict[str, Callable[[Path, Path, int], Work]] = {"moments": moments, "extent": extent, "histograms": histograms}


class Zeros:
    """A source of filters that are all zero, of some type."""

    def __init__(self, dtype: np.dtype) -> None:
        self.dtype = dtype

    def read(self, start: int, stop: int) -> NDArray[np.floating]:
        """Like `FilterFile.read`; the result is read-only, too."""
        block = np.zeros((stop - start, 9), self.dtype)
        block.flags.writeable = False
        return block


def compile_kernels(dataset: Path) -> None:
    """Compile the kernels for the data set's type of weights, or load them from the cache; no filter is read."""
    with FilterFile(dataset) as source:
        zeros = Zeros(source.dtype)
    row_ranges = pd.DataFrame({"layer": [0], "start": [0], "stop": [1]})
    list(measure(zeros, row_ranges, BINS).counted)
