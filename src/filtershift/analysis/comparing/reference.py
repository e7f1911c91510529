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
from filtershift.passes.group_files import load_bases, load_group_arrays
from filtershift.passes.histogram_files import layer_counts, load_grid
from filtershift.passes.histograms import Grid
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


def load_reference(folder: Path, groupings: Sequence[str], variants: Sequence[str]) -> Reference:
    """Read it from the folder of results of a data set."""
    results = Results(folder)
    files = {variant: results.shards(f"histograms-{variant}") for variant in VARIANTS}
    scaled, unscaled = (load_grid(files[variant][0]) for variant in VARIANTS)
    layers = read_table(results.file("layers")).set_index("layer")
    tables = {name: [results.file(kind, grouping=name) for kind in ("groups", "sizes")] for name in groupings}
    counts = {
        (name, variant): load_group_arrays(results.file("group_histograms", variant=variant, grouping=name))[0]
        for name in groupings
        for variant in variants
    }
    return Reference(
        bases=load_bases(results.file("basis")),
        grids=(scaled, unscaled),
        variants=variants,
        counts={key: {label: group["counts"] for label, group in groups.items()} for key, groups in counts.items()},
        layer_counts={variant: layer_counts(files[variant], layers.index.tolist()) for variant in variants},
        layers=layers,
        groups={name: load_membership(*paths) for name, paths in tables.items()},
        sizes={name: read_table(sizes, text=("group",)) for name, (_, sizes) in tables.items()},
        quality=read_table(results.file("quality"), text=("model", "state")),
    )
