"""The content of the explorer, read from the results of a run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from filtershift.analysis.comparing.placement import Placement
from filtershift.analysis.groups.membership import load_membership
from filtershift.analysis.shifts.choices import Choices
from filtershift.analysis.shifts.divergences import binning
from filtershift.analysis.uncertainty.noise import load_intervals
from filtershift.files import read_table
from filtershift.passes.example_filters import ExampleFilters
from filtershift.passes.histograms import REFINE
from filtershift.passes.moments import LayerMoments
from filtershift.passes.stored.groups import load_bases
from filtershift.passes.stored.histograms import layer_counts, load_grid, stored_layers
from filtershift.passes.stored.layers import load
from filtershift.report.explorer.content import Histograms, ShownGrouping, content
from filtershift.report.explorer.placed import Bins, RunLayers, joined, placed_layers, yours
from filtershift.results import Results


def run_content(
    folder: Path,
    layers: pd.DataFrame,
    variants: Sequence[str],
    titles: Mapping[str, str],
    orders: Mapping[str, str],
    choices: Choices,
    intervals: bool,
    examples: Path,
    placed: Placement | None = None,
) -> dict[str, Any]:
    """Read the results of a run.

    Args:
        folder: results/{dataset}.
        layers: its layer table.
        variants: those that are shown.
        titles: of the groupings.
        orders: how their groups are shown: shift, natural or label.
        choices: what defines the shift.
        intervals: whether there are tables of them.
        examples: file of example filters.
        placed: models to show among the others. They are in no group of a configured grouping.
    """
    results = Results(folder)
    numbers = layers.index.tolist()
    bins = {variant: _bins(results.shards(f"histograms-{variant}"), choices) for variant in variants}
    run = RunLayers(
        layers=layers,
        quality=read_table(results.file("quality"), text=("model", "state")),
        moments=load(results.shards("moments"), LayerMoments),
        counts={v: layer_counts(results.shards(f"histograms-{v}"), numbers, own.share) for v, own in bins.items()},
        examples=load([examples], ExampleFilters),
    )
    bases = load_bases(results.file("basis"))
    if placed:
        scaled = load_grid(results.shards("histograms-scaled")[0])
        run = joined(run, placed_layers(placed, bins, bases[0], scaled))
    return content(
        name=folder.name,
        layers=run.layers,
        quality=run.quality,
        moments=run.moments,
        bases=bases,
        histograms={v: Histograms(run.counts[v], own.low, own.width) for v, own in bins.items()},
        choices=choices,
        groupings=[
            _grouping(results, key, title, orders[key], variants if intervals else (), run.layers.index.tolist())
            for key, title in titles.items()
        ],
        examples=run.examples,
        marked=[] if placed is None else yours(placed.models["model"]),
    )


def _bins(paths: Sequence[Path], choices: Choices) -> Bins:
    """The bins that the choices say."""
    grid = load_grid(paths[0])
    every = np.zeros(grid.bins * REFINE)
    if choices.extent == "quantile":
        for _, batch in stored_layers(paths, "extent"):
            every += batch.sum(axis=(0, 1))
    share, width = binning(grid, choices.extent, grid.bins, every)
    low = grid.extent[0] if share is None else _low(grid.extent, choices.extent, width, share.shape[1])
    return Bins(grid, share, float(low), float(width))


def _low(extent: np.ndarray, kind: Any, width: float, bins: int) -> float:
    """Where the first bin begins, the outermost ones drawn as wide as the others."""
    if not isinstance(kind, str):
        return float(kind[0])
    return -width * bins / 2 if kind == "symmetric" else float(extent[0])


def _grouping(
    results: Results, key: str, title: str, order: str, variants: Sequence[str], layers: Sequence[int]
) -> ShownGrouping:
    members = load_membership(results.file("groups", grouping=key), results.file("sizes", grouping=key))
    group = np.array([members.group_of.get(layer, -1) for layer in layers], np.int64)
    intervals = {
        variant: load_intervals(results.file("intervals", variant=variant, grouping=key)) for variant in variants
    }
    return ShownGrouping(key, title, order, members.labels, group, intervals)
