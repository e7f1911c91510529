"""Groupings against the columns and labels that a data set is known to have, before any job runs."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from filtershift.dataset.models.labels import COLUMNS, LABELS, LICENSE, LINEAGE
from filtershift.errors import FiltershiftError, did_you_mean
from schema import Config, GroupingConfig

LABEL_COLUMNS = (*LABELS, LICENSE, LINEAGE)


def check_columns(
    groupings: Mapping[str, GroupingConfig],
    keys: Mapping[str, Sequence[str]],
    layers: Path,
    source: Path,
    given: Iterable[Mapping[str, Any]],
) -> None:
    """Refuse columns that the data set does not have: of groupings, and of other keys of the configuration.

    Args:
        groupings: those that are configured.
        keys: the columns that other keys name, which may be columns of any data set.
        layers: the layers.csv of finished results. If it is missing, or older than the data set, all columns are not
            known: then only those that are like a known one are refused, and only if labels are given.
        source: the file of the data set.
        given: labels of each model in the configuration.

    Raises:
        FiltershiftError: in one line, the key, the column and the nearest one.
    """
    known = {*COLUMNS, *LABEL_COLUMNS, *(label for labels in given for label in labels)}
    finished = layers.is_file() and not (source.is_file() and source.stat().st_mtime > layers.stat().st_mtime)
    if finished:
        with layers.open(newline="", encoding="utf-8") as file:
            known = {*known.difference(LABELS), *next(csv.reader(file), [])}
    elif not given:
        return
    named = {
        f"grouping.{name}.{key}": list(getattr(grouping, key))
        for name, grouping in groupings.items()
        for key in ("by", "where", "exclude")
    }
    others = {key: [column for column in columns if column not in LABEL_COLUMNS] for key, columns in keys.items()}
    for key, columns in {**named, **others}.items():
        for column in columns:
            near = did_you_mean(column, sorted(known))
            if column not in known and (finished or near):
                said = near or f"; there are: {', '.join(sorted(known))}"
                raise FiltershiftError(f"config: {key}: there is no column {column!r}{said}")


def named_columns(config: Config) -> dict[str, list[str]]:
    """The columns that keys other than groupings name."""
    cluster, importance, pairs = config.uncertainty.cluster, config.importance, config.layerwise.pairs
    return {
        "maps_colour": [config.maps_colour] if config.maps_colour else [],
        "importance": [importance] if importance and not importance.endswith(".csv") else [],
        "uncertainty.cluster": [cluster] if cluster and cluster not in ("identical", *config.grouping) else [],
        "layerwise.pairs": [pairs["differ"], *pairs["same"]] if pairs else [],
    }


def check_trajectory(labels: Mapping[str, Sequence[str]], layers: Path, given: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a trajectory over labels that no model has, where labels are given or results finished.

    Args:
        labels: of each key of the configuration below ``trajectory``, the labels it names.
        layers: the layers.csv of finished results; it may be missing.
        given: labels of each model in the configuration.

    Raises:
        FiltershiftError: in one line, the key, the label and the nearest one.
    """
    known = {*COLUMNS, *LABEL_COLUMNS, *(label for model in given for label in model)}
    if layers.is_file():
        with layers.open(newline="", encoding="utf-8") as file:
            known = {*known, *next(csv.reader(file), [])}
    elif not given:
        return
    for key, names in labels.items():
        for label in names:
            if label not in known:
                hint = did_you_mean(label, sorted(known)) or "; give it under labels of dataset.models"
                raise FiltershiftError(f"config: trajectory.{key}: no model has a label {label!r}{hint}")


def without_labels(
    groupings: Mapping[str, GroupingConfig], models: Sequence[Mapping[str, Any]], overrides: Sequence[str]
) -> dict[str, str]:
    """Groupings that have nothing to compare in models with these labels, each with the reason and the way out.

    No model has any of the labels, or none has those of `where`; or all that have a label have the same one, so that
    there is one group of known models; or there is one model only. Groupings that the command line names are not among
    them.
    """
    chosen = " ".join(override for override in overrides if override.lstrip("+").startswith("grouping"))
    reasons = {name: _reason(grouping, models) for name, grouping in groupings.items()}
    return {name: reason for name, reason in reasons.items() if reason and name not in _names(chosen)}


def _names(text: str) -> list[str]:
    """The words of overrides."""
    return "".join(character if character.isalnum() or character in "_-" else " " for character in text).split()


def _reason(grouping: GroupingConfig, models: Sequence[Mapping[str, Any]]) -> str:
    given = {label for labels in models for label in labels}
    # Of a bundle, columns such as kernel are given too, in which layers of one model can differ.
    labels = {*LABEL_COLUMNS, *given.difference(COLUMNS)}
    asked = " or ".join(map(repr, grouping.by))
    if grouping.by and not any(column in given or column not in LABEL_COLUMNS for column in grouping.by):
        near = did_you_mean(grouping.by[0], sorted(given))
        return f"no model has a label {asked}{near or '; add it to dataset.models'}"
    for column, choices in grouping.where.items():
        matching = [model for model in models if _is_one_of(str(model.get(column, "unknown")), choices)]
        if column in labels and not matching:
            return f"no model has a label {column!r} that is {' or '.join(map(repr, choices))}"
        models = matching if column in labels else models
    if grouping.by == ["model"] and len(models) == 1:
        return "there is one model"
    if not grouping.by or not labels.issuperset(grouping.by):
        return ""
    known = {tuple(str(model.get(column)) for column in grouping.by) for model in models if {*model} & {*grouping.by}}
    return f"no two models differ in the label {asked}" if len(known) < 2 else ""


def _is_one_of(label: str, choices: Sequence[str]) -> bool:
    return any(label == choice or fnmatchcase(label, choice) for choice in choices)
