"""Build a data set in the v1.0.0 schema from the user's own model files, alone or added to a finished data set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from filtershift.dataset.filters import FilterFile
from filtershift.dataset.layers import read_layers
from filtershift.dataset.models.batch_norm import FOLDED
from filtershift.dataset.models.labels import check_names
from filtershift.dataset.models.listed import ModelFile
from filtershift.dataset.models.reading import read_model_file
from filtershift.dataset.sources.disk_space import check_space
from filtershift.dataset.sources.labelled_models import LabelledModel, meta_table, skipped_table
from filtershift.dataset.writer import write_dataset
from filtershift.errors import FiltershiftError
from filtershift.files import write_table

BLOCK = 1 << 18
"""Number of filters of the base that are copied at once: 9 MB, or 19 MB as float64."""

COMPUTED = ("layer_position", "n_filters")
"""Columns of the layer table that are computed, not stored in a file."""


def build(
    files: Sequence[ModelFile],
    dataset: Path,
    skipped: Path,
    base: Path | None = None,
    batch_norm: str = FOLDED,
) -> None:
    """Write the 3×3 filters of models to `dataset`, after those of `base`, and what is left out to the CSV `skipped`.

    The base keeps its filters, their ids and type, its model ids and all its columns; the models get the ids that
    follow. Columns that only one side has are empty on the other. Peak memory is the size of the models' filters plus
    the largest model; the base is copied in blocks. `batch_norm` is "folded" or "stored".

    Raises:
        FiltershiftError: a file cannot be read, two models have the same name, there are no 3×3 filters at all, or the
            disk is too small.
    """
    models = read_models(files, batch_norm)
    if not any(model.content.layers for model in models):
        raise FiltershiftError(f"{dataset}: no 3×3 filters in {_reasons(models)}")
    if base is None:
        _write(dataset, models, meta_table(models))
        write_table(skipped, skipped_table(models))
        return
    table = read_layers(base)
    check_names(str(base), [*table.layers.drop_duplicates("model_id")["model"], *(model.name for model in models)])
    with FilterFile(base) as filters:
        added = meta_table(models, int(table.layers["model_id"].max()) + 1, filters.n_filters)
        meta = pd.concat([table.layers.drop(columns=list(COMPUTED)), _typed(added)], ignore_index=True)
        _write(dataset, models, meta, filters)
    columns = table.skipped[table.skipped["kind"] == "column"]
    write_table(skipped, pd.concat([columns, skipped_table(models)]))


def read_models(files: Sequence[ModelFile], batch_norm: str) -> list[LabelledModel]:
    """Read model files in the order given; progress goes to stderr."""
    models = []
    with tqdm(files, desc="models", unit="model") as progress:
        for file in progress:
            progress.set_postfix_str(file.name)
            content = read_model_file(Path(file.file), file.name, batch_norm)
            models.append(LabelledModel(file.name, file.labels, content))
    return models


def _write(dataset: Path, models: Sequence[LabelledModel], meta: pd.DataFrame, base: FilterFile | None = None) -> None:
    """Write a data set: the filters of the base if there is one, then those of the models."""
    dtype = base.dtype if base else np.dtype(np.float32)
    total = sum(len(layer.weights) for model in models for layer in model.content.layers)
    total += base.n_filters if base else 0
    check_space(dataset, 9 * dtype.itemsize * total)

    def blocks() -> Iterator[NDArray]:
        if base:
            starts = range(0, base.n_filters, BLOCK)
            for start in tqdm(starts, desc="base", unit="block", mininterval=1):
                yield base.read(start, min(start + BLOCK, base.n_filters))
        for model in models:
            yield from (layer.weights for layer in model.content.layers)

    write_dataset(dataset, blocks(), meta, dtype)


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """Drop empty columns and turn counts into integers: next to a base's text "13", 13.0 would be another label."""
    table = table.dropna(axis=1, how="all")
    floats = [name for name in table.select_dtypes("float") if name not in ("conv_depth_norm", "3x3_filter_share")]
    return table.astype(dict.fromkeys(floats, "Int64"))


def _reasons(models: Sequence[LabelledModel]) -> str:
    """The models from which nothing could be read, each with the reason, in one line."""
    rows = skipped_table(models)
    reasons = rows.loc[rows["kind"] == "model", ["name", "reason"]].agg(": ".join, axis=1).tolist()
    return "; ".join(reasons[:5]) + (f"; and {len(reasons) - 5} more models" if len(reasons) > 5 else "")
