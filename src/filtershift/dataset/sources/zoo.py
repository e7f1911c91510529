"""Build a data set in the authors' v1.0.0 schema from the models inside pinned packages."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from filtershift.dataset.models.batch_norm import FOLDED
from filtershift.dataset.models.labels import check_names, clean_labels
from filtershift.dataset.models.model import ConvModel, Skipped
from filtershift.dataset.models.reading import read_model_file
from filtershift.dataset.sources.archives import copy_model
from filtershift.dataset.sources.labelled_models import LabelledModel, meta_table, skipped_table
from filtershift.dataset.sources.packages import Package, fetch_package
from filtershift.dataset.writer import write_dataset
from filtershift.errors import FiltershiftError, about
from filtershift.files import write_table


def build(packages: Sequence[Package], folder: Path, dataset: Path, skipped: Path, batch_norm: str = FOLDED) -> None:
    """Write the 3×3 filters of all models of `packages` to `dataset`, and all that is left out to the CSV `skipped`.

    Packages are kept in `folder` and downloaded only if missing. Peak memory is the size of the filters plus the
    largest model. `batch_norm` is "folded" or "stored".

    Raises:
        FiltershiftError: a package, member, label or model is not as configured, or there are no filters at all.
    """
    models = without_copies(read_zoo(packages, folder, batch_norm))
    meta = meta_table(models)
    if meta.empty:
        raise FiltershiftError(f"{dataset}: none of the {len(models)} models of the zoo has a 3×3 filter; expected one")
    write_dataset(dataset, (layer.weights for model in models for layer in model.content.layers), meta)
    write_table(skipped, skipped_table(models))


def read_zoo(packages: Sequence[Package], folder: Path, batch_norm: str = FOLDED) -> list[LabelledModel]:
    """Fetch the packages and read their models, in the order given; progress goes to stderr.

    A model has its own labels and those of its package; its own take precedence.
    """
    check_names("zoo", (entry.model for package in packages for entry in package.models))
    models = []
    with tqdm(total=sum(len(package.models) for package in packages), desc="zoo", unit="model") as progress:
        for package in packages:
            progress.set_postfix_str(package.file)
            archive = fetch_package(package, folder)
            for entry in package.models:
                labels = clean_labels(f"zoo, {entry.model}", package.labels | entry.labels)
                with tempfile.TemporaryDirectory() as beside:
                    copy = copy_model(archive, entry.member, Path(beside))
                    with about(entry.model):
                        content = read_model_file(copy, entry.model, batch_norm)
                models.append(LabelledModel(entry.model, labels, content))
                progress.update()
    return models


def without_copies(models: Sequence[LabelledModel]) -> list[LabelledModel]:
    """The models; one that has the same filters as an earlier one loses its layers, and its `skipped` says why."""
    first: dict[bytes, str] = {}
    kept = []
    for model in models:
        original = first.setdefault(_fingerprint(model.content), model.name)
        if model.content.layers and original != model.name:
            count = sum(len(layer.weights) for layer in model.content.layers)
            copy = Skipped("model", model.name, f"a copy of {original}: all filters are the same", count)
            kept.append(replace(model, content=replace(model.content, layers=(), skipped=(copy,))))
        else:
            kept.append(model)
    return kept


def _fingerprint(model: ConvModel) -> bytes:
    digest = hashlib.sha256()
    for weights in sorted(layer.weights.tobytes() for layer in model.layers):
        digest.update(len(weights).to_bytes(8))
        digest.update(weights)
    return digest.digest()
