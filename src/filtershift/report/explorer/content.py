"""What the explorer shows: labels and measures of layers, their histograms and moments, configured groupings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.groups.assign import UNKNOWN, labels_of
from filtershift.analysis.shapes.statistics import shapes
from filtershift.analysis.shifts.choices import Choices
from filtershift.analysis.shifts.d_matrix import SETTLED
from filtershift.passes.bases import Bases
from filtershift.passes.example_filters import EACH, KINDS, ExampleFilters
from filtershift.passes.moments import LayerMoments
from filtershift.passes.patterns import axis_names, patterns_by_kind
from filtershift.report.explorer.blocks import packed, packed_counts, shortened
from filtershift.results import VARIANTS

IDS = ("layer", "model_id", "filter_ids")
"""Columns of layers.csv that tell which layer it is, not what it is like."""

OF_LAYERS = ("conv_depth", "conv_depth_norm", "n_filters", "in_channels", "out_channels")
OF_QUALITY = (
    "sparsity",
    "variance_entropy",
    "clean_variance_entropy",
    "random_threshold",
    "entropy_ratio",
    "orthogonality",
    "stable_rank",
    "effective_rank",
    "mean_range",
    "rms_norm",
)
OF_SHAPES = ("high_frequency", "symmetry", "roughness")
"""Columns of layers.csv, of quality/layers.csv, and of shapes of scaled filters that two axes can show."""

LABELS_OF_QUALITY = ("zero_filters", "non_finite_filters", "random_like", "state")
"""Columns of quality/layers.csv that layers can be grouped by, beside those of layers.csv."""

BELIEVED = ("corrected", "low", "high", "floor", "null")
"""Columns of tables of intervals that say how far to believe a shift."""

EXACT, SEEN = 28, 15
"""Bits of numbers that are computed with, an error of 2e-9, and of those that are only looked at, of 2e-5."""


@dataclass(frozen=True)
class ShownGrouping:
    """A configured grouping.

    Attributes:
        name: of its file.
        title: of its figures.
        order: how its groups are shown: shift, natural or label.
        labels: of the groups, in natural order.
        group: (L,) the group of each layer, -1 if it is left out.
        intervals: of each variant the table of intervals, where there is one.
    """

    name: str
    title: str
    order: str
    labels: Sequence[str]
    group: NDArray[np.int64]
    intervals: Mapping[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class Histograms:
    """Histograms of one variant.

    Attributes:
        counts: (L, 9, bins) per layer.
        low: end of the first bin.
        width: of a bin.
    """

    counts: NDArray
    low: float
    width: float


def content(
    name: str,
    layers: pd.DataFrame,
    quality: pd.DataFrame,
    moments: LayerMoments,
    bases: Bases,
    histograms: Mapping[str, Histograms],
    choices: Choices,
    groupings: Sequence[ShownGrouping] = (),
    examples: ExampleFilters | None = None,
    marked: Sequence[str] = (),
    joint: bool = False,
) -> dict[str, Any]:
    """Everything the page needs, as values of JSON; arrays are packed.

    Args:
        name: of the data set.
        layers: the layer table, indexed by layer number.
        quality: one row per layer, in the same order, as of quality/layers.csv.
        moments: of the same layers.
        bases: the global ones.
        histograms: of each variant that is shown, over the extent that the choices say.
        choices: what defines the shift.
        groupings: those that are configured.
        examples: filters of each layer.
        marked: models to point out.
        joint: whether the layers are those of two runs, which no workflow can group.
    """
    looks = shapes(moments.n, moments.mean[:, 0], moments.scatter[:, 0])[[*OF_SHAPES]]
    measures = pd.concat([layers, quality.set_axis(layers.index), looks.set_axis(layers.index)], axis=1)
    measures = measures.loc[:, ~measures.columns.duplicated()]
    return {
        "name": name,
        "count": len(layers),
        "layer": packed(layers.index.to_numpy(np.int32)),
        "columns": [_column(measures, column, column in layers.columns) for column in _labelled(measures, layers)],
        "measures": {
            column: packed(pd.to_numeric(measures[column], errors="coerce").to_numpy(np.float32, na_value=np.nan))
            for column in (*OF_LAYERS, *OF_QUALITY, *OF_SHAPES)
            if column in measures
        },
        "n": packed(moments.n.astype(np.float64)),
        "choices": vars(choices),
        "settled": SETTLED,
        "variants": {
            variant: _variant(moments, bases, VARIANTS.index(variant), own, choices)
            for variant, own in histograms.items()
        },
        "groupings": [_grouping(grouping) for grouping in groupings],
        "examples": _examples(examples) if examples else None,
        "patterns": [{"kind": kind, "patterns": patterns.tolist()} for kind, patterns in patterns_by_kind().items()],
        "marked": list(marked),
        "joint": joint,
    }


def _labelled(table: pd.DataFrame, layers: pd.DataFrame) -> list[str]:
    """The columns that can say something of a layer: not ids, and with two labels at least."""
    known = [str(name) for name in table if name in LABELS_OF_QUALITY or (name in layers and name not in IDS)]
    return [name for name in known if name == "model" or table[name].nunique(dropna=False) > 1]


def _column(table: pd.DataFrame, column: str, of_data_set: bool) -> dict[str, Any]:
    """A column as its distinct labels and the number of each layer's: as the groupings of the workflow see it."""
    code, labels = pd.factorize(labels_of(table, column, column))
    texts = [str(label) for label in labels]
    numeric = bool(pd.to_numeric(pd.Series([t for t in texts if t != UNKNOWN]), errors="coerce").notna().all())
    return {
        "name": column,
        "labels": texts,
        "code": packed(code.astype(np.int32)),
        "numeric": numeric,
        "own": of_data_set,
    }


