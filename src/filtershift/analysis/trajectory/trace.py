"""Models over time: everything that is measured of them, in one call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.quality.summaries import DEPTHS
from filtershift.analysis.trajectory.checkpoints import find_checkpoints
from filtershift.analysis.trajectory.events import changes, settling, summary
from filtershift.analysis.trajectory.followed import Followed, follow_layers, layer_names
from filtershift.analysis.trajectory.over_runs import over_runs
from filtershift.analysis.trajectory.quality import ALL, MEASURES, quality_over_time, shapes_over_time
from filtershift.analysis.trajectory.steps import step_shifts
from filtershift.passes.moments import LayerMoments
from filtershift.passes.patterns import TYPES
from filtershift.results import SKIPPED

SHAPES = ("high_frequency", "symmetry", "centre_energy", "roughness", *TYPES)
"""The statistics of shapes that are averaged over runs."""

_MEASURED: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "shifts": (["variant", "depth", "compared", "checkpoint"], ("shift", "floor")),
    "layers": (["variant", "layer", "compared", "checkpoint"], ("shift", "floor")),
    "quality": (["depth", "checkpoint"], MEASURES),
    "shapes": (["variant", "depth", "checkpoint"], SHAPES),
}
"""What is averaged over runs: of each table the keys and the values."""


@dataclass(frozen=True)
class LayerHistograms:
    """The histograms of all layers in one variant.

    Attributes:
        counts: (L, 9, bins) counts, in the order of the layer table.
        width: width of a bin, in units of the coefficients.
        ratio: (9,) explained variance ratio of the basis.
    """

    counts: NDArray[np.integer]
    width: float
    ratio: NDArray[np.float64]


@dataclass(frozen=True)
class Trajectory:
    """How the filters of models develop over checkpoints.

    Attributes:
        by: the name of the number that tells checkpoints apart, as "epoch".
        checkpoints: one row per checkpoint: run, checkpoint, model, n_layers, n_filters.
        changes: steps of layers, those above noise and the most sudden ones first, as of `changes`.
        summary: one row per variant and layer: when it settles, its largest step, as of `summary`.
        settled: when each layer settles in each run, as of `settling`.
        shifts: shifts of all filters and by depth: columns variant, run, depth ("all", or one of `DEPTHS`), and those
            of `step_shifts`.
        layers: shifts of layers, without the nine parts: columns variant, run, layer, and those of `step_shifts`.
        quality: of each checkpoint and depth, as of `quality_over_time`.
        shapes: of each variant, checkpoint and depth, as of `shapes_over_time`.
        level: coverage of intervals.
        skipped: what was left out, as rows kind, name, reason, count.
    """

    by: str
    checkpoints: pd.DataFrame
    changes: pd.DataFrame
    summary: pd.DataFrame
    settled: pd.DataFrame
    shifts: pd.DataFrame
    layers: pd.DataFrame
    quality: pd.DataFrame
    shapes: pd.DataFrame
    level: float
    skipped: pd.DataFrame

    @cached_property
    def over_runs(self) -> Mapping[str, pd.DataFrame]:
        """Means over runs with intervals, of shifts, layers, quality and shapes; only figures and files need them."""
        return {name: self._over_runs(name, *columns) for name, columns in _MEASURED.items()}

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by the names of their files, without ".csv"."""
        names = ("checkpoints", "changes", "summary", "settled", "shifts", "layers", "quality", "shapes", "skipped")
        means = {f"{name}.over_runs": table for name, table in self.over_runs.items()}
        return {**{name: getattr(self, name) for name in names}, **means}

    def _over_runs(self, name: str, keys: Sequence[str], values: Sequence[str]) -> pd.DataFrame:
        table = getattr(self, name)
        means = over_runs(table, keys, values, self.level)
        if "above" not in table:
            return means
        above = table.groupby(list(keys), sort=False)["above"].sum().rename("n_above")
        return means.merge(above.reset_index(), on=list(keys))


