"""Many pairs of models of a data set: models that agree in some labels and differ in one.

Robust and normal nets of the same architecture, the same net on two data sets, before and after tuning: each pair is
compared by depth, as Gavrikov & Keuper (CVPRW 2022) do, from stored histograms. No filter is read.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

import numpy as np
import pandas as pd
from numpy.random import default_rng
from numpy.typing import NDArray

from filtershift.analysis.groups.assign import UNKNOWN, assign, labels_of, natural_key
from filtershift.analysis.groups.definition import Grouping
from filtershift.analysis.layerwise.noise import layer_shift
from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.errors import FiltershiftError, did_you_mean
from filtershift.results import SKIPPED

ALL = "all"
"""What stands for all depths."""

_EDGES = [k / 10 for k in range(11)]
_PAIR = ["contrast", "group", "before", "after"]

Counted = Mapping[str, tuple[NDArray[np.integer], float, NDArray[np.float64]]]
"""Of each variant, the counts (L, 9, bins) of all layers, the width of a bin, and the ratio (9,) of the basis."""


def find_pairs(layers: pd.DataFrame, differ: str, same: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The pairs of models that agree in some labels and differ in one, and the models that are in no pair.

    The model before is the one whose label comes first in natural order. Models without a label are in no pair.

    Args:
        layers: the layer table.
        differ: the column in which they differ.
        same: those in which they agree.

    Returns:
        Columns contrast ("no → yes"), group (the labels in which they agree), before, after (model_id), before_name,
        after_name; and rows kind, name, reason, count.

    Raises:
        FiltershiftError: there is no such column, or no pair.
    """
    for column in (differ, *same):
        if column not in layers:
            near = did_you_mean(column, layers.columns) or f"; there are: {', '.join(layers.columns)}"
            raise FiltershiftError(f"config: layerwise.pairs: there is no column {column!r}{near}")
    models = layers.groupby("model_id", sort=False).agg({"model": "first", "n_filters": "sum"})
    first = layers.drop_duplicates("model_id").set_index("model_id")
    models["label"] = labels_of(first, "layerwise.pairs", differ)
    agreed = [labels_of(first, "layerwise.pairs", column) for column in same]
    models["group"] = [" / ".join(labels) for labels in zip(*agreed, strict=True)] if same else ALL
    unknown = (models["label"] == UNKNOWN) | np.any([labels == UNKNOWN for labels in agreed], axis=0)
    rows = [row for group in _groups(models[~unknown]) for row in group]
    if not rows:
        raise FiltershiftError(
            f"config: layerwise.pairs: no two models agree in {', '.join(same) or 'nothing'} and differ in {differ}"
        )
    pairs = pd.DataFrame(rows, columns=[*_PAIR, "before_name", "after_name"])
    alone = models[~models.index.isin(pairs[["before", "after"]].to_numpy().ravel())]
    reason = np.where(unknown[alone.index], "a label is missing", f"no model differs from it in {differ} alone")
    names = alone["model"].astype(str)
    left = pd.DataFrame({"kind": "model", "name": names, "reason": reason, "count": alone["n_filters"]})
    return pairs, left[list(SKIPPED)]


def _groups(models: pd.DataFrame) -> Iterator[list[tuple]]:
    """The pairs in each group of models that agree."""
    for group in sorted(models["group"].unique(), key=natural_key):
        own = models[models["group"] == group]
        labels = sorted(own["label"].unique(), key=natural_key)
        yield [
            (f"{label} → {other}", group, one, two, own.at[one, "model"], own.at[two, "model"])
            for label, other in combinations(labels, 2)
            for one, two in product(own.index[own["label"] == label], own.index[own["label"] == other])
        ]


