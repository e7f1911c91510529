"""Open data sets, results and model files as filters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import yaml
from h5py import is_hdf5

from filtershift.dataset.filters import FilterFile
from filtershift.dataset.fingerprint import fingerprint
from filtershift.dataset.layer_table import load_layers, row_ranges_of, with_numbers
from filtershift.dataset.layers import read_layers
from filtershift.dataset.models.batch_norm import FOLDED, STORED
from filtershift.dataset.models.layers import model_layers
from filtershift.dataset.models.listed import listed_models
from filtershift.dataset.models.reading import read_model_file
from filtershift.errors import FiltershiftError
from filtershift.files import read_table
from filtershift.notebook.filters.choosing import shown
from filtershift.notebook.filters.filters import Filters
from filtershift.passes.filter_array import FilterArray
from filtershift.results import SKIPPED, Results, dataset_file


def open_dataset(path: str | Path) -> Filters:
    """The filters of a data set file in any of the formats the workflow reads, memory-mapped where possible.

    A folder of results, such as ``results/zoo``, opens the data set they were made from, with the labels of its
    ``layers.csv``. Columns of numbers are numbers, also where the file holds text.

    Raises:
        FiltershiftError: what is wrong with the file or the folder, in one line.
    """
    place = _path(path, "open_dataset")
    if place.is_dir():
        return _of_results(place)
    if not place.exists():
        raise FiltershiftError(f"{path}: no such file; expected a data set (HDF5), or a folder of results")
    if not is_hdf5(place):
        raise FiltershiftError(
            f"{path}: not a data set file (HDF5); open models with read_model, and place them in a bundle with place"
        )
    table = read_layers(place)
    return Filters(FilterFile(place), with_numbers(table.layers), table.row_ranges, table.skipped)


def read_model(path: str | Path, batch_norm: str = FOLDED) -> Filters:
    """The 3×3 filters of a model file of any kind, or of a folder as model hubs lay it out.

    Args:
        path: the file or folder.
        batch_norm: "folded": multiplied by the BatchNorm behind the convolution, where the file says that there is
            one; "stored": as they are.

    Raises:
        FiltershiftError: no such model, or one without 3×3 convolutions.
    """
    if batch_norm not in (FOLDED, STORED):
        raise FiltershiftError(f"read_model: batch_norm must be {FOLDED} or {STORED}, not {shown(batch_norm)}")
    return filters_of_models([_path(path, "read_model")], batch_norm)


def filters_of_models(paths: Sequence[Path], batch_norm: str = FOLDED) -> Filters:
    """The same of several files, of which those with the same name are named after their folders, too.

    Raises:
        FiltershiftError: no such model, or no 3×3 convolution in all of them.
    """
    models = {
        file.name: read_model_file(Path(file.file), file.name, batch_norm)
        for file in listed_models([str(path) for path in paths])
    }
    rows = [vars(row) for model in models.values() for row in model.skipped]
    if not any(model.layers for model in models.values()):
        named = ", ".join(map(str, paths))
        raise FiltershiftError(f"{named}: {rows[-1]['reason'] if rows else 'no 3×3 convolution'}")
    source = FilterArray([layer.weights for model in models.values() for layer in model.layers])
    return Filters(source, model_layers(models), source.row_ranges, pd.DataFrame(rows, columns=list(SKIPPED)))


def _of_results(folder: Path) -> Filters:
    results = Results(folder)
    try:
        config = yaml.safe_load(results.file("config").read_text(encoding="utf-8"))
        dataset = folder.resolve().parents[1] / dataset_file(config["dataset"]["name"], config["dataset"]["path"])
    except (OSError, ValueError, KeyError, TypeError, IndexError, yaml.YAMLError):
        raise FiltershiftError(
            f"{folder} holds no results: expected a folder such as results/zoo, with a config.yaml; for a data set "
            "give its file, and open models with read_model"
        ) from None
    if config["dataset"].get("bundled"):
        raise FiltershiftError(f"{folder}: was made from the bundle {dataset}, which has no filters")
    if not dataset.is_file():
        raise FiltershiftError(f"{folder}: its filters are read from {dataset}, which is not there")
    table = results.file("layers")
    if not table.is_file():
        raise FiltershiftError(f"{folder}: there is no layers.csv; run the workflow to its end")
    # Only of files that the workflow did not build itself it keeps a fingerprint.
    former = config.get("fingerprint")
    if fingerprint(dataset) != former if former else dataset.stat().st_mtime > table.stat().st_mtime:
        raise FiltershiftError(f"{folder}: {dataset} has changed since; repeat that run, or open the file itself")
    layers = load_layers(table)
    skipped = results.file("skipped")
    return Filters(
        FilterFile(dataset),
        with_numbers(layers),
        row_ranges_of(layers),
        read_table(skipped) if skipped.is_file() else None,
    )


def _path(path: object, caller: str) -> Path:
    if not isinstance(path, (str, Path)):
        raise FiltershiftError(f"{caller} expects a path, not {shown(path)}; from_arrays takes arrays")
    return Path(path).expanduser()