def _variant(moments: LayerMoments, bases: Bases, v: int, histograms: Histograms, choices: Choices) -> dict[str, Any]:
    i, j = np.triu_indices(9)
    names = axis_names(bases[v].components)
    whole = np.issubdtype(histograms.counts.dtype, np.integer)
    return {
        "bins": histograms.counts.shape[-1],
        "low": histograms.low,
        "width": histograms.width,
        "weights": choices.of_components(bases[v].explained_variance_ratio).tolist(),
        "components": bases[v].components.tolist(),
        **({"axes": names} if names else {}),
        "whole": bool(whole),
        "counts": packed_counts(histograms.counts) if whole else packed(histograms.counts.astype(np.float32)),
        "mean": packed(shortened(moments.mean[:, v], EXACT)),
        "scatter": packed(shortened(moments.scatter[:, v][:, i, j], EXACT)),
    }


def _grouping(grouping: ShownGrouping) -> dict[str, Any]:
    number = {label: k for k, label in enumerate(grouping.labels)}
    return {
        "name": grouping.name,
        "title": grouping.title,
        "order": grouping.order,
        "labels": list(grouping.labels),
        "code": packed(grouping.group.astype(np.int32)),
        "intervals": {variant: _intervals(table, number) for variant, table in grouping.intervals.items()},
    }


def _intervals(table: pd.DataFrame, number: Mapping[str, int]) -> dict[str, Any]:
    """Pairs of groups by number, how far to believe the shift of each, and a flag."""
    flag, flags = pd.factorize(table["flag"])
    pairs = np.stack([table[side].map(number).to_numpy(np.int32) for side in ("a", "b")])
    return {
        "pairs": packed(pairs),
        "flags": [str(label) for label in flags],
        "flag": packed(flag.astype(np.int8)),
        "numbers": {column: packed(table[column].to_numpy(np.float32)) for column in BELIEVED},
    }


def _examples(examples: ExampleFilters) -> dict[str, Any]:
    return {
        "kinds": list(KINDS),
        "each": EACH,
        "row": packed(examples.row.astype(np.float64)),
        "weights": packed(shortened(examples.weights, SEEN)),
    }
