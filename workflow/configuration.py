"""The configuration: its typed schema, and its composition by Hydra.

A file's folder decides where its content goes: ``config/config.yaml`` is the root, ``config/dataset/NAME.yaml`` goes to
``dataset`` and ``config/grouping/NAME.yaml`` to ``grouping.NAME``.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

from hydra import compose, initialize
from hydra.core.config_store import ConfigStore
from hydra.errors import HydraException, MissingConfigException
from omegaconf import MISSING, DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from filtershift.analysis.grouping import ORDERS
from filtershift.dataset.wheels import Wheel
from filtershift.errors import FiltershiftError
from filtershift.statistics import VARIANTS

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


@dataclass
class DatasetConfig:
    """Where the filters come from: one HDF5 file, or models inside wheels of the Python package index."""

    name: str = MISSING
    path: str | None = None
    wheels: list[Wheel] = field(default_factory=list)


@dataclass
class GroupingConfig:
    """A meta-grouping, see `filtershift.analysis.grouping.Grouping`."""

    title: str | None = None
    by: Any = field(default_factory=list)
    where: dict[str, Any] = field(default_factory=dict)
    exclude: dict[str, Any] = field(default_factory=dict)
    map: dict[str, str] = field(default_factory=dict)
    bins: list[float] = field(default_factory=list)
    order: str = "shift"
    min_filters: int = 1
    min_models: int = 1


@dataclass
class PaperConfig:
    """Which groups the paper's figures of chosen groups show, as [grouping, label] pairs or labels."""

    figure_1: list[Any] = field(default_factory=list)
    figure_2: list[str] = field(default_factory=list)


@dataclass
class Config:
    """Everything that can be set; `config/README.md` explains every key."""

    dataset: DatasetConfig = field(default_factory=DatasetConfig)
    grouping: dict[str, Any] = field(default_factory=dict)  # of GroupingConfig, which load() sees to
    variants: list[str] = field(default_factory=lambda: list(VARIANTS))
    bins: int = 70
    shards: int = 1
    paper: PaperConfig = field(default_factory=PaperConfig)


def load(directory: Path, overrides: Sequence[str]) -> Config:
    """Compose the configuration of a folder with overrides in Hydra's grammar, and check it.

    Raises:
        FiltershiftError: in one line, what is wrong and what would be right.
    """
    _register(directory)
    if not isinstance(overrides, Sequence) or isinstance(overrides, str):
        raise FiltershiftError(f"overrides: '{overrides}' is no list; write --config 'overrides=[bins=100]'")
    try:
        with initialize(config_path=None, version_base="1.3"):
            composed = compose("config", [str(override) for override in overrides])
        config: Config = OmegaConf.to_object(composed)  # type: ignore[assignment]
    except MissingConfigException as error:
        raise FiltershiftError(f"config: {_missing(directory, error)}") from None
    except HydraException as error:
        raise FiltershiftError(f"config: {_explain(error)}") from None
    except OmegaConfBaseException as error:
        raise FiltershiftError(f"config: {_reason(error)}") from None
    for key in set(composed) - {known.name for known in fields(Config)}:
        raise FiltershiftError(f"config: unknown key '{key}' (known: {', '.join(f.name for f in fields(Config))})")
    for name, node in config.grouping.items():
        config.grouping[name] = OmegaConf.to_object(_typed(node, f"config: grouping.{name}"))
    _check(config)
    return config


def check_file(config: Config, results: Path) -> None:
    """A data set that is gone does no harm as long as nothing needs its filters again.

    Raises:
        FiltershiftError: the file is not there, and the finished results are none or of other passes.
    """
    path = config.dataset.path
    if path is None or Path(path).expanduser().exists():
        return
    finished = results / config.dataset.name / "config.yaml"
    if not finished.exists():
        raise FiltershiftError(f"config: dataset.path: there is no file {path}")
    former: Any = OmegaConf.load(finished)
    for key in ("bins", "shards"):
        if former[key] != getattr(config, key):
            raise FiltershiftError(
                f"config: {key}={getattr(config, key)} needs the filters again (results are of {former[key]}), "
                f"but dataset.path: there is no file {path}"
            )


def _register(directory: Path) -> None:
    store = ConfigStore.instance()
    for known in [name for name in store.repo if name != "hydra" and not name.startswith("_")]:
        del store.repo[known]
    store.store(name="schema", node=Config)
    for path in [*directory.glob("*.yaml"), *directory.glob("*/*.yaml")]:
        group = "" if path.parent == directory else path.parent.name
        if group == "grouping" and not NAME.fullmatch(path.stem):
            raise FiltershiftError(f"{path}: a grouping's name has letters, digits, '_' and '-', not '{path.stem}'")
        package = {"": None, "grouping": f"grouping.{path.stem}", "experiment": "_global_"}.get(group, group)
        try:
            node = OmegaConf.load(path)
        except (YAMLError, OmegaConfBaseException) as error:
            raise FiltershiftError(f"{path}: {' '.join(str(error).split())}") from None
        if not isinstance(node, DictConfig):
            raise FiltershiftError(f"{path}: holds no 'key: value' lines")
        if group == "grouping":
            node = _typed(node, str(path))
        store.store(name=path.stem, group=group or None, package=package, node=node)


