"""The tables of a run that its story is told from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.files import read_table
from filtershift.passes.patterns import axis_names
from filtershift.passes.stored.groups import load_group_arrays
from filtershift.report.tables import Pairs
from filtershift.results import Results

NO_GROUPS = pd.DataFrame(columns=["grouping", "group", "n_filters", "n_layers", "n_models"])


@dataclass(frozen=True)
class Run:
    """What a run measured.

    Attributes:
        titles: title of each grouping that has groups to compare; the story looks closer at the first.
        labels: columns of ``models`` that these groupings are made of.
        models: one row per model.
        skipped: one row per item left out.
        paper_skipped: one row per item left out of the papers' figures.
        groups: one row per group of each of these groupings: grouping, group, n_filters, n_layers, n_models.
        ratios: of each variant, the explained variance ratio (9,) of the global basis.
        axes: the names of its axes, if they are fixed.
        curves: of each variant, that of each group's own basis, groups of the first grouping: group, component, ….
        pairs: of each variant and grouping, the shift of each pair of groups: a, b, shift, and if noise is known
            corrected, low, high, flag.
        noise: whether it is known.
        nearest: of each variant and each grouping drawn as a map, the groups nearest to each.
        ranges: the mean range of each model in each depth decile, where configured: group, model, mean_range.
        quality: one row per layer, with its phenotype.
        ranking: the quality of each model, most degenerate first.
        cost: one row per step.
        expected: what is known of the data set, and whether it was found: as in expected.csv. None if nothing is.
    """

    titles: Mapping[str, str]
    labels: Sequence[str]
    models: pd.DataFrame
    skipped: pd.DataFrame
    paper_skipped: pd.DataFrame
    groups: pd.DataFrame
    ratios: Mapping[str, NDArray[np.float64]]
    axes: Sequence[str] | None
    curves: Mapping[str, pd.DataFrame]
    pairs: Pairs
    nearest: Mapping[tuple[str, str], pd.DataFrame]
    ranges: pd.DataFrame | None
    quality: pd.DataFrame
    ranking: pd.DataFrame
    cost: pd.DataFrame
    noise: bool
    expected: pd.DataFrame | None = None

    @property
    def first(self) -> str:
        """The grouping that the story looks closer at."""
        return next(iter(self.titles))

    @property
    def filters(self) -> pd.Series:
        """The filters of each of its groups, in natural order."""
        return self.groups[self.groups["grouping"] == self.first].set_index("group")["n_filters"]

    def few(self, least: int) -> dict[str, list[str]]:
        """The groups of each grouping with fewer filters than this."""
        small = self.groups[self.groups["n_filters"] < least]
        return {key: small.loc[small["grouping"] == key, "group"].tolist() for key in self.titles}


def load_run(
    folder: Path,
    variants: Sequence[str],
    titles: Mapping[str, str],
    labels: Sequence[str],
    maps: Sequence[str],
    noise: bool,
    expected: bool = False,
) -> Run:
    """Read the tables of a run from its folder of results; ``maps`` are the groupings that maps were made of.

    ``noise`` says that intervals were measured, ``expected`` that something is known of the data set.
    """
    results = Results(folder)

    def table(kind: str, *text: str, **names: str) -> pd.DataFrame:
        return read_table(results.file(kind, **names), text)

    kind, believed = ("intervals", ["corrected", "low", "high", "flag"]) if noise else ("components", [])
    sizes = {key: table("sizes", "group", grouping=key) for key in titles}
    bases, _ = load_group_arrays(results.file("basis"))
    phenotypes = table("phenotypes", "model")[["layer", "phenotype"]]
    by_depth = "unscaled" in variants and "depth_decile" in titles
    return Run(
        titles=titles,
        labels=labels,
        models=table("models", "model", *labels),
        skipped=table("skipped", "name", "reason"),
        paper_skipped=table("paper_skipped", "name", "reason"),
        groups=pd.concat(sizes, names=["grouping"]).reset_index("grouping") if sizes else NO_GROUPS,
        ratios={variant: bases[variant]["explained_variance_ratio"] for variant in variants},
        axes=axis_names(bases[variants[0]]["components"]),
        curves={
            variant: table("cumulative", "group", variant=variant, grouping=key)
            for key in list(titles)[:1]
            for variant in variants
        },
        pairs={
            variant: {
                key: table(kind, "a", "b", variant=variant, grouping=key)[["a", "b", "shift", *believed]]
                for key in titles
            }
            for variant in variants
        },
        nearest={
            (variant, key): table("nearest", "group", "nearest", variant=variant, grouping=key)
            for key in maps
            for variant in variants
        },
        ranges=table("range_boxes", "group", "model", grouping="depth_decile") if by_depth else None,
        quality=table("quality", "model").merge(phenotypes, on="layer", how="left"),
        ranking=table("quality_models", "model"),
        cost=table("cost"),
        noise=noise,
        expected=table("expected", "source") if expected else None,
    )
