"""A finished data set as what other models are compared with: bases, bins, group histograms, quality of layers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.groups.membership import Membership, load_membership
from filtershift.files import read_table
from filtershift.passes.bases import Bases
from filtershift.passes.histograms import Grid
from filtershift.passes.stored.groups import load_bases
from filtershift.passes.stored.histograms import layer_counts, load_grid
from filtershift.results import VARIANTS, Results


@dataclass(frozen=True)
class Reference:
    """What placing a model needs of a data set.

    Attributes:
        bases: the global bases of both variants.
        grids: the bins of both variants.
        variants: those that are compared.
        counts: of each grouping and variant, per group the counts (9, bins).
        layer_counts: of each variant, those of every layer (L, 9, bins), in the order of ``layers``.
        layers: one row per layer, with its model_id.
        groups: of each grouping, which group each layer is in.
        sizes: of each grouping, group, n_filters, n_layers, n_models.
        quality: one row per layer.
        tasks: what each model is for, by name; those without a task are not in it.
    """

    bases: Bases
    grids: tuple[Grid, Grid]
    variants: Sequence[str]
    counts: Mapping[tuple[str, str], Mapping[str, NDArray[np.int64]]]
    layer_counts: Mapping[str, NDArray[np.integer]]
    layers: pd.DataFrame
    groups: Mapping[str, Membership]
    sizes: Mapping[str, pd.DataFrame]
    quality: pd.DataFrame
    tasks: Mapping[str, str]


def load_reference(folder: Path, groupings: Sequence[str], variants: Sequence[str]) -> Reference:
    """Read it from the folder of results of a data set."""
    results = Results(folder)
    files = {variant: results.shards(f"histograms-{variant}") for variant in VARIANTS}
    scaled, unscaled = (load_grid(files[variant][0]) for variant in VARIANTS)
    layers = read_table(results.file("layers")).set_index("layer")
    tables = {name: [results.file(kind, grouping=name) for kind in ("groups", "sizes")] for name in groupings}
    groups = {name: load_membership(*paths) for name, paths in tables.items()}
    counts = {variant: layer_counts(files[variant], layers.index.tolist()) for variant in variants}
    known = read_table(results.file("models"), text=("model",)).reindex(columns=["model", "Task"])
    return Reference(
        bases=load_bases(results.file("basis")),
        grids=(scaled, unscaled),
        variants=variants,
        counts={
            (name, variant): _of_groups(counts[variant], layers.index, groups[name])
            for name in groupings
            for variant in variants
        },
        layer_counts=counts,
        layers=layers,
        groups=groups,
        sizes={name: read_table(sizes, text=("group",)) for name, (_, sizes) in tables.items()},
        quality=read_table(results.file("quality"), text=("model", "state")),
        tasks={str(model): str(task) for model, task in known.dropna().itertuples(index=False)},
    )


def _of_groups(counts: NDArray[np.integer], layers: pd.Index, groups: Membership) -> dict[str, NDArray[np.int64]]:
    """The histogram (9, bins) of each group of a grouping, from those of the layers (L, 9, bins)."""
    rows, number = layers.get_indexer(pd.Index(list(groups.group_of))), np.array(list(groups.group_of.values()))
    return {label: counts[rows[number == k]].sum(axis=0, dtype=np.int64) for k, label in enumerate(groups.labels)}
