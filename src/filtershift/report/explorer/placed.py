"""Layers of placed models beside those of a run, as the explorer shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.comparing.placement import Placement
from filtershift.passes.bases import Basis
from filtershift.passes.example_filters import ExampleFilters, example_filters
from filtershift.passes.histograms import Grid, coarsen
from filtershift.passes.moments import LayerMoments
from filtershift.results import VARIANTS

Result = TypeVar("Result", LayerMoments, ExampleFilters)


@dataclass(frozen=True)
class Bins:
    """Where the bins of one variant lie.

    Attributes:
        grid: of the stored histograms.
        share: (stored bins, bins) how much of each stored bin lies in each; None where neighbours are merged.
        low: end of the first bin.
        width: of a bin.
    """

    grid: Grid
    share: NDArray[np.float64] | None
    low: float
    width: float


@dataclass(frozen=True)
class RunLayers:
    """What the explorer shows of layers.

    Attributes:
        layers: the layer table, indexed by layer number.
        quality: one row per layer, in the same order.
        moments: of the same layers.
        counts: of each variant their histograms (L, 9, bins).
        examples: filters of each.
    """

    layers: pd.DataFrame
    quality: pd.DataFrame
    moments: LayerMoments
    counts: Mapping[str, NDArray]
    examples: ExampleFilters


def yours(models: Iterable[str]) -> list[str]:
    """The names under which placed models stand among those of the data set, of which one may have the same name."""
    return [f"{model} (yours)" for model in models]


def placed_layers(placed: Placement, bins: Mapping[str, Bins], basis: Basis, grid: Grid) -> RunLayers:
    """The layers of placed models. ``bins`` are those of each variant shown, basis and grid those of scaled filters."""
    found = placed.measured
    counts = {variant: _counts(found.histograms[:, VARIANTS.index(variant)], own) for variant, own in bins.items()}
    scaled = coarsen(found.histograms[:, 0], grid.bins)
    return RunLayers(
        layers=found.layers.assign(model=yours(found.layers["model"])),
        quality=placed.layers,
        moments=found.moments,
        counts=counts,
        examples=example_filters(found.source, found.source.row_ranges, basis, grid, scaled),
    )


def _counts(histograms: NDArray, bins: Bins) -> NDArray:
    if bins.share is None:
        return coarsen(histograms, bins.grid.bins)
    return (histograms @ bins.share).astype(np.float32)


def joined(run: RunLayers, more: RunLayers) -> RunLayers:
    """The layers of a run and some more, numbered after them."""
    first = int(run.layers.index.max()) + 1
    numbers = pd.RangeIndex(first, first + len(more.layers), name="layer")
    return RunLayers(
        layers=pd.concat([run.layers, more.layers.set_axis(numbers)]),
        quality=pd.concat([run.quality, more.quality], ignore_index=True),
        moments=_stacked(run.moments, more.moments),
        counts={variant: np.concatenate([counts, more.counts[variant]]) for variant, counts in run.counts.items()},
        examples=_stacked(run.examples, more.examples),
    )


def _stacked(one: Result, other: Result) -> Result:
    """Two results of layers as one, array by array."""
    names = [field.name for field in fields(one)]
    return type(one)(**{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in names})
