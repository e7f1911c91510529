"""The data by which the papers' claims are judged: sums over layers, and weights of models in resamples.

Layers of one model that are in the same groups are summed into one cell. Every statistic is computed for many draws of
models at once. The first draw is the data set itself; in the others its lineages are sampled with replacement, the same
way for all claims. A lineage is a cluster of models that are not independent; by default a model is one of its own.
Basis, bins and explained variance ratios stay those of the data set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.groups.membership import Membership
from filtershift.files import read_table
from filtershift.passes.axes import PCA
from filtershift.passes.bases import Basis, global_basis
from filtershift.passes.histograms import coarsen
from filtershift.passes.moments import LayerMoments, merge
from filtershift.passes.stored.histograms import group_counts, load_grid
from filtershift.passes.stored.layers import load

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]

GROUPINGS = ("task", "data_type", "depth_decile", "model_family", "kernel")
"""The groupings that claims are about."""

TRAINING_SET = "Training-Dataset"


@dataclass(frozen=True, eq=False)
class Evidence:
    """A data set as the claims see it: M models, and C cells. A cell is all layers of a model in the same groups.

    Attributes:
        weight: (draws, M) how often each model counts in each draw.
        models: one row per model: model, n_filters, training_set (missing if unknown), lineage (a number).
        layers: one row per layer: model (its number), the number of its group in each configured grouping (-1: none),
            and its quality.
        labels: labels of the groups of each configured grouping, in natural order.
        cells: one row per cell: the numbers of its model and of its group in each configured grouping.
        counts: (C, 9, bins) histograms of scaled filters.
        n: (C,) numbers of filters.
        mean: (C, 9) mean scaled filter.
        scatter: (C, 9, 9) sums of outer products of the scaled filters minus their mean.
        edges: (bins + 1,) edges of the bins.
        basis: the PCA basis of all scaled filters.
        axes: the kind of basis in which ``counts`` were counted.
    """

    weight: Array
    models: pd.DataFrame
    layers: pd.DataFrame
    labels: Mapping[str, Sequence[str]]
    cells: pd.DataFrame
    counts: Numbers
    n: Numbers
    mean: Array
    scatter: Array
    edges: Array
    basis: Basis
    axes: str = PCA

    @property
    def model(self) -> Numbers:
        """The model of each cell, (C,)."""
        return self.cells["model"].to_numpy(np.int64)

    @property
    def lineage(self) -> Numbers:
        """The number of each model's lineage, (M,)."""
        return self.models["lineage"].to_numpy(np.int64)

    def lineages(self, models: Numbers) -> int:
        """The number of lineages among these models."""
        return len(np.unique(self.lineage[models]))

    def sums(self, number: Numbers, groups: int, values: NDArray, draws: slice = slice(None)) -> Array:
        """Sums over the cells of each group of values (C, K), in the chosen draws: (draws, groups, K).

        ``number`` (C,) is the group of each cell, 0 … groups - 1, or -1 for none.
        """
        weight = self.weight[draws]
        total = np.zeros((len(weight), groups, values.shape[1]))
        for group in range(groups):
            cells = np.flatnonzero(number == group)
            total[:, group] = weight[:, self.model[cells]] @ values[cells].astype(float)
        return total


def load_evidence(
    layers: Path,
    quality: Path,
    groupings: Mapping[str, Membership],
    moments: Sequence[Path],
    histograms: Sequence[Path],
    axes: str,
    clusters: pd.Series | None,
    draws: int,
    seed: int,
) -> Evidence:
    """Read the evidence from the layer table, the quality table, the groups, and scaled statistics of all shards.

    `clusters` is the number of each model's lineage, by model_id; without it each model is one of its own. ``axes`` is
    the kind of basis of the histograms.
    """
    models, table = layer_table(read_table(layers, text=("model",)), read_table(quality, text=("model",)), groupings)
    own = pd.Series(models.index, models["model_id"])
    models["lineage"] = models["model_id"].map(own if clusters is None else clusters).astype(int)
    columns = ["model", *groupings]
    cell: Numbers = np.asarray(table.groupby(columns).ngroup(), np.int64)
    cells = table[columns].drop_duplicates().sort_values(columns, ignore_index=True)
    grid = load_grid(histograms[0])
    counts = group_counts(histograms, "extent", dict(zip(table["layer"], cell.tolist(), strict=True)), len(cells))
    measured = load(moments, LayerMoments)
    n, mean, scatter = merge(measured.n, measured.mean[:, 0], measured.scatter[:, 0], cell, len(cells))
    return Evidence(
        weight=resampled(models["lineage"].to_numpy(np.int64), draws, seed),
        models=models,
        layers=table,
        labels={name: groups.labels for name, groups in groupings.items()},
        cells=cells,
        counts=coarsen(counts, grid.bins),
        n=n,
        mean=mean,
        scatter=scatter,
        edges=grid.edges,
        basis=global_basis(measured, 0),
        axes=axes,
    )


def layer_table(
    layers: pd.DataFrame, quality: pd.DataFrame, groupings: Mapping[str, Membership]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables ``models`` and ``layers`` of the evidence; models are in the order of their first layers."""
    if TRAINING_SET not in layers:
        layers = layers.assign(**{TRAINING_SET: None})
    models = layers.groupby(["model_id", "model"], as_index=False, sort=False).agg(
        n_filters=("n_filters", "sum"), training_set=(TRAINING_SET, "first")
    )
    number = pd.Series(models.index, models["model_id"])
    numbers = {name: layers["layer"].map(groups.group_of).fillna(-1).astype(int) for name, groups in groupings.items()}
    model = layers["model_id"].map(number)
    return models, layers[["layer"]].assign(**numbers).merge(quality.assign(model=model), on="layer")


def resampled(lineage: Numbers, draws: int, seed: int) -> Array:
    """How often each model counts, (1 + draws, M): once in the first row, then as its lineage was sampled.

    `lineage` (M,) is the number of each model's lineage. Lineages are sampled with replacement.
    """
    _, lineage = np.unique(lineage, return_inverse=True)
    n = int(lineage.max()) + 1
    sampled = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), draws)
    return np.concatenate([np.ones((1, len(lineage))), sampled[:, lineage]])
