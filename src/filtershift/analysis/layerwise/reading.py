"""The two models of a comparison, from model files or from a data set, and the bases and bins of a data set."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from filtershift.analysis.layerwise.models import ModelLayers, layers_of_dataset, layers_of_model
from filtershift.analysis.layerwise.pairs import Counted
from filtershift.dataset.filters import FilterFile
from filtershift.dataset.layer_table import load_layers, row_ranges_of
from filtershift.dataset.models.reading import read_model_file
from filtershift.passes.bases import Bases
from filtershift.passes.histograms import Grid
from filtershift.passes.stored.groups import load_bases
from filtershift.passes.stored.histograms import layer_counts, load_grid
from filtershift.results import SKIPPED, VARIANTS, Results


def read_models(
    names: Sequence[str], files: Sequence[str], batch_norm: str, dataset: Path, results: Path
) -> tuple[tuple[ModelLayers, ModelLayers], pd.DataFrame]:
    """Two models, and what was left out of their files, as rows kind, name, reason, count.

    Args:
        names: of both.
        files: their files; "" for a model of the data set.
        batch_norm: "folded" or "stored", for files.
        dataset: the data set file.
        results: the results of the data set.

    Raises:
        FiltershiftError: a file cannot be read, has no 3×3 layer, or there is no such model in the data set.
    """
    models, skipped = [], []
    for name, file in zip(names, files, strict=True):
        if file:
            model = read_model_file(Path(file), name, batch_norm)
            models.append(layers_of_model(name, model))
            skipped += [{**vars(row), "name": f"{name}: {row.name}"} for row in model.skipped]
        else:
            layers = load_layers(Results(results).file("layers"))
            with FilterFile(dataset) as source:
                models.append(layers_of_dataset(name, layers, row_ranges_of(layers), source))
    before, after = models
    return (before, after), pd.DataFrame(skipped, columns=list(SKIPPED))


def reference_of(folder: Path) -> tuple[Bases, tuple[Grid, Grid]]:
    """The bases and grids of the data set whose results are in a folder."""
    results = Results(folder)
    scaled, unscaled = (load_grid(results.shards(f"histograms-{variant}")[0]) for variant in VARIANTS)
    return load_bases(results.file("basis")), (scaled, unscaled)


def load_counted(folder: Path, layers: Sequence[int], variants: Sequence[str]) -> Counted:
    """What was counted of the layers of the data set whose results are in a folder, in the order given."""
    results = Results(folder)
    bases, grids = reference_of(folder)
    counted = {}
    for variant in variants:
        v = VARIANTS.index(variant)
        counts = layer_counts(results.shards(f"histograms-{variant}"), layers)
        width = float(np.ptp(grids[v].extent)) / grids[v].bins
        counted[variant] = counts, width, bases[v].explained_variance_ratio
    return counted
