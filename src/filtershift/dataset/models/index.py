"""A model in several files, with an index that says which tensor is in which file: the layout of model hubs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from filtershift.dataset.models.file_kinds import LARGEST_INDEX, LEGACY
from filtershift.dataset.models.keras.model import read_shards
from filtershift.dataset.models.model import NAMES
from filtershift.dataset.models.safetensors import model_of_files, names_in
from filtershift.dataset.models.stored import StoredModel, StoredTensor
from filtershift.dataset.models.tensors.model import model_of_tensors
from filtershift.dataset.models.tensors.names import natural
from filtershift.dataset.models.torch.model import Contents, legacy_contents, zip_contents
from filtershift.errors import FiltershiftError, about, one_line


def read_index(path: Path) -> StoredModel:
    """Read the tensors of all files that an index names.

    These are safetensors files (model.safetensors.index.json), PyTorch files (pytorch_model.bin.index.json) or files of
    Keras (model.weights.json). Tensors of PyTorch files are sorted by name as those of safetensors files are, because
    no file says which part is first.

    Raises:
        FiltershiftError: the file is not an index, it names a missing file, or a tensor that its file does not have.
    """
    files = indexed_files(path)
    if files and files[0].suffix == ".h5":
        return read_shards(files)
    named = {name: parts[0] for name, parts in _weight_map(path).items()}
    parts = {file.name: read for file in files if (read := _torch_reader(file))}
    if not parts:
        _check(named, {file.name: set(names_in(file)) for file in files})
        return model_of_files(files)
    contents = {}
    for file in files:
        if file.name not in parts:
            raise FiltershiftError(f"{file.name} is not a PyTorch file, but {next(iter(parts))} is; expected one kind")
        with about(file.name):
            contents[file.name] = parts[file.name](file)
    _check(named, {file: {tensor.name for tensor in part.tensors} for file, part in contents.items()})
    tensors = [
        replace(tensor, place=(file, tensor.place))
        for file, part in contents.items()
        for tensor in part.tensors
        if named.get(tensor.name, file) == file
    ]
    skipped = [row for part in contents.values() for row in part.skipped]
    return model_of_tensors(sorted(tensors, key=_by_name), NAMES, skipped=skipped)


def indexed_files(path: Path) -> list[Path]:
    """The files that an index names; they are in the same folder."""
    return [path.parent / file for file in sorted({file for parts in _weight_map(path).values() for file in parts})]


def _weight_map(path: Path) -> dict[str, list[str]]:
    """The names of the files of each tensor; Keras lists several for the tensors of one layer."""
    try:
        with path.open("rb") as file:
            content: Any = json.loads(file.read(LARGEST_INDEX))
        named = {name: file if isinstance(file, list) else [file] for name, file in content["weight_map"].items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise FiltershiftError(f"is not an index of safetensors, PyTorch or Keras files ({one_line(error)})") from None
    if not all(named.values()):
        raise FiltershiftError("the index names no file for a tensor")
    for part in (part for parts in named.values() for part in parts):
        if not isinstance(part, str) or Path(part).name != part:
            raise FiltershiftError(f"the index names {ascii(part)[:80]}; expected a file in the same folder")
    return named


def _torch_reader(path: Path) -> Callable[[Path], Contents] | None:
    """The function that reads a PyTorch file; None for other files."""
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise FiltershiftError(f"{path.name} cannot be read ({error.strerror})") from None
    legacy = legacy_contents if LEGACY.match(head) else None
    return zip_contents if head.startswith(b"PK\x03\x04") else legacy


def _check(named: Mapping[str, str], found: Mapping[str, set[str]]) -> None:
    for name, file in named.items():
        if name not in found[file]:
            raise FiltershiftError(f"the index says that {name[:80]!r} is in {file}, but it is not")


def _by_name(tensor: StoredTensor) -> list[tuple[int, str]]:
    return natural(tensor.name)
