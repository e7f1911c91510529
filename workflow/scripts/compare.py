"""Compare the groups and the bases of two data sets."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: both folders of results, what was measured of both, what to compare and how, more rows, tables."""

    here: Path = MISSING
    there: Path = MISSING
    basis: Path = MISSING
    histograms: Path = MISSING
    groupings: list[str] = MISSING
    variants: list[str] = MISSING
    rows: str = "[]"
    resamples: int = MISSING
    seed: int = MISSING
    level: float = MISSING
    shifts: Path = MISSING
    bases: Path = MISSING
    skipped: Path = MISSING


def main(settings: Settings) -> None:
    """Histograms and groups of two data sets -> shifts between groups of the same name, bases, what is left out."""
    import pandas as pd

    from filtershift.analysis.comparing.comparison import (
        Side,
        compare_bases,
        matchable,
        named_shifts,
        one_sided,
        same_named,
    )
    from filtershift.analysis.uncertainty.intervals import Resampling
    from filtershift.dataset.layer_table import load_layers
    from filtershift.errors import FiltershiftError
    from filtershift.files import read_table, write_table
    from filtershift.passes import VARIANTS
    from filtershift.passes.group_files import load_group_arrays

    folders = {"here": settings.here, "there": settings.there}
    how = Resampling(settings.resamples, settings.seed, settings.level)
    common, (histograms, shared) = load_group_arrays(settings.basis)[0], load_group_arrays(settings.histograms)
    layers = {side: matchable(load_layers(folder / "layers.csv")) for side, folder in folders.items()}

    columns = ["kind", "name", "reason", "count"]
    skipped, tables = [pd.DataFrame(json.loads(settings.rows), columns=columns)], []
    for grouping in settings.groupings:
        here, there = (read_table(folder / f"groups/{grouping}.csv", text=("group",)) for folder in folders.values())
        sizes = [read_table(folder / f"groups/{grouping}.sizes.csv", text=("group",)) for folder in folders.values()]
        skipped.append(one_sided(grouping, dict(zip(map(str, folders.values()), sizes, strict=True))))
        same = same_named(*sizes)
        for variant in settings.variants if len(same) else []:
            v = VARIANTS.index(variant)
            one, other = (Side(own["counts"][:, v], layers[side].loc[own["layer"]]) for side, own in histograms.items())
            edges, ratio = shared["edges"][v], common[variant]["explained_variance_ratio"]
            width, name = float(edges[1] - edges[0]), f"compare/{variant}/{grouping}"
            table = named_shifts((one, other), (here, there), same, width, ratio, name, how)
            tables.append(table.assign(variant=variant, grouping=grouping))
    if not tables:
        raise FiltershiftError(
            f"no group of {', '.join(settings.groupings)} has the same name in {settings.here} and {settings.there}"
        )
    shifts = pd.concat(tables)
    write_table(settings.shifts, shifts[["variant", "grouping", *shifts.columns.drop(["variant", "grouping"])]])
    write_table(settings.skipped, pd.concat(skipped))
    own = [load_group_arrays(folder / "statistics/basis.h5")[0] for folder in folders.values()]
    bases = {v: compare_bases(own[0][v], own[1][v], common[v]) for v in settings.variants}
    write_table(settings.bases, pd.concat(bases, names=["variant"]).reset_index(0))


if __name__ == "__main__":
    run(main, Settings)
