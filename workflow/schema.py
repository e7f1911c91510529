"""What can be configured: names, types, defaults, and what types alone cannot say."""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from omegaconf import MISSING

from filtershift.analysis.grouping import ORDERS
from filtershift.dataset.wheels import Wheel
from filtershift.errors import FiltershiftError
from filtershift.statistics import VARIANTS

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


@dataclass
class DownloadConfig:
    """A packed (.xz) HDF5 file on the web: its address and MD5, and its bytes once unpacked."""

    url: str = MISSING
    md5: str = MISSING
    size: int = MISSING


@dataclass
class DatasetConfig:
    """Where the filters come from: an HDF5 file here or on the web, models inside wheels, or a generator."""

    name: str = MISSING
    path: str | None = None
    source: str | None = None
    download: DownloadConfig | None = None
    wheels: list[Wheel] = field(default_factory=list)
    filters: int | None = None
    models: int | None = None
    layers: int | None = None
    seed: int = 0
    dtype: str = "float32"

    @property
    def file(self) -> str:
        """The HDF5 file: the user's own, or the one that is built."""
        return str(Path(self.path).expanduser()) if self.path else f"resources/{self.name}/dataset.h5"


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
    figure_8: list[Any] = field(default_factory=list)


@dataclass
class Config:
    """Everything that can be set; `config/README.md` explains every key."""

    dataset: DatasetConfig = field(default_factory=DatasetConfig)
    grouping: dict[str, Any] = field(default_factory=dict)  # of GroupingConfig, which load() sees to
    variants: list[str] = field(default_factory=lambda: list(VARIANTS))
    bins: int = 70
    shards: int = 1
    maps: list[str] = field(default_factory=list)
    paper: PaperConfig = field(default_factory=PaperConfig)


def check(config: Config) -> None:
    """What types alone cannot say."""
    dataset = config.dataset
    if not NAME.fullmatch(str(dataset.name)):
        raise FiltershiftError("config: dataset.name must be letters, digits, '_' and '-', e.g. dataset.name=mine")
    if not (dataset.path or dataset.download or dataset.wheels or dataset.filters is not None):
        wanted = f"the file you get from {dataset.source}" if dataset.source else "an HDF5 file"
        raise FiltershiftError(f"config: dataset.path must name {wanted}, e.g. dataset.path=/data/dataset.h5")
    if dataset.path and (dataset.wheels or dataset.filters is not None):
        raise FiltershiftError("config: dataset.path goes with dataset=local, as in dataset=local,dataset.path=…")
    if not config.variants or not set(config.variants) <= set(VARIANTS):
        raise FiltershiftError(f"config: variants must be some of {', '.join(VARIANTS)}, not {config.variants}")
    if len(set(config.variants)) < len(config.variants):
        raise FiltershiftError(f"config: variants names one twice: {config.variants}")
    for key in ("bins", "shards"):
        if getattr(config, key) < 1:
            raise FiltershiftError(f"config: {key} must be 1 or more, not {getattr(config, key)}")
    for key in ("figure_1", "figure_8"):
        for row in getattr(config.paper, key):
            if not isinstance(row, list) or len(row) != 2:
                raise FiltershiftError(f"config: paper.{key} takes [grouping, label] pairs, not {row}")
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
    if any(low >= high for low, high in pairwise(grouping.bins)) or len(grouping.bins) == 1:
        raise FiltershiftError(f"config: grouping.{name}.bins must be two or more rising edges, not {grouping.bins}")
