"""Stored histograms of layers, both grids, one file per shard and variant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import numpy as np
import tables
from numpy.typing import NDArray

from filtershift.files import whole_file
from filtershift.passes.extent import Counted, LayerCounts, LayerExtent, layer_extent
from filtershift.passes.histograms import REFINE, WINDOW_BINS, Grid, coarsen

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

PACKED = tables.Filters(complevel=5, complib="blosc:lz4", shuffle=True)
# Layers written and read at once.
BATCH = 64
UNDATED = {"track_times": False}


def save_histograms(paths: tuple[Path, Path], grids: tuple[Grid, Grid], counted: Iterable[Counted]) -> LayerExtent:
    """Write the histograms of pass 2 for one shard, one file per variant; return the extents of the layers.

    Histograms are packed in memory as they come, a tenth of their size, and written at the end: PyTables says nothing
    when a disk is full.
    """
    with ExitStack() as stack:
        files = [stack.enter_context(_create(path, grid)) for path, grid in zip(paths, grids, strict=True)]
        layers, extents = iter(counted), []
        while batch := list(islice(layers, BATCH)):
            extents += [(one.layer, one.extents) for one in batch]
            counts = np.stack([one.counts for one in batch], axis=1)
            for file, count in zip(files, counts, strict=True):
                split = file.root.extent.shape[2]
                file.root.layer.append([one.layer for one in batch])
                file.root.n.append(count[:, 0, :split].sum(axis=-1))
                file.root.extent.append(count[:, :, :split])
                file.root.window.append(count[:, :, split:])
        for path, file in zip(paths, files, strict=True):
            with whole_file(path) as beside:
                beside.write_bytes(file.get_file_image())
    return layer_extent(extents)


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


def stored_layers(paths: Iterable[Path], grid: str) -> Iterator[tuple[NDArray[np.int64], LayerCounts]]:
    """Read stored histograms a batch at a time: numbers of layers (B,) and their counts (B, 9, stored bins).

    Args:
        paths: the files of all shards of one variant.
        grid: "extent" or "window".
    """
    for path in paths:
        with tables.open_file(path) as file:
            layers, counts = file.root.layer[:], file.get_node(f"/{grid}")
            for start in range(0, len(layers), BATCH):
                yield layers[start : start + BATCH], counts[start : start + BATCH]


def layer_sizes(paths: Iterable[Path]) -> dict[int, int]:
    """The number of counted filters of each stored layer."""
    sizes: dict[int, int] = {}
    for path in paths:
        with tables.open_file(path) as file:
            sizes.update(zip(file.root.layer[:].tolist(), file.root.n[:].tolist(), strict=True))
    return sizes


def group_counts(paths: Sequence[Path], grid: str, group_of: Mapping[int, int], groups: int) -> Counts:
    """Sum the stored histograms of the layers of each group, (groups, 9, stored bins).

    Args:
        paths: the files of all shards of one variant.
        grid: "extent" or "window".
        group_of: the group, 0 … groups - 1, of each layer; layers not in it are left out.
        groups: how many groups.
    """
    bins = WINDOW_BINS if grid == "window" else load_grid(paths[0]).bins * REFINE
    total = np.zeros((groups, 9, bins), np.int64)
    for layers, counts in stored_layers(paths, grid):
        for layer, count in zip(layers.tolist(), counts, strict=True):
            if layer in group_of:
                total[group_of[layer]] += count
    return total


def layer_counts(paths: Sequence[Path], layers: Sequence[int], share: Array | None = None) -> NDArray:
    """The histograms of layers over the compared bins of the extent, (layers, 9, bins), in the order given.

    Args:
        paths: the files of all shards of one variant.
        layers: the layers, each once; all must be in the files.
        share: (stored bins, bins) how much of each stored bin lies in each of other bins to count over; then counts are
            not whole, and float32.
    """
    bins = load_grid(paths[0]).bins if share is None else share.shape[1]
    total: NDArray = np.zeros((len(layers), 9, bins), np.int32 if share is None else np.float32)
    place = {layer: k for k, layer in enumerate(layers)}
    for numbers, stored in stored_layers(paths, "extent"):
        to = np.array([place.pop(layer, -1) for layer in numbers.tolist()])
        counts = coarsen(stored, bins) if share is None else stored @ share
        total[to[to >= 0]] = counts[to >= 0]
    if place:
        raise ValueError(f"no histogram of {len(place):,} of {len(layers):,} layers")
    return total
