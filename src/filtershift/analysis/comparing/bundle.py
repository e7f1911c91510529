"""A bundle as a folder of results: unpacked, and read in a process of its own, as HDF5 of others is.

That process finds what is no result of a run, and if HDF5 itself crashes, only it ends.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import h5py
import numpy as np

from filtershift.analysis.comparing.reference import load_reference
from filtershift.analysis.quality.layers import layer_quality
from filtershift.analysis.uncertainty.noise import load_intervals
from filtershift.dataset.isolation import in_own_process
from filtershift.dataset.layer_table import load_layers
from filtershift.dataset.sources.bundle_manifest import RunSettings
from filtershift.dataset.sources.bundles import read_manifest, unpack
from filtershift.errors import FiltershiftError, one_line
from filtershift.passes.example_filters import ExampleFilters
from filtershift.passes.extent import LayerExtent
from filtershift.passes.moments import LayerMoments
from filtershift.passes.stored.groups import load_group_arrays
from filtershift.passes.stored.layers import load
from filtershift.passes.weight_matrices.measure import LayerMatrices
from filtershift.results import VARIANTS, Results

Read = TypeVar("Read")


def read_bundle(path: Path, read: Callable[[Path, RunSettings], Read]) -> Read:
    """What a function reads in a bundle, unpacked into a folder of results that is named after its data set.

    Raises:
        FiltershiftError: in one line, what is wrong with the bundle.
    """
    with _unpacked(path) as (folder, settings):
        return in_own_process(partial(_read_safely, read, folder, settings), path)


@contextmanager
def unpacked_bundle(path: Path) -> Iterator[Path]:
    """A bundle as a folder of results, named after its data set, all of whose files have been read.

    The folder goes when the block ends.

    Raises:
        FiltershiftError: in one line, what is wrong with the bundle.
    """
    with _unpacked(path) as (folder, settings):
        in_own_process(partial(_read_safely, _read_all, folder, settings), path)
        yield folder


@contextmanager
def _unpacked(path: Path) -> Iterator[tuple[Path, RunSettings]]:
    settings = read_manifest(path).settings
    with TemporaryDirectory(prefix="filtershift-") as place:
        folder = Path(place, settings.name)
        unpack(path, folder)
        yield folder, settings


def _read_safely(read: Callable[[Path, RunSettings], Read], folder: Path, settings: RunSettings, path: Path) -> Read:
    """What a function reads in a folder; ``path`` is the bundle that this was."""
    try:
        for file in sorted(folder.rglob("*.h5")):
            _check_plain(file)
        return read(folder, settings)
    except FiltershiftError as error:
        raise FiltershiftError(f"{path}: {error}") from None
    except MemoryError:
        raise
    except Exception as error:
        raise FiltershiftError(
            f"{path}: holds other files than filtershift writes ({type(error).__name__}: {one_line(error)})"
        ) from None


def _check_plain(file: Path) -> None:
    """Refuse an HDF5 file that holds anything but numbers, or that says where else some are."""

    def odd(name: str, link: object) -> str | None:
        if not isinstance(link, h5py.HardLink):
            return f"{name!r} is a link; expected arrays of numbers"
        node = opened[name]
        is_array = isinstance(node, h5py.Dataset)
        if is_array and (node.dtype.kind not in "iuf" or node.external or node.is_virtual):
            return f"{name!r} is no plain array of numbers"
        return None

    with h5py.File(file) as opened:
        if found := opened.visititems_links(odd):
            raise FiltershiftError(f"{file.name}: {found}")


def _read_all(folder: Path, settings: RunSettings) -> None:
    """Read every file as it will be read later, and compare what must agree."""
    results = Results(folder)
    layers = load_layers(results.file("stored_layers"))
    moments = load(results.shards("moments"), LayerMoments)
    extent = load(results.shards("extent"), LayerExtent)
    matrices = load(results.shards("weight_matrices"), LayerMatrices)
    examples = load([results.file("example_filters")], ExampleFilters)
    for found in (moments, extent, matrices, examples):
        if any(len(values) != len(layers) for values in vars(found).values()) or np.any(found.layer != layers.index):
            raise FiltershiftError(f"{type(found).__name__} are not those of the {len(layers):,} layers in layers.csv")
    layer_quality(layers, moments, extent, matrices)
    reference = load_reference(folder, settings.placing, VARIANTS)
    bins = {grid.bins for grid in reference.grids}
    if bins != {settings.bins} or len(reference.layers) != len(layers) or len(reference.quality) != len(layers):
        raise FiltershiftError("its histograms and tables are not those of one run")
    for variant in settings.variants:
        load_group_arrays(results.file("pair_counts", variant=variant))
        for grouping in settings.titles if settings.intervals else ():
            load_intervals(results.file("intervals", variant=variant, grouping=grouping))