def trace(
    layers: pd.DataFrame,
    histograms: Mapping[str, LayerHistograms],
    moments: LayerMoments,
    quality: pd.DataFrame,
    by: str,
    within: Sequence[str] = (),
    level: float = 0.95,
) -> Trajectory:
    """Follow models over checkpoints, from what the passes found in their layers; no filter is read.

    Args:
        layers: the layer table, indexed by layer number.
        histograms: of each variant.
        moments: results of pass 1, of the same layers.
        quality: the quality of layers, indexed alike.
        by: the label whose number says when a checkpoint was taken.
        within: the labels that tell runs apart.
        level: coverage of intervals, and what chance stays below.

    Raises:
        FiltershiftError: there are no such labels, or no run has two checkpoints that differ in ``by``.
    """
    finite, broken = _finite(layers, moments)
    checkpoints, skipped = find_checkpoints(finite, by, within)
    followed = follow_layers(finite, checkpoints)
    rows = followed.layers.sort_values(["run", "checkpoint"], kind="stable")
    of_depths, of_layers = {}, {}
    for variant, own in histograms.items():
        counts = own.counts[layers.index.get_indexer(rows.index)]
        compare = partial(step_shifts, width=own.width, ratio=own.ratio, level=level)
        of_depths[variant] = compare(*_by_depth(rows, counts)).rename(columns={"unit": "depth"})
        of_layers[variant] = _named(compare(*_by_layer(rows, counts)), followed)
    tables = {
        "shifts": _in_depths(pd.concat(of_depths, names=["variant"]).reset_index(0)),
        "layers": pd.concat(of_layers, names=["variant"]).reset_index(0).reset_index(drop=True),
        "quality": _in_depths(quality_over_time(quality, rows)),
        "shapes": _in_depths(shapes_over_time(moments, rows, list(histograms))),
    }
    settled, steps = settling(tables["layers"]), changes(tables["layers"], level)
    return Trajectory(
        by=by,
        checkpoints=checkpoints.drop(columns="model_id"),
        changes=steps,
        summary=summary(steps, settled, followed.places),
        settled=settled,
        **tables,
        level=level,
        skipped=pd.concat([broken, skipped, followed.skipped], ignore_index=True),
    )


def _finite(layers: pd.DataFrame, moments: LayerMoments) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The layers with a finite filter, and those without, as rows kind, name, reason, count of filters."""
    broken = layers[pd.Series(moments.n, moments.layer).loc[layers.index] == 0]
    rows = {"kind": "layer", "reason": "no filter is finite", "count": broken["n_filters"]}
    return layers.drop(broken.index), pd.DataFrame(rows | {"name": layer_names(broken)}, columns=SKIPPED)


def _by_depth(rows: pd.DataFrame, counts: NDArray) -> tuple[pd.DataFrame, NDArray]:
    """What all layers of a checkpoint count together, and those of each depth; sorted as `step_shifts` takes it."""
    every = pd.concat([rows.assign(depth=ALL), rows])
    keys = every.groupby(["run", "depth", "checkpoint"], sort=True)
    table = keys.size().reset_index().rename(columns={"depth": "unit"})
    total = np.zeros((len(table), *counts.shape[1:]), np.int64)
    np.add.at(total, keys.ngroup().to_numpy(), np.concatenate([counts, counts]))
    return table[["run", "unit", "checkpoint"]], total


def _by_layer(rows: pd.DataFrame, counts: NDArray) -> tuple[pd.DataFrame, NDArray]:
    """The layers that are followed, sorted as `step_shifts` takes them."""
    table = rows.reset_index(drop=True)
    table = table[table["place"] >= 0].sort_values(["run", "place", "checkpoint"], kind="stable")
    return table.rename(columns={"place": "unit"})[["run", "unit", "checkpoint"]], counts[table.index]


def _named(table: pd.DataFrame, followed: Followed) -> pd.DataFrame:
    """Shifts of layers with the names of these, by depth."""
    parts = [f"component_{i}" for i in range(9)]
    names = followed.places["layer"].to_numpy()[table["unit"].to_numpy()]
    return table.drop(columns=["unit", *parts]).assign(layer=names)[
        ["run", "layer", "checkpoint", "compared", "against", "shift", "floor", "above"]
    ]


def _in_depths(table: pd.DataFrame) -> pd.DataFrame:
    """The rows by depth, all layers first; within a depth the order stays."""
    return table.sort_values("depth", key=lambda depths: depths.map([ALL, *DEPTHS].index), kind="stable").reset_index(
        drop=True
    )