def pair_shifts(pairs: pd.DataFrame, layers: pd.DataFrame, counted: Counted) -> pd.DataFrame:
    """The shift of each pair in each depth decile, and of all its layers.

    Args:
        pairs: those of `find_pairs`.
        layers: the layer table.
        counted: what was counted of its layers, in their order.

    Returns:
        Columns variant, contrast, group, before_name, after_name, depth, n_filters_before, n_filters_after, shift, and
        component_0 … component_8, which add up to it; missing where one of the models has no layer.
    """
    deciles = assign(layers, "layerwise.pairs", Grouping(by=["conv_depth_norm"], bins=_EDGES))
    depths = [*deciles.sizes["group"], ALL]
    place = pd.Index(depths).get_indexer(pd.Index(deciles.group.reindex(layers.index)))
    ids = pd.Index(pairs[["before", "after"]].to_numpy().ravel()).unique()
    model = ids.get_indexer(pd.Index(layers["model_id"]))
    ends = [ids.get_indexer(pd.Index(pairs[end])) for end in ("before", "after")]
    tables = []
    for variant, (counts, width, ratio) in counted.items():
        sums = np.zeros((len(ids), len(depths), *counts.shape[1:]), np.int64)
        known = (model >= 0) & (place >= 0)
        np.add.at(sums, (model[known], place[known]), counts[known])
        np.add.at(sums[:, -1], model[model >= 0], counts[model >= 0])
        for k, depth in enumerate(depths):
            parts = np.array([layer_shift(sums[[a, b], k], width, ratio) for a, b in zip(*ends, strict=True)])
            filters = [sums[end, k, 0].sum(axis=1) for end in ends]
            table = pairs.drop(columns=["before", "after"]).assign(depth=depth)
            table = table.assign(n_filters_before=filters[0], n_filters_after=filters[1], shift=parts.sum(axis=1))
            tables.append(table.assign(**{f"component_{i}": parts[:, i] for i in range(9)}).assign(variant=variant))
    found = pd.concat(tables, ignore_index=True)
    contrasts, variants = (pd.factorize(found[column])[0] for column in ("contrast", "variant"))
    found = found.iloc[np.lexsort((contrasts, variants))].reset_index(drop=True)
    return found[["variant", *found.columns.drop("variant")]]


def over_pairs(shifts: pd.DataFrame, resampling: Resampling) -> pd.DataFrame:
    """The shifts of all pairs in each depth, in short.

    Pairs of one group have models in common, so groups are resampled, each with all its pairs. The interval is that of
    the mean; there is none with fewer than two groups.

    Args:
        shifts: those of `pair_shifts`.
        resampling: number of resamples, seed and level.

    Returns:
        Columns variant, contrast, depth, n_pairs, n_groups, n_filters (of the smaller model of a pair, the median),
        median, mean, low, high.
    """
    rows = []
    for (variant, contrast, depth), own in shifts.dropna(subset="shift").groupby(
        ["variant", "contrast", "depth"], sort=False
    ):
        of_groups = own.groupby("group", sort=False)["shift"].agg(["sum", "size"]).to_numpy(float)
        ends = _interval(of_groups, resampling) if len(of_groups) > 1 and resampling.resamples else (np.nan, np.nan)
        filters = own[["n_filters_before", "n_filters_after"]].min(axis=1).median()
        middle = own["shift"].median(), own["shift"].mean()
        rows.append((variant, contrast, depth, len(own), len(of_groups), filters, *middle, *ends))
    columns = ["variant", "contrast", "depth", "n_pairs", "n_groups", "n_filters", "median", "mean", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _interval(of_groups: NDArray[np.float64], resampling: Resampling) -> tuple[float, float]:
    """The ends of the interval of the mean, of groups (G, 2) with the sum and the number of their shifts."""
    count = len(of_groups)
    random = default_rng([resampling.seed, count])
    drawn = random.multinomial(count, np.full(count, 1 / count), resampling.resamples) @ of_groups
    ends = np.quantile(drawn[:, 0] / drawn[:, 1], [(1 - resampling.level) / 2, (1 + resampling.level) / 2])
    return float(ends[0]), float(ends[1])
