"""The 3×3 layers of one model with their filters in memory, from a model file or from a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.dataset.models.layers import model_layers
from filtershift.dataset.models.model import ConvModel
from filtershift.errors import FiltershiftError, did_you_mean
from filtershift.passes.blocks import FilterSource
from filtershift.passes.filter_array import FilterArray

COLUMNS = ("layer_name", "conv_depth", "conv_depth_norm", "n_filters", "out_channels", "in_channels", "groups")
"""What is known of a layer, missing where the file does not say it."""


@dataclass(frozen=True)
class ModelLayers:
    """The layers of one model in order of their depth.

    Attributes:
        name: of the model.
        table: one row per layer with `COLUMNS` and model_id and model, indexed from 0.
        weights: the filters of each layer, (n, 9).
    """

    name: str
    table: pd.DataFrame
    weights: Sequence[NDArray[np.floating]]


def layers_of_model(name: str, model: ConvModel) -> ModelLayers:
    """The layers of a model file.

    Raises:
        FiltershiftError: it has no 3×3 layer.
    """
    if not model.layers:
        reason = model.skipped[-1].reason if model.skipped else "no convolution"
        raise FiltershiftError(f"{name}: no 3×3 filters ({reason})")
    return model_of_layers(name, model_layers({name: model}), [layer.weights for layer in model.layers])


def layers_of_dataset(name: str, layers: pd.DataFrame, row_ranges: pd.DataFrame, source: FilterSource) -> ModelLayers:
    """The layers of a model of a data set, by its name in the layer table, or by its model_id.

    Raises:
        FiltershiftError: there is no such model, or several have the name.
    """
    known = layers["model"].astype(str)
    own = layers[known == name] if (known == name).any() else layers[layers["model_id"].astype(str) == name]
    if own.empty:
        near = did_you_mean(name, known.unique())
        raise FiltershiftError(f"{name}: neither a file nor a model of the data set{near}")
    if (ids := own["model_id"].unique()).size > 1:
        raise FiltershiftError(
            f"{name}: {len(ids)} models have this name; give one of their model_id: {', '.join(map(str, ids[:5]))}"
        )
    own = own.sort_values("conv_depth", kind="stable")
    ranges = {layer: table for layer, table in row_ranges.groupby("layer")}
    weights = [
        np.concatenate([source.read(*rows) for rows in zip(ranges[layer]["start"], ranges[layer]["stop"], strict=True)])
        for layer in own.index
    ]
    return model_of_layers(name, own, weights)


def model_of_layers(name: str, table: pd.DataFrame, weights: Sequence[NDArray[np.floating]]) -> ModelLayers:
    """Layers with their filters (…, 3, 3) or (n, 9) as those of one model, whatever columns their table has.

    Layers without filters are left out.

    Raises:
        FiltershiftError: no layer is left.
    """
    own = table.reindex(columns=COLUMNS).assign(model_id=0, model=name)
    own["layer_name"] = own["layer_name"].astype(object).where(own["layer_name"].notna(), None)
    for column in COLUMNS[1:]:
        own[column] = pd.to_numeric(own[column], errors="coerce")
    own["n_filters"] = [np.size(filters) // 9 for filters in weights]
    # What contradicts the number of filters is not known.
    own["out_channels"] = own["out_channels"].where(own["n_filters"] % own["out_channels"] == 0)
    some = own["n_filters"].to_numpy() > 0
    if not some.any():
        raise FiltershiftError(f"{name}: no 3×3 filters")
    kept = [np.reshape(filters, (-1, 9)) for filters, is_some in zip(weights, some, strict=True) if is_some]
    return ModelLayers(name, own[some].reset_index(drop=True), kept)


def both_sources(models: tuple[ModelLayers, ModelLayers]) -> tuple[pd.DataFrame, FilterArray]:
    """The layers of two models as one layer table, those of the second behind those of the first, and their filters."""
    tables = [model.table.assign(model_id=k) for k, model in enumerate(models)]
    source = FilterArray([weights for model in models for weights in model.weights])
    return pd.concat(tables, ignore_index=True).rename_axis("layer"), source
