"""The labels of models: those of the authors' schema, and any others."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from filtershift.errors import FiltershiftError

Label = str | int | float

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
# Labels that are not in the authors' schema.
LICENSE = "License"
LINEAGE = "lineage"  # models with the same one are variants of each other, so they are not independent

# Columns of the layer and model tables, which no label can be called.
COLUMNS = frozenset(
    (
        *("layer", "layer_position", "layer_name", "n_layers", "n_filters", "filter_ids", "kernel", "groups"),
        *("in_channels", "out_channels", "batch_norm", "conv_depth", "conv_depth_norm", "depth", "depth_source"),
        *("model_id", "model", "producer", "op_set", "total_filters", "3x3_filter_share"),
    )
)


def clean_labels(owner: str, labels: Any) -> dict[str, Label]:
    """Labels as given by a user: numbers stay numbers, all else becomes text, and missing ones are dropped.

    Raises:
        FiltershiftError: these are no pairs, or a label has the name of a column; the message begins with `owner`.
    """
    if not isinstance(labels, Mapping):
        raise FiltershiftError(f"{owner}: labels must be LABEL: VALUE pairs, not {str(labels)[:80]!r}")
    if taken := sorted({str(label) for label in labels} & COLUMNS):
        raise FiltershiftError(f"{owner}: the label {taken[0]!r} is a column already; choose another name")
    for label, value in labels.items():
        if isinstance(value, dict | list):
            raise FiltershiftError(f"{owner}: the label {label!r} is {str(value)[:80]!r}; expected text or a number")
    return {
        str(label): value if type(value) in (int, float) else str(value)
        for label, value in labels.items()
        if value is not None
    }


def check_names(owner: str, names: Iterable[str]) -> None:
    """Refuse two models with the same name; the message begins with `owner`."""
    for name, count in Counter(names).items():
        if count > 1:
            raise FiltershiftError(f"{owner}: {count} models are called {name!r}; each needs its own name")
