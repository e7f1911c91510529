"""Assign each layer to its group of a meta-grouping."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import pairwise

import numpy as np
import pandas as pd

from filtershift.analysis.groups.definition import Grouping
from filtershift.dataset.models.labels import LICENSE, LINEAGE
from filtershift.errors import FiltershiftError, did_you_mean, nearest_first
from filtershift.results import SKIPPED

UNKNOWN = "unknown"
# Largest number of groups: every pair of groups is a row of a table and a cell of a figure.
MOST = 1000
# Labels that a message names.
SHOWN = 5
# Columns that not every data set has; in one without them all layers are unknown.
OPTIONAL = (LICENSE, LINEAGE, "kernel", "batch_norm")
# Slashes that stand alone in a label, as the separator " / " does.
_ALONE = re.compile(r"(?<![^ ])(/+)(?![^ ])")


@dataclass(frozen=True)
class Groups:
    """The groups of a grouping.

    Attributes:
        group: the label of each layer's group, missing if the layer is left out; indexed like the layer table.
        sizes: one row per group, in natural order: group, n_filters, n_layers, n_models.
        skipped: what is left out: kind, name, reason, count (of filters).
    """

    group: pd.Series
    sizes: pd.DataFrame
    skipped: pd.DataFrame


def interval_labels(edges: Sequence[float]) -> list[str]:
    """Labels of the intervals between edges: "[0, .1]", "(.1, .2]", …"""
    ends = [re.sub(r"^(-?)0\.", r"\1.", f"{edge:.12g}") for edge in edges]
    return [f"{'[' if k == 0 else '('}{low}, {high}]" for k, (low, high) in enumerate(pairwise(ends))]


def natural_key(label: str) -> tuple[tuple[float, str], ...]:
    """Sort key that compares numbers inside labels by their value: "9" before "10"."""
    parts = re.findall(r"\d+(?:\.\d+)?|\D+", label)
    return tuple((float(part), "") if part[0].isdecimal() else (float("inf"), part) for part in parts)


def _column(layers: pd.DataFrame, name: str, column: str) -> pd.Series:
    if column in OPTIONAL and column not in layers.columns:
        return pd.Series(np.nan, layers.index, dtype=object)
    if column not in layers.columns:
        hint = did_you_mean(column, layers.columns) or f"; its columns are: {', '.join(layers.columns)}"
        raise FiltershiftError(f"grouping '{name}': the data set has no column '{column}'{hint}")
    return layers[column]


def labels_of(layers: pd.DataFrame, name: str, column: str) -> pd.Series:
    """The label of each layer in a column, as the grouping called ``name`` sees it: text, "unknown" where missing."""
    values = _column(layers, name, column)
    text = values.map(lambda value: f"{value:.15g}" if isinstance(value, float) else str(value), na_action="ignore")
    return text.astype(object).where(values.notna(), UNKNOWN)


def _binned(layers: pd.DataFrame, name: str, grouping: Grouping) -> pd.Series:
    if len(grouping.by) != 1:
        raise FiltershiftError(f"grouping '{name}': bins need exactly one column in 'by', not {len(grouping.by)}")
    values = pd.to_numeric(_column(layers, name, grouping.by[0]), errors="coerce").to_numpy(float, na_value=np.nan)
    if np.isnan(values).all():
        raise FiltershiftError(f"grouping '{name}': bins need numbers; the column '{grouping.by[0]}' has none")
    # Rounded, so that 3 / 10 and .1 + .2 fall on the same side of an edge at .3.
    values, edges = values.round(12), np.asarray(grouping.bins, float).round(12)
    if len(edges) < 2 or not (np.diff(edges) > 0).all():
        raise FiltershiftError(f"grouping '{name}': bins must be two or more rising edges, not {list(grouping.bins)}")
    labels = np.array([np.nan, *interval_labels(edges.tolist())], object)
    # Interval k is (edge k, edge k + 1]; the first one includes its lower edge, too.
    number = np.where(values == edges[0], 1, np.searchsorted(edges, values, side="left"))
    inside = (values >= edges[0]) & (values <= edges[-1])
    return pd.Series(labels[np.where(inside, number, 0)], layers.index, dtype=object)


def _matches(label: str, choice: str) -> bool:
    """Whether a label equals a choice of 'where' or 'exclude', or matches it as a shell pattern."""
    return label == choice or fnmatchcase(label, choice)


def _among(labels: pd.Series, chosen: Sequence[object]) -> pd.Series:
    """Which labels equal one of ``chosen``, or match one as a shell pattern."""
    matching = {label for label in labels.unique() if any(_matches(label, str(choice)) for choice in chosen)}
    return labels.isin(matching)


def _mapped(label: str, patterns: Mapping[str, str]) -> str | float:
    """The new name of a label: of the pattern that is the label, else itself if it is a new name, else of a pattern.

    The case of letters counts only for the pattern that is the label.
    """
    if label in patterns:
        return patterns[label]
    folded = label.casefold()
    itself = (new for new in patterns.values() if new.casefold() == folded)
    matching = (new for pattern, new in patterns.items() if fnmatchcase(folded, pattern.casefold()))
    return next(itself, next(matching, np.nan))


def _largest(layers: pd.DataFrame, labels: pd.Series) -> str:
    """The labels with the most filters, for a message."""
    ordered = layers["n_filters"].groupby(labels).sum().sort_values(ascending=False, kind="stable").index
    return _quoted(list(ordered))


def _quoted(labels: Sequence[str]) -> str:
    """The first of some labels, for a message, and how many more there are."""
    more = f" and {len(labels) - SHOWN:,} more" if len(labels) > SHOWN else ""
    return ", ".join(repr(label[:80]) for label in labels[:SHOWN]) + more


def _absent(
    layers: pd.DataFrame, name: str, key: str, chosen: Mapping[str, Sequence[object]]
) -> list[dict[str, object]]:
    """A row for each label of 'where' or 'exclude' that no layer has, with those there are, the nearest first."""
    rows: list[dict[str, object]] = []
    for column, choices in chosen.items():
        known = labels_of(layers, name, column).unique()
        for choice in map(str, choices):
            if not any(_matches(label, choice) for label in known):
                there = _quoted(nearest_first(choice, known))
                reason = f"{key}: no {column} equals {choice!r}, or matches it as a shell pattern; there are: {there}"
                rows.append({"kind": "label", "name": name, "reason": reason, "count": 0})
    return rows


def _skipped(layers: pd.DataFrame, out: pd.Series, name: str, reason: str) -> dict[str, object]:
    return {"kind": "layers", "name": name, "reason": reason, "count": int(layers["n_filters"][out].sum())}


def assign(layers: pd.DataFrame, name: str, grouping: Grouping) -> Groups:
    """Assign every layer of the layer table to its group of the grouping called ``name``.

    Layers with a missing label form the group "unknown". Layers and groups that are left out are listed with the
    reason.

    Raises:
        FiltershiftError: a column does not exist, the bins are wrong, or there are no groups or too many.
    """
    if grouping.bins:
        label = _binned(layers, name, grouping)
    elif grouping.by:
        label = labels_of(layers, name, grouping.by[0])
        if len(grouping.by) > 1:
            # A slash that stands alone in a label gets one more, so that no two combinations get the same joined label.
            columns = [
                labels_of(layers, name, column).str.replace(_ALONE, r"\1/", regex=True) for column in grouping.by
            ]
            label = pd.concat(columns, axis=1).agg(" / ".join, axis=1)
    else:
        label = pd.Series("all", layers.index, dtype=object)
    skipped = [row for key in ("where", "exclude") for row in _absent(layers, name, key, getattr(grouping, key))]

    def leave_out(out: pd.Series, reason: str) -> None:
        out = out & label.notna()
        if out.any():
            skipped.append(_skipped(layers, out, name, reason))
            label[out] = np.nan

    if label.isna().any():
        skipped.append(_skipped(layers, label.isna(), name, f"{grouping.by[0]} missing or outside the bins"))
    for column, allowed in grouping.where.items():
        leave_out(~_among(labels_of(layers, name, column), allowed), f"{column} not among those of 'where'")
    for column, refused in grouping.exclude.items():
        leave_out(_among(labels_of(layers, name, column), refused), f"{column} among those of 'exclude'")
    if grouping.map:
        new = label.map(lambda text: _mapped(text, grouping.map), na_action="ignore")
        missed = label[new.isna()].dropna()
        leave_out(new.isna(), f"matches no pattern of 'map': {_largest(layers, missed)}")
        label = new.where(label.notna())
    sizes = _sizes(layers, label, grouping)
    for group, n_filters, n_models in zip(sizes["group"], sizes["n_filters"], sizes["n_models"], strict=True):
        if n_filters < grouping.min_filters:
            leave_out(label == group, f"group '{group}' has fewer than {grouping.min_filters} filters")
        elif n_models < grouping.min_models:
            leave_out(label == group, f"group '{group}' has fewer than {grouping.min_models} models")
    sizes = sizes[sizes["group"].isin(set(label.dropna()))].reset_index(drop=True)
    _check_number(name, len(sizes), [str(row["reason"]) for row in skipped])
    return Groups(label, sizes, pd.DataFrame(skipped, columns=SKIPPED))


def _check_number(name: str, groups: int, reasons: Sequence[str]) -> None:
    if groups == 0:
        raise FiltershiftError(f"grouping '{name}': no layer is left in any group; {'; '.join(reasons[:SHOWN])}")
    if groups > MOST:
        raise FiltershiftError(
            f"grouping '{name}': {groups:,} groups are more than the {MOST:,} that can be compared; merge some with "
            "map or bins, or leave out small ones with min_filters or min_models"
        )


def _sizes(layers: pd.DataFrame, label: pd.Series, grouping: Grouping) -> pd.DataFrame:
    """One row per group: its numbers of filters, layers and models, in the natural order of the grouping."""
    table = layers[["n_filters", "model_id"]].assign(group=label).dropna(subset=["group"])
    sizes = table.groupby("group", as_index=False).agg(
        n_filters=("n_filters", "sum"), n_layers=("n_filters", "size"), n_models=("model_id", "nunique")
    )
    if grouping.order == "label":
        ordered = sorted(sizes["group"])
    elif grouping.map:
        ordered = list(dict.fromkeys(grouping.map.values()))
    elif grouping.bins:
        ordered = interval_labels(list(grouping.bins))
    else:
        ordered = sorted(sizes["group"], key=natural_key)
    rank = {text: k for k, text in enumerate(ordered)}
    return sizes.sort_values("group", key=lambda column: column.map(rank)).reset_index(drop=True)
