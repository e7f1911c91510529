"""The user's own models: which files a list names, under which names and with which labels."""

from __future__ import annotations

import glob
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from filtershift.dataset.models.hub_folder import card_labels, weights_in
from filtershift.dataset.models.labels import check_names, clean_labels
from filtershift.errors import FiltershiftError, about, one_line

LISTS = (".yaml", ".yml")


@dataclass(frozen=True)
class ModelFile:
    """A model's file, its name (by default that of the file without suffix, or of the folder), and its labels."""

    file: str
    name: str = ""
    labels: dict[str, Any] = field(default_factory=dict)


def listed_models(entries: Sequence[Any], folder: Path = Path()) -> list[ModelFile]:
    """The models that a list names.

    Args:
        entries: each the path of a file, or of a folder as model hubs lay it out; a mapping with `file` (such a path)
            and optionally `name` and `labels`; or the path of a YAML file that holds a list of paths and mappings.
        folder: where relative paths start; in a YAML file they start at that file's folder.

    Raises:
        FiltershiftError: an entry of another kind, a missing file, an unknown key or label, or two models with the same
            name. The message begins with the file or the entry.
    """
    models: list[ModelFile] = []
    for entry in entries:
        if isinstance(entry, str) and Path(entry).suffix in LISTS:
            models += _in_yaml(_existing(entry, folder))
        else:
            models.append(_model(entry, folder))
    twice = [name for name, count in Counter(model.name for model in models).items() if count > 1]
    check_names(", ".join(model.file for model in models if model.name in twice), (model.name for model in models))
    return models


def parts_of(model: ModelFile) -> list[Path]:
    """All files that a model is read from: its own, those its index names, and those beside it that hold its weights.

    Raises:
        FiltershiftError: the index is damaged.
    """
    path = Path(model.file)
    if path.suffix == ".json":
        from filtershift.dataset.models.index import indexed_files

        with about(model.name):
            return [path, *indexed_files(path)]
    if path.suffix == ".onnx":
        return sorted(file for file in path.parent.glob(f"{glob.escape(path.name)}*") if file.is_file())
    if path.suffix in (".param", ".xml"):
        return [path, *filter(Path.is_file, [path.with_suffix(".bin")])]
    return [path]


def _model(entry: Any, folder: Path) -> ModelFile:
    keys = {"file": entry} if isinstance(entry, str) else entry
    if not isinstance(keys, dict) or not isinstance(keys.get("file"), str):
        raise FiltershiftError(f"{str(entry)[:80]!r} is not a model; expected a path, or file, name and labels")
    known = [key.name for key in fields(ModelFile)]
    if unknown := sorted(set(map(str, keys)) - set(known)):
        raise FiltershiftError(f"{keys['file']}: unknown key {unknown[0]!r}; known are {', '.join(known)}")
    path = _existing(keys["file"], folder)
    labels = clean_labels(str(path), keys.get("labels") or {})
    if not path.is_dir():
        return ModelFile(str(path), str(keys.get("name") or _stem(path)), labels)
    return ModelFile(
        str(weights_in(path)), str(keys.get("name") or path.resolve().name), {**card_labels(path), **labels}
    )


def _in_yaml(path: Path) -> list[ModelFile]:
    import yaml

    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FiltershiftError(f"{path}: {one_line(error)}") from None
    if not isinstance(entries, list):
        raise FiltershiftError(f"{path}: does not hold a list of models; expected lines such as '- file: a.onnx'")
    return [_model(entry, path.parent) for entry in entries]


def _existing(file: str, folder: Path) -> Path:
    path = folder / Path(file).expanduser()
    if not path.exists():
        raise FiltershiftError(f"{path}: no such file")
    return path


def _stem(path: Path) -> str:
    """The file name without its suffix, or without all suffixes of an index (model.safetensors.index.json)."""
    return re.sub(r"(\.safetensors|\.bin)?(\.index)?$", "", path.stem) if path.suffix == ".json" else path.stem
