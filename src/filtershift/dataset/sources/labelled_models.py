"""Turn models that were read, with their labels, into the tables of a data set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from filtershift.dataset.models.labels import LABELS, LICENSE, Label
from filtershift.dataset.models.model import ConvLayer, ConvModel
from filtershift.dataset.writer import INDEX
from filtershift.errors import FiltershiftError
from filtershift.results import SKIPPED


@dataclass(frozen=True)
class LabelledModel:
    """A model that was read, with its name and labels."""

    name: str
    labels: Mapping[str, Label]
    content: ConvModel


def meta_table(models: Sequence[LabelledModel], model_id: int = 0, first: int = 0) -> pd.DataFrame:
    """`/meta` of the v1.0.0 schema, one row per layer; the index [model_id, conv_depth, conv_depth_norm] as columns.

    The authors' columns come first: labels (missing if not documented), filter and operator counts of the model, and
    `filter_ids` "first:last" (last included). Our columns follow: name, kernel, groups, channels and BatchNorm of the
    layer, how its depth is known, the licence, and labels of one's own. Values that a file cannot tell are missing.

    Args:
        models: models; those without layers have no rows.
        model_id: id of the first model.
        first: id of the first filter.

    Raises:
        FiltershiftError: a label has the name of a column.
    """
    models = [model for model in models if model.content.layers]
    shapes = sorted({shape for model in models for shape in model.content.kernel_shapes})
    operators = sorted({kind for model in models for kind in model.content.operators})
    own = dict.fromkeys(label for model in models for label in model.labels if label not in (*LABELS, LICENSE))
    rows = []
    for number, model in enumerate(models, model_id):
        of_model = _model_columns(model, shapes, operators)
        for layer in model.content.layers:
            position = (number, layer.conv_depth, layer.conv_depth_norm)
            ids = {"filter_ids": f"{first}:{first + len(layer.weights) - 1}"}
            extra = {
                **_layer_columns(layer),
                "depth_source": model.content.depth_source,
                LICENSE: model.labels.get(LICENSE),
            }
            row = {**dict(zip(INDEX, position, strict=True)), **of_model, **ids, **extra}
            if taken := own.keys() & row.keys():
                raise FiltershiftError(
                    f"{model.name}: the label {min(taken)!r} is a column already; choose another name"
                )
            rows.append(row | {label: model.labels.get(label) for label in own})
            first += len(layer.weights)
    return pd.DataFrame(rows)


def skipped_table(models: Iterable[LabelledModel]) -> pd.DataFrame:
    """All that was left out of the models: columns kind, name, reason, count (of filters; 0 if unknown)."""
    rows = [asdict(row) for model in models for row in model.content.skipped]
    return pd.DataFrame(rows, columns=SKIPPED)


def _model_columns(model: LabelledModel, shapes: list[tuple[int, int]], operators: list[str]) -> dict[str, object]:
    content = model.content
    absent = 0 if content.operators else None
    return {
        "model": model.name,
        "producer": content.producer or None,
        "op_set": content.op_set,
        "depth": content.depth,
        **{label: model.labels.get(label) for label in LABELS},
        "total_filters": content.total_filters,
        "3x3_filter_share": content.share_3x3,
        **{f"{shape} filters": content.kernel_shapes.get(shape, 0) for shape in shapes},
        **{kind: content.operators.get(kind, absent) for kind in operators},
    }


def _layer_columns(layer: ConvLayer) -> dict[str, object]:
    return {
        "layer_name": layer.name,
        "kernel": layer.kernel,
        "groups": layer.groups,
        "in_channels": layer.in_channels,
        "out_channels": layer.out_channels,
        "batch_norm": layer.batch_norm,
    }
