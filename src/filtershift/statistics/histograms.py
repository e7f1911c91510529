"""Pass 3: per layer and component, histograms of the coefficients over two grids, both variants.

The *extent* grid divides the one extent that all components share into ``bins * REFINE`` bins: shifts are
computed from them, in any number of bins they divide into. The *window* grid divides the range in which nearly all
coefficients lie: densities are drawn from it, and stay sharp where a few outliers stretch the extent.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import tables
from numpy.typing import NDArray
from scipy.special import ndtr

from filtershift.files import whole_file
from filtershift.statistics.moments import LayerMoments
from filtershift.statistics.units import FilterSource, Unit, in_order, spans

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
LayerCounts = NDArray[np.int32]

REFINE = 8
WINDOW_BINS = 1024
PACKED = tables.Filters(complevel=5, complib="blosc:lz4", shuffle=True)
# Layers written at once, and layers a chunk.
BATCH = 64
UNDATED = {"track_times": False}


@dataclass(frozen=True)
class Grid:
    """Where the bins of one variant lie.

    Attributes:
        extent: (2,) smallest and largest coefficient of all filters.
        bins: number of bins of the extent that are compared; the stored ones refine each into ``REFINE``.
        window: (2,) ends of the range that densities are drawn over.
    """

    extent: Array
    bins: int
    window: Array

    @property
    def edges(self) -> Array:
        """Edges of the compared bins, (bins + 1,)."""
        return np.linspace(self.extent[0], self.extent[1], self.bins + 1)

    @property
    def steps(self) -> Array:
        """Low end and bins a unit of the extent's grid and of the window's, (2, 2)."""
        (low, high), (left, right) = self.extent, self.window
        return np.array([[low, self.bins * REFINE / (high - low)], [left, WINDOW_BINS / (right - left)]])


def drawn_window(moments: LayerMoments, variant: int, components: Array, mean: Array, extent: Array) -> Array:
    """The window, (2,): the range in which 99 % of every coefficient lie, widened by half, within the extent.

    The quantiles are those of the mixture of one normal distribution a layer, with its mean and variance.
    ``variant`` 0 is scaled, 1 unscaled; components (9, 9), mean (9) and extent (2) are that variant's.
    """
    some = moments.n > 0
    if not some.any():
        return extent
    middle = (moments.mean[some, variant] - mean) @ components.T
    variance = np.einsum("ip,lpq,iq->li", components, moments.scatter[some, variant], components)
    tiny = 1e-6 * (extent[1] - extent[0])
    deviation = np.maximum(np.sqrt(np.maximum(variance, 0) / moments.n[some, None]), tiny)
    weight = moments.n[some] / moments.n.sum()
    low, high = (_mixture_quantile(share, weight, middle, deviation, extent) for share in (0.005, 0.995))
    margin = max((high - low).max() / 4, tiny)
    return np.clip([low.min() - margin, high.max() + margin], *extent)


def _mixture_quantile(share: float, weight: Array, middle: Array, deviation: Array, extent: Array) -> Array:
    """Where ``share`` of a mixture of normal distributions lies below, per component (9,), by bisection."""
    low, high = np.full(9, extent[0]), np.full(9, extent[1])
    for _ in range(40):
        centre = (low + high) / 2
        below = weight @ ndtr((centre - middle) / deviation) < share
        low, high = np.where(below, centre, low), np.where(below, high, centre)
    return (low + high) / 2


def make_grids(moments: LayerMoments, components: Array, mean: Array, extents: Array, bins: int) -> tuple[Grid, Grid]:
    """The grids of both variants, from the global bases (2, 9, 9), their means (2, 9) and the extents (2, 2)."""
    scaled, unscaled = (
        Grid(extents[v], bins, drawn_window(moments, v, components[v], mean[v], extents[v])) for v in range(2)
    )
    return scaled, unscaled


def measure_histograms(
    source: FilterSource,
    runs: pd.DataFrame,
    components: Array,
    mean: Array,
    grids: tuple[Grid, Grid],
    threads: int = 1,
    progress: Callable[[Iterable], Iterable] = iter,
) -> Iterator[tuple[int, LayerCounts]]:
    """Run pass 3: yields (layer, counts (2, 9, bins * REFINE + WINDOW_BINS)) for each layer, in order.

    components (2, 9, 9) and mean (2, 9) are the global bases; grids those of the scaled and the unscaled variant.
    """
    from filtershift.statistics import kernels

    bins = grids[0].bins * REFINE
    steps = np.stack([grid.steps for grid in grids])

    def measure(units: list[Unit]) -> list[tuple[int, LayerCounts]]:
        counted: list[tuple[int, LayerCounts]] = []
        for unit in units:
            if not counted or counted[-1][0] != unit.layer:
                counted.append((unit.layer, np.zeros((2, 9, bins + WINDOW_BINS), np.int32)))
            block = source.read(unit.start, unit.stop)
            kernels.histograms(block, components, mean, steps, bins, WINDOW_BINS, counted[-1][1])
        return counted

    layer, counts = -1, np.zeros(0, np.int32)
    for part in in_order(measure, spans(runs), threads, progress):
        for part_layer, part_counts in part:
            if part_layer == layer:
                counts += part_counts
                continue
            if layer >= 0:
                yield layer, counts
            layer, counts = part_layer, part_counts
    if layer >= 0:
        yield layer, counts


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


def coarsen(counts: NDArray, bins: int) -> NDArray:
    """Merge neighbouring bins of the last axis down to ``bins``, which must divide their number; the type stays."""
    # Of few numbers each, four times as fast as sum().
    return np.einsum("...i->...", counts.reshape(*counts.shape[:-1], bins, -1))
