"""A model in several files, with an index that says which tensor is in which file: the layout of model hubs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from filtershift.dataset.models.safetensors import model_of_files
from filtershift.dataset.models.stored import StoredModel
from filtershift.errors import FiltershiftError, one_line

LARGEST = 1 << 26  # bytes; the index of a hundred thousand tensors takes a tenth of this


def read_index(path: Path) -> StoredModel:
    """Read the tensors of all files that an index (model.safetensors.index.json) names.

    Raises:
        FiltershiftError: the file is not an index, or it names a missing file.
    """
    return model_of_files(indexed_files(path))


def indexed_files(path: Path) -> list[Path]:
    """The files that an index names; they are in the same folder."""
    try:
        with path.open("rb") as file:
            content: Any = json.loads(file.read(LARGEST))
        files = sorted(set(content["weight_map"].values()))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise FiltershiftError(f"is not an index of safetensors files ({one_line(error)})") from None
    for file in files:
        if not isinstance(file, str) or Path(file).name != file:
            raise FiltershiftError(f"the index names {ascii(file)[:80]}; expected a file in the same folder")
    return [path.parent / file for file in files]