def _typed(node: Any, where: str) -> DictConfig:
    """A grouping's keys checked against the schema."""
    try:
        return OmegaConf.merge(OmegaConf.structured(GroupingConfig), node)  # type: ignore[return-value]
    except OmegaConfBaseException as error:
        raise FiltershiftError(f"{where}: {_reason(error, GroupingConfig)}") from None


def _missing(directory: Path, error: MissingConfigException) -> str:
    """An unknown choice, with those there are."""
    wanted = str(error.missing_cfg_file)
    folder = (directory / wanted).parent
    known = ", ".join(sorted(path.stem for path in folder.glob("*.yaml")))
    return f"there is no {folder.name}/{Path(wanted).name}.yaml in {directory}; there are: {known}"


def _explain(error: HydraException) -> str:
    """Hydra's message in one line, with the cause where it names the key."""
    cause = error.__cause__
    if isinstance(cause, OmegaConfBaseException) and cause.full_key:
        return _reason(cause)
    return " ".join(str(error).split())


def _reason(error: OmegaConfBaseException, schema: type = Config) -> str:
    """An OmegaConf error in one line: the full key, what is wrong, and the known keys where one is unknown."""
    key = str(error.full_key or error.key)
    message = (str(error.msg) if error.msg else str(error)).splitlines()[0]
    parent, _, last = key.rpartition(".")
    known = _keys(schema, parent.split(".") if parent else [])
    if known and re.sub(r"\[.*", "", last) not in known:
        close = difflib.get_close_matches(last, known, n=1)
        hint = f", did you mean '{close[0]}'?" if close else ""
        return f"unknown key '{key}'{hint} (known: {', '.join(known)})"
    return f"{key}: {message}"


def _keys(schema: Any, path: list[str]) -> list[str]:
    """Names the schema allows below a path of keys; none where any name is allowed."""
    if path and path[0] == "grouping" and len(path) == 2:
        return _keys(GroupingConfig, [])
    for key in path:
        schema = (
            next((f.default_factory for f in fields(schema) if f.name == key), None) if is_dataclass(schema) else None
        )
    return [f.name for f in fields(schema)] if is_dataclass(schema) else []


def _check(config: Config) -> None:
    """What types alone cannot say."""
    dataset = config.dataset
    if not NAME.fullmatch(str(dataset.name)):
        raise FiltershiftError("config: dataset.name must be letters, digits, '_' and '-', e.g. dataset.name=mine")
    if (dataset.path is None) == (not dataset.wheels):
        raise FiltershiftError("config: dataset.path must name an HDF5 file, e.g. dataset.path=/data/dataset.h5")
    if not config.variants or not set(config.variants) <= set(VARIANTS):
        raise FiltershiftError(f"config: variants must be some of {', '.join(VARIANTS)}, not {config.variants}")
    if len(set(config.variants)) < len(config.variants):
        raise FiltershiftError(f"config: variants names one twice: {config.variants}")
    for key in ("bins", "shards"):
        if getattr(config, key) < 1:
            raise FiltershiftError(f"config: {key} must be 1 or more, not {getattr(config, key)}")
    for name, grouping in config.grouping.items():
        if not NAME.fullmatch(name):
            raise FiltershiftError(f"config: grouping '{name}': a name has letters, digits, '_' and '-'")
        _check_grouping(name, grouping)


def _check_grouping(name: str, grouping: GroupingConfig) -> None:
    grouping.title = grouping.title or name.replace("_", " ")
    grouping.by = [grouping.by] if isinstance(grouping.by, str) else grouping.by
    if not isinstance(grouping.by, list) or not all(isinstance(column, str) for column in grouping.by):
        raise FiltershiftError(f"config: grouping.{name}.by must be a column or a list of columns, not {grouping.by}")
    if grouping.order not in ORDERS:
        raise FiltershiftError(
            f"config: grouping.{name}.order must be one of {', '.join(ORDERS)}, not {grouping.order}"
        )
    for key in ("where", "exclude"):
        chosen = getattr(grouping, key)
        for column, labels in chosen.items():
            chosen[column] = [str(label) for label in labels] if isinstance(labels, list) else [str(labels)]
    if grouping.bins and grouping.map:
        raise FiltershiftError(f"config: grouping.{name} has both bins and map; keep one")
    if any(low >= high for low, high in zip(grouping.bins, grouping.bins[1:], strict=False)) or len(grouping.bins) == 1:
        raise FiltershiftError(f"config: grouping.{name}.bins must be two or more rising edges, not {grouping.bins}")
