"""The two models of `layerwise.models`: model files, or names of models of the data set."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from filtershift.dataset.models.listed import ModelFile, listed_models
from filtershift.errors import FiltershiftError, did_you_mean

EXAMPLE = "layerwise.models=[before.pt,after.pt]"

_FILES = (
    *(".bin", ".ckpt", ".h5", ".json", ".keras", ".msgpack", ".onnx", ".param", ".pdparams", ".pt", ".pt2", ".pth"),
    *(".safetensors", ".tar", ".tflite", ".xml", ".yaml", ".yml"),
)
"""How names of files end: one that is not there is a mistake, not a model of the data set."""


def compared_models(entries: Sequence[Any], table: Path, configured: Iterable[str]) -> list[ModelFile]:
    """Both models, in their order; one of the data set has no file.

    Args:
        entries: each the path of a file or folder; `file` and `name`; or the name of a model of the data set.
        table: models.csv of the data set, if it is finished.
        configured: the names of the models of the data set, as far as the configuration tells them.

    Raises:
        FiltershiftError: not two models, a file that cannot be read, or a name that is neither.
    """
    if not entries:
        return []
    if len(entries) != 2:
        raise FiltershiftError(f"config: layerwise.models takes two models, as in {EXAMPLE}, not {len(entries)}")
    entries = [str(entry) if isinstance(entry, int | float) else entry for entry in entries]  # a model called 3
    known = [*_names(table)] or [*configured]
    files = [entry for entry in entries if _is_file(entry, known)]
    try:
        found = listed_models(files)
    except FiltershiftError as error:
        raise FiltershiftError(f"config: layerwise.models: {error}") from None
    if len(found) != len(files):
        raise FiltershiftError(f"config: layerwise.models takes two models, but {files[0]} names {len(found)}")
    of_files = iter(found)
    return [next(of_files) if entry in files else ModelFile("", _known(str(entry), known)) for entry in entries]


def _is_file(entry: Any, known: Sequence[str]) -> bool:
    """Whether an entry is meant as a file: all but names, and names of models that are known are no files."""
    if not isinstance(entry, str):
        return True
    return entry not in known and ("/" in entry or Path(entry).exists() or entry.endswith(_FILES))


def _known(name: str, known: Sequence[str]) -> str:
    if known and name not in known:
        near = did_you_mean(name, known) or f"; there are {', '.join(known[:5])}{', …' * (len(known) > 5)}"
        raise FiltershiftError(
            f"config: layerwise.models: {name!r} is neither a file nor a model of the data set{near}"
        )
    return name


def _names(table: Path) -> list[str]:
    """The names and ids of the models of a finished data set."""
    if not table.is_file():
        return []
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [*(row["model"] for row in rows), *(row["model_id"] for row in rows)]
