"""The labels that a model may have."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from filtershift.errors import FiltershiftError

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


def check_labels(owner: str, labels: Mapping[Any, Any]) -> None:
    """Refuse labels that are not a column of /meta; the message begins with `owner`."""
    for unknown in sorted(set(map(str, labels)) - {*LABELS, LICENSE}):
        raise FiltershiftError(f"{owner}: unknown label {unknown!r}; known are {', '.join([*LABELS, LICENSE])}")


def check_names(owner: str, names: Iterable[str]) -> None:
    """Refuse two models with the same name; the message begins with `owner`."""
    for name, count in Counter(names).items():
        if count > 1:
            raise FiltershiftError(f"{owner}: {count} models are called {name!r}; each needs its own name")
