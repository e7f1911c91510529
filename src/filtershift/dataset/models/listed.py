"""The user's own models: which files a list names, under which names and with which labels."""

from __future__ import annotations

import glob
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from filtershift.dataset.models.file_kinds import model_kind
from filtershift.dataset.models.hub_folder import card_labels, weights_in
from filtershift.dataset.models.labels import check_names, clean_labels
from filtershift.dataset.models.tensors.names import natural
from filtershift.errors import FiltershiftError, about_file, one_line
from filtershift.files import instead_of

LISTS = (".yaml", ".yml")


@dataclass(frozen=True)
class ModelFile:
    """A model's file, its name (by default that of the file without suffix, or of the folder), and its labels."""

    file: str
    name: str = ""
    labels: dict[str, Any] = field(default_factory=dict)


def listed_models(entries: Sequence[Any], folder: Path = Path()) -> list[ModelFile]:
    """The models that a list names.

    Two models without a name of their own whose files have the same one are named after their folders, too
    (`runA/best`), or by the whole names of their files if these are in one folder.

    Args:
        entries: each the path of a file, or of a folder as model hubs lay it out, or a pattern such as `runs/*.pt`; a
            mapping with `file` (such a path) and optionally `name` and `labels`; or the path of a YAML file that holds
            a list of paths and mappings.
        folder: where relative paths start; in a YAML file they start at that file's folder.

    Raises:
        FiltershiftError: an entry of another kind, a file that is missing, empty or no model by its first bytes, an
            unknown key or label, or two models with the same name. The message begins with the file or the entry.
    """
    models: list[ModelFile] = []
    for entry in entries:
        if isinstance(entry, str) and Path(entry).suffix in LISTS:
            models += [model for path in _found(entry, folder) for model in _in_yaml(path)]
        else:
            models += _models(entry, folder)
    if again := [file for file, count in Counter((model.file, model.name) for model in models).items() if count > 1]:
        raise FiltershiftError(f"{again[0][0]}: is listed twice; each model needs its own name")
    models = _named(models)
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

        with about_file(path):
            return [path, *indexed_files(path)]
    if path.suffix == ".onnx":
        return sorted(file for file in path.parent.glob(f"{glob.escape(path.name)}*") if file.is_file())
    if path.suffix in (".param", ".xml"):
        return [path, *filter(Path.is_file, [path.with_suffix(".bin")])]
    return [path]


def _models(entry: Any, folder: Path) -> list[ModelFile]:
    """The models of one entry, which are several if it is a pattern; those without a name of their own have none."""
    keys = {"file": entry} if isinstance(entry, str) else entry
    if not isinstance(keys, dict) or not isinstance(keys.get("file"), str):
        raise FiltershiftError(f"{str(entry)[:80]!r} is not a model; expected a path, or file, name and labels")
    known = [key.name for key in fields(ModelFile)]
    if unknown := sorted(set(map(str, keys)) - set(known)):
        raise FiltershiftError(f"{keys['file']}: unknown key {unknown[0]!r}; known are {', '.join(known)}")
    paths = _found(keys["file"], folder)
    name = str(keys.get("name") or "")
    if name and len(paths) > 1:
        raise FiltershiftError(f"{keys['file']}: {len(paths)} files cannot all be called {name!r}; leave out name")
    return [_model(path, name, clean_labels(str(path), keys.get("labels") or {})) for path in paths]


def _model(path: Path, name: str, labels: dict[str, Any]) -> ModelFile:
    file = weights_in(path) if path.is_dir() else path
    with about_file(file):
        model_kind(file)
    if path.is_dir():
        return ModelFile(str(file), name or path.resolve().name, {**card_labels(path), **labels})
    return ModelFile(str(file), name, labels)


def _named(models: Sequence[ModelFile]) -> list[ModelFile]:
    """The models, those without a name with the shortest one that tells their files apart."""
    choices = [
        [model.name] * 3
        if model.name
        else [stem, f"{Path(model.file).resolve().parent.name}/{stem}", Path(model.file).name]
        for model in models
        for stem in [_stem(Path(model.file))]
    ]
    first = Counter(names[0] for names in choices)
    second = Counter(names[1] for names in choices)
    chosen = [
        names[0] if first[names[0]] == 1 else names[1] if second[names[1]] == 1 else names[2] for names in choices
    ]
    return [replace(model, name=name) for model, name in zip(models, chosen, strict=True)]


def _in_yaml(path: Path) -> list[ModelFile]:
    import yaml

    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FiltershiftError(f"{path}: {one_line(error)}") from None
    if not isinstance(entries, list):
        raise FiltershiftError(f"{path}: does not hold a list of models; expected lines such as '- file: a.onnx'")
    return [model for entry in entries for model in _models(entry, path.parent)]


def _found(file: str, folder: Path) -> list[Path]:
    """The path that an entry names, or those that its pattern does, in natural order."""
    path = folder / Path(file).expanduser()
    if path.exists():
        return [path]
    if not glob.has_magic(file):
        raise FiltershiftError(f"{path}: no such file{instead_of(path)}")
    start = Path(path.anchor)
    found = sorted(start.glob(str(path.relative_to(start))), key=lambda found: natural(str(found)))
    if not found:
        hint = "" if glob.has_magic(str(path.parent)) else instead_of(path)
        raise FiltershiftError(f"{path}: no file matches this pattern{hint}")
    return found


def _stem(path: Path) -> str:
    """The file name without its suffixes: net of net.pt, net.pth.tar and net.safetensors.index.json."""
    if path.suffix == ".json":
        return re.sub(r"(\.safetensors|\.bin)?(\.index)?$", "", path.stem)
    return path.stem.removesuffix(".pth")
