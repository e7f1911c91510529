"""Placement: models beside a finished data set, in its bases and on its bins, without its filters.

A model is compared with every group of the data set as groups are with each other, and each of its layers with the
layers of the data set.
"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.comparing.reference import Reference
from filtershift.analysis.comparing.twins import own_shares, twins
from filtershift.analysis.quality.forms import layer_forms
from filtershift.analysis.quality.layers import layer_quality
from filtershift.analysis.quality.phenotypes import layer_phenotypes
from filtershift.analysis.shifts.d_matrix import component_shifts, probabilities
from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.analysis.uncertainty.tables import placed_uncertainty
from filtershift.dataset.models.layers import model_layers
from filtershift.dataset.models.model import ConvModel
from filtershift.errors import FiltershiftError
from filtershift.passes.all_passes import measure_in
from filtershift.passes.extent import LayerExtent, layer_extent
from filtershift.passes.filter_array import FilterArray
from filtershift.passes.histograms import WINDOW_BINS, LayerCounts, compared_counts
from filtershift.passes.moments import LayerMoments
from filtershift.passes.weight_matrices.measure import measure_weight_matrices
from filtershift.results import SKIPPED, VARIANTS

Array = NDArray[np.float64]

# What a layer is compared with the layers of the data set by.
COMPARED = ("mean_range", "sparsity", "variance_entropy", "orthogonality")

# How far to believe a shift.
BELIEF = ("corrected", "low", "high", "floor", "null", "flag")

# What a shift adds up from.
PARTS = [f"component_{i}" for i in range(9)]


@dataclass(frozen=True)
class MeasuredLayers:
    """Layers of models that were measured as the layers of a data set were.

    Attributes:
        layers: the layer table.
        source: their filters, layer after layer.
        moments: results of pass 1.
        histograms: (L, 2, 9, stored bins of the extent) of both variants.
    """

    layers: pd.DataFrame
    source: FilterArray
    moments: LayerMoments
    histograms: LayerCounts


@dataclass(frozen=True)
class Placement:
    """Where models are in a data set.

    Attributes:
        shifts: columns variant, grouping, model, group, rank, shift, then n_filters, n_layers, n_models of the group,
            own_share (the share of these filters that are the model's own, if it is in the data set), how far to
            believe the shift (`BELIEF`), and its parts component_0 … component_8.
        layers: one row per layer, as of `placed_layers`.
        models: one row per model, as of `placed_models`, with depth_source of `ConvModel`, and same_as, the models of
            the data set that have the same layers.
        measured: what the passes found in the layers.
    """

    shifts: pd.DataFrame
    layers: pd.DataFrame
    models: pd.DataFrame
    measured: MeasuredLayers


def place(models: Mapping[str, ConvModel], reference: Reference, resampling: Resampling) -> Placement:
    """Measure models as the data set was, and compare them with its groups and its layers.

    Without resamples the uncertainty of shifts is missing. Models without a 3×3 layer are left out.

    Raises:
        FiltershiftError: no model has a 3×3 layer, or all weights are NaN or infinite.
    """
    from threadpoolctl import threadpool_limits

    reasons = "; ".join(
        ": ".join([name, *(row.reason for row in model.skipped[-1:])]) for name, model in models.items()
    )
    models = {name: model for name, model in models.items() if model.layers}
    if not models:
        raise FiltershiftError(f"there is nothing to place: no 3×3 filters in {reasons}")
    layers = model_layers(models)
    source = FilterArray([layer.weights for model in models.values() for layer in model.layers])
    measured = measure_in(source, source.row_ranges, reference.bases, reference.grids)
    if not measured.moments.n.any():
        raise FiltershiftError(f"there is nothing to place: no finite 3×3 filter in {', '.join(models)}")
    counted = list(measured.counted)
    histograms = np.stack([one.counts for one in counted])
    extent = layer_extent([(one.layer, one.extents) for one in counted])
    owner = layers["model"].to_numpy()
    counts = {
        variant: compared_counts(histograms[:, VARIANTS.index(variant)], reference.grids[0].bins)
        for variant in reference.variants
    }
    same = {
        name: twins({variant: of_layers[owner == name] for variant, of_layers in counts.items()}, reference)
        for name in models
    }
    own = {variant: {name: of_layers[owner == name] for name in models} for variant, of_layers in counts.items()}
    # Of matrices so small the linear algebra library's threads would only wait for each other.
    with threadpool_limits(limits=1, user_api="blas"):
        shifts = _believed_shifts(own, same, reference, _believed(own, reference, resampling))
    windows = histograms[:, 0, :, -WINDOW_BINS:]
    quality = placed_layers(layers, source, measured.moments, extent, windows, reference)
    told = placed_models(quality)
    told["depth_source"] = [models[name].depth_source for name in told["model"]]
    names = reference.layers.drop_duplicates("model_id").set_index("model_id")["model"]
    told["same_as"] = [", ".join(map(str, names[same[name]])) or None for name in told["model"]]
    shown = MeasuredLayers(layers, source, measured.moments, histograms[..., :-WINDOW_BINS])
    return Placement(shifts, quality, told, shown)


def _believed_shifts(
    own: Mapping[str, Mapping[str, NDArray[np.int64]]],
    same: Mapping[str, Sequence[int]],
    reference: Reference,
    believed: Mapping[tuple[str, str], pd.DataFrame],
) -> pd.DataFrame:
    """The shifts of `Placement`.

    Args:
        own: per variant and model the counts (l, 9, bins) of its layers.
        same: per model the numbers of those of the data set that have the same layers.
        reference: the data set.
        believed: how far to believe the shifts of each grouping and variant, as of `_believed`.
    """
    tables = []
    for (grouping, variant), groups in reference.counts.items():
        v = VARIANTS.index(variant)
        grid, ratio = reference.grids[v], reference.bases[v].explained_variance_ratio
        totals = {name: of_layers.sum(axis=0) for name, of_layers in own[variant].items()}
        width = grid.edges[1] - grid.edges[0]
        table = placed_shifts(totals, groups, width, ratio).merge(reference.sizes[grouping], on="group", how="left")
        table.insert(0, "variant", variant)
        table.insert(1, "grouping", grouping)
        shares = {name: own_shares(of_model, grouping, reference) for name, of_model in same.items()}
        table["own_share"] = [shares[name][group] for name, group in zip(table["model"], table["group"], strict=True)]
        # The same filters are at no distance; computed, it is one of rounding.
        table.loc[table["own_share"] == 1, ["shift", *PARTS]] = 0.0
        tables.append(table.merge(believed[grouping, variant], on=["model", "group"], how="left"))
    shifts = pd.concat(tables, ignore_index=True)
    return shifts[[*shifts.columns.drop(PARTS), *PARTS]]


def unconfigured(groupings: Sequence[str]) -> pd.DataFrame:
    """The groupings that models cannot be compared by, as rows kind, name, reason, count."""
    reason = "this run has no such grouping; it is in placement.groupings"
    return pd.DataFrame([("grouping", name, reason, None) for name in groupings], columns=SKIPPED)


def _believed(
    own: Mapping[str, Mapping[str, NDArray[np.int64]]], reference: Reference, resampling: Resampling
) -> dict[tuple[str, str], pd.DataFrame]:
    """How far to believe the shifts of each grouping and variant, several at once, those with most groups first.

    ``own`` has per variant and model the counts (l, 9, bins) of its layers.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = {
            (grouping, variant): pool.submit(
                _believed_of_grouping, own[variant], reference, grouping, variant, resampling
            )
            for grouping, variant in sorted(reference.counts, key=lambda key: -len(reference.counts[key]))
        }
        return {key: found.result() for key, found in waiting.items()}


def _believed_of_grouping(
    own: Mapping[str, NDArray[np.int64]], reference: Reference, grouping: str, variant: str, resampling: Resampling
) -> pd.DataFrame:
    """How far to believe the shift of each model to each group of a grouping: model, group, corrected, low, high, ….

    ``own`` has per model the counts (l, 9, bins) of its layers.
    """
    v, groups = VARIANTS.index(variant), reference.groups[grouping]
    rows = reference.layers.index.get_indexer(pd.Index(list(groups.group_of)))
    tables = []
    for name, counts in own.items():
        if not resampling.resamples or not counts.sum():
            table = pd.DataFrame(np.nan, range(len(groups.labels)), [*BELIEF[:-1]]).assign(flag=None)
        else:
            table = placed_uncertainty(
                counts,
                reference.layer_counts[variant][rows],
                reference.grids[v].edges[1] - reference.grids[v].edges[0],
                reference.bases[v].explained_variance_ratio,
                np.array(list(groups.group_of.values())),
                len(groups.labels),
                reference.layers["model_id"].to_numpy()[rows],
                f"placement/{grouping}",
                resampling,
            )
        tables.append(table[[*BELIEF]].assign(model=name, group=groups.labels))
    return pd.concat(tables, ignore_index=True)


def placed_shifts(
    models: Mapping[str, NDArray[np.int64]], groups: Mapping[str, NDArray[np.int64]], width: float, ratio: Array
) -> pd.DataFrame:
    """The shift of every model to every group of a grouping, each model's nearest group first.

    Args:
        models: per model the counts (9, bins) of its coefficients in the data set's basis.
        groups: per group the counts (9, bins) on the same bins.
        width: of a bin, in units of the coefficients.
        ratio: (9,) explained variance ratio of the basis.

    Returns:
        Columns model, group, rank (1: the nearest), shift, and component_0 … component_8, which add up to it; missing
        where a model or a group has no filters.
    """
    counts = np.stack([*models.values(), *groups.values()])
    pairs = component_shifts(probabilities(counts, width)) * ratio[:, None, None]
    parts = pairs[:, : len(models), len(models) :]
    table = pd.DataFrame(
        {
            "model": np.repeat(np.array(list(models), object), len(groups)),
            "group": list(groups) * len(models),
            "shift": parts.sum(axis=0).ravel(),
            **{f"component_{i}": parts[i].ravel() for i in range(9)},
        }
    )
    rank = table.groupby("model", sort=False)["shift"].rank(method="min").astype("Int64")
    table.insert(2, "rank", rank)
    number = table["model"].map({model: k for k, model in enumerate(models)})
    return table.iloc[np.lexsort((table["shift"], number))].reset_index(drop=True)


def placed_layers(
    layers: pd.DataFrame,
    source: FilterArray,
    moments: LayerMoments,
    extent: LayerExtent,
    windows: LayerCounts,
    reference: Reference,
) -> pd.DataFrame:
    """The quality of every layer of the models, beside that of the data set's layers, one row per layer.

    The columns of `layer_quality` with layer_name; the phenotype; for each of `COMPARED` the percentage of the data
    set's layers with a lower value, equal ones counted half, as in sparsity_percentile; and outside: whether any
    coefficient is beyond the data set's. ``windows`` (L, 9, WINDOW_BINS) are the scaled histograms over the window.
    """
    quality = layer_quality(layers, moments, extent, measure_weight_matrices(source, layers, source.row_ranges))
    window = reference.grids[0].window
    forms = layer_forms(moments, extent, reference.bases[0], window, [(moments.layer, windows)])
    quality.insert(2, "layer_name", layers["layer_name"])
    quality["phenotype"] = layer_phenotypes(layers, forms)["phenotype"]
    for column in COMPARED:
        values, known = (table[column].to_numpy(float) for table in (quality, reference.quality))
        quality[f"{column}_percentile"] = 100 * below(values, known)
    ends = np.stack([grid.extent for grid in reference.grids])
    beyond = (extent.low < ends[:, 0]) | (extent.high > ends[:, 1])
    quality["outside"] = np.any(beyond, axis=1)
    return quality


def below(values: Array, reference: Array) -> Array:
    """The share of the reference below each value, equal ones counted half; NaN for NaN, or without a reference."""
    known = np.sort(reference[np.isfinite(reference)])
    count = np.searchsorted(known, values, "left") + np.searchsorted(known, values, "right")
    share = count / (2 * len(known)) if len(known) else np.full(len(values), np.nan)
    return np.where(np.isfinite(values), share, np.nan)


def placed_models(layers: pd.DataFrame) -> pd.DataFrame:
    """How much of each model is wasted: one row per model, from the table of its layers.

    Columns model, n_layers, n_filters, degenerate and random_like layers, wasted_filters (those in such layers), and
    outside, the layers with a coefficient beyond the data set's.
    """
    degenerate, random_like = layers["state"] == "degenerate", layers["state"] == "random-like"
    wasted = layers["n_filters"].where(degenerate | random_like, 0)
    marked = layers[["model", "n_filters", "outside"]].assign(
        n_layers=1, degenerate=degenerate, random_like=random_like, wasted_filters=wasted
    )
    columns = ["n_layers", "n_filters", "degenerate", "random_like", "wasted_filters", "outside"]
    return marked.groupby("model", sort=False)[columns].sum().astype(int).reset_index()
