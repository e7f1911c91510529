"""What a bundle says of itself: who made it, of which run, and the checksum of each of its files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filtershift.errors import FiltershiftError
from filtershift.results import FOR_PLACING, FROM_FILTERS, NAME, VARIANTS, files_of
from filtershift.version import __version__

FORMAT = 1
"""Raise it when the files of a bundle change: older ones cannot be read then."""

SHA256 = re.compile(r"[0-9a-f]{64}")
MOST_SHARDS = 10_000
PATHS = {"dataset": ("path", "models", "extend"), "placement": ("models", "reference"), "compare": ("runs", "with")}
"""Keys of the configuration that name files of the machine where a run was made: they stay there."""


@dataclass(frozen=True)
class RunSettings:
    """What is needed of the configuration of a finished run to go on from its statistics.

    Attributes:
        name: of the data set.
        bins: of the histograms.
        shards: files of each pass.
        variants: those that the run compared.
        batch_norm: how weights of model files were taken.
        titles: of the groupings that have groups to compare, by name.
        orders: in which their groups are shown.
        placing: those that models are placed by.
        choices: what defines the shift.
        intervals: whether there are intervals of shifts.
    """

    name: str
    bins: int
    shards: int
    variants: list[str]
    batch_norm: str
    titles: dict[str, str]
    orders: dict[str, str]
    placing: list[str]
    choices: dict[str, str]
    intervals: bool

    @classmethod
    def of(cls, configuration: Any, at: str) -> RunSettings:
        """Those of a resolved configuration, which may hold anything; ``at`` begins the message.

        Raises:
            FiltershiftError: it is not the configuration of a run.
        """
        try:
            dataset = configuration["dataset"]
            groupings = {name: grouping for name, grouping in configuration["grouping"].items() if grouping["by"]}
            settings = cls(
                name=dataset["name"],
                bins=configuration["bins"],
                shards=configuration["shards"],
                variants=list(configuration["variants"]),
                batch_norm=dataset["batch_norm"],
                titles={name: str(grouping["title"]) for name, grouping in groupings.items()},
                orders={name: str(grouping["order"]) for name, grouping in groupings.items()},
                placing=[name for name in configuration["placement"]["groupings"] if name in groupings],
                choices={key: str(value) for key, value in configuration["choices"].items()},
                intervals=configuration["uncertainty"]["resamples"] > 0,
            )
            is_one = (
                all(NAME.fullmatch(name) for name in (settings.name, *settings.titles))
                and type(settings.bins) is int
                and type(settings.shards) is int
                and 1 <= settings.shards <= MOST_SHARDS
                and [variant for variant in VARIANTS if variant in settings.variants] == sorted(settings.variants)
                and settings.variants != []
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            is_one = False
        if not is_one:
            raise FiltershiftError(f"{at} is not the configuration of a finished run")
        return settings

    @property
    def files(self) -> list[str]:
        """All files of a bundle of the run, below its folder of results."""
        shards = [f"{k}-of-{self.shards}" for k in range(1, self.shards + 1)]
        names = {"scatteritem": shards, "variant": self.variants, "grouping": list(self.titles)}
        kinds = [kind for kind in (*FROM_FILTERS, *FOR_PLACING) if kind != "intervals" or self.intervals]
        return files_of(kinds, **names)


@dataclass(frozen=True)
class Member:
    """A file of a bundle: its size in bytes, and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a bundle says of itself.

    Attributes:
        configuration: of the run, without paths.
        settings: what is needed of it.
        members: the files by name.
    """

    configuration: Mapping[str, Any]
    settings: RunSettings
    members: Mapping[str, Member]

    @property
    def text(self) -> str:
        """The manifest as JSON."""
        content = {
            "format": FORMAT,
            "filtershift": __version__,
            "configuration": self.configuration,
            "files": {name: asdict(member) for name, member in self.members.items()},
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def without_paths(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration without the keys that name files of this machine."""
    return {
        key: {inner: kept for inner, kept in value.items() if inner not in PATHS[key]} if key in PATHS else value
        for key, value in configuration.items()
    }


def parsed_manifest(path: Path, text: bytes) -> Manifest:
    """The manifest of the bundle ``path`` from its JSON.

    Raises:
        FiltershiftError: it is damaged, of another format, or its files are not those of a run so configured.
    """
    try:
        content = json.loads(text)
        found, version = content["format"], str(content["filtershift"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise FiltershiftError(f"{path}: its manifest.json is damaged; get the bundle again") from None
    if found != FORMAT:
        raise FiltershiftError(
            f"{path}: was made by filtershift {version[:20]!r}, in format {str(found)[:20]}; this is filtershift "
            f"{__version__}, which reads format {FORMAT}: install the other version, or ask for a new bundle"
        )
    settings = RunSettings.of(content.get("configuration"), f"{path}: what its manifest.json says")
    try:
        members = {name: Member(member["size"], member["sha256"]) for name, member in content["files"].items()}
        is_whole = all(type(one.size) is int and SHA256.fullmatch(one.sha256) for one in members.values())
    except (AttributeError, KeyError, TypeError):
        is_whole = False
    if not is_whole:
        raise FiltershiftError(f"{path}: its manifest.json has no size and SHA-256 of each file; get the bundle again")
    if strange := sorted(set(members) ^ set(settings.files)):
        said = "is not part of a bundle" if strange[0] in members else "is missing"
        raise FiltershiftError(f"{path}: {strange[0][:200]!r} {said}, as the run was configured")
    return Manifest(content["configuration"], settings, members)
