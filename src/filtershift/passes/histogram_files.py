"""Stored histograms of layers, both grids, one file per shard and variant."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import numpy as np
import tables
from numpy.typing import NDArray

from filtershift.files import whole_file
from filtershift.passes.histograms import REFINE, WINDOW_BINS, Grid, coarsen

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
LayerCounts = NDArray[np.int32]

PACKED = tables.Filters(complevel=5, complib="blosc:lz4", shuffle=True)
# Layers written at once, and layers a chunk.
BATCH = 64
UNDATED = {"track_times": False}


def save_histograms(
    paths: tuple[Path, Path], grids: tuple[Grid, Grid], counted: Iterable[tuple[int, LayerCounts]]
) -> None:
    """Write the results of pass 3 for one shard, one file a variant.

    They are packed in memory as they come, a tenth of their size, and written at the end: PyTables says nothing when a
    disk is full.
    """
    with ExitStack() as stack:
        files = [stack.enter_context(_create(path, grid)) for path, grid in zip(paths, grids, strict=True)]
        layers = iter(counted)
        while batch := list(islice(layers, BATCH)):
            counts = np.stack([count for _, count in batch], axis=1)
            for file, count in zip(files, counts, strict=True):
                split = file.root.extent.shape[2]
                file.root.layer.append([layer for layer, _ in batch])
                file.root.n.append(count[:, 0, :split].sum(axis=-1))
                file.root.extent.append(count[:, :, :split])
                file.root.window.append(count[:, :, split:])
        for path, file in zip(paths, files, strict=True):
            with whole_file(path) as beside:
                beside.write_bytes(file.get_file_image())


def _create(path: Path, grid: Grid) -> tables.File:
    """An empty file of histograms over a grid, in memory."""
    file = tables.open_file(path.name, "w", driver="H5FD_CORE", driver_core_backing_store=0)
    for name, bins in (("extent", grid.bins * REFINE), ("window", WINDOW_BINS)):
        atom, chunk = tables.Int32Atom(), (BATCH // 8, 9, bins)
        file.create_earray("/", name, atom, (0, 9, bins), filters=PACKED, chunkshape=chunk, **UNDATED)
    for name in ("layer", "n"):
        file.create_earray("/", name, tables.Int64Atom(), (0,), **UNDATED)
    file.create_array("/", "extent_ends", grid.extent, **UNDATED)
    file.create_array("/", "window_ends", grid.window, **UNDATED)
    file.create_array("/", "bins", np.array([grid.bins]), **UNDATED)
    return file


def load_grid(path: Path) -> Grid:
    """The grid a file of histograms was counted over."""
    with tables.open_file(path) as file:
        return Grid(file.root.extent_ends[:], int(file.root.bins[0]), file.root.window_ends[:])


def group_counts(paths: Iterable[Path], grid: str, group_of: dict[int, int], groups: int) -> Counts:
    """Sum the stored histograms of the layers of each group, (groups, 9, stored bins).

    Args:
        paths: the files of all shards of one variant.
        grid: "extent" or "window".
        group_of: the group, 0 … groups - 1, of each layer; layers not in it are left out.
        groups: how many groups.
    """
    total: Counts | None = None
    for path in paths:
        with tables.open_file(path) as file:
            counts = file.get_node(f"/{grid}")
            if total is None:
                total = np.zeros((groups, *counts.shape[1:]), np.int64)
            layers = file.root.layer[:]
            for start in range(0, len(layers), BATCH):
                for layer, count in zip(layers[start : start + BATCH], counts[start : start + BATCH], strict=True):
                    if layer in group_of:
                        total[group_of[layer]] += count
    if total is None:
        raise ValueError("no file of histograms given")
    return total


def layer_counts(paths: Iterable[Path], layers: Sequence[int], share: Array | None = None) -> NDArray:
    """The histograms of layers over the compared bins of the extent, (layers, 9, bins), in the order given.

    Args:
        paths: the files of all shards of one variant.
        layers: the layers, each once; all must be in the files.
        share: (stored bins, bins) how much of each stored bin lies in each of other bins to count over; then counts are
            not whole, and float32.
    """
    place = {layer: k for k, layer in enumerate(layers)}
    total: NDArray | None = None
    for path in paths:
        with tables.open_file(path) as file:
            bins = int(file.root.bins[0]) if share is None else share.shape[1]
            if total is None:
                total = np.zeros((len(layers), 9, bins), np.int32 if share is None else np.float32)
            to = np.array([place.pop(layer, -1) for layer in file.root.layer[:].tolist()])
            for start in range(0, len(to), BATCH):
                here = to[start : start + BATCH]
                stored = file.root.extent[start : start + BATCH]
                counts = coarsen(stored, bins) if share is None else stored @ share
                total[here[here >= 0]] = counts[here >= 0]
    if total is None or place:
        raise ValueError(f"no histogram of {len(place):,} of {len(layers):,} layers")
    return total
