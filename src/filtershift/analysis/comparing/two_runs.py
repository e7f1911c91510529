"""Two finished runs compared: the groups of the same name in every grouping and variant, and the bases."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from filtershift.analysis.comparing.comparison import (
    Side,
    compare_bases,
    matchable,
    named_shifts,
    not_one_group,
    one_sided,
    same_named,
    unlabelled,
)
from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.dataset.layer_table import load_layers
from filtershift.errors import FiltershiftError
from filtershift.files import read_table
from filtershift.passes.stored.groups import load_group_arrays
from filtershift.results import VARIANTS, Results


@dataclass(frozen=True)
class Comparison:
    """What two runs have in common.

    Attributes:
        shifts: columns variant, grouping, then those of `named_shifts`.
        bases: column variant, then those of `compare_bases`.
        skipped: groups of only one of the runs, and those without a label, as rows kind, name, reason, count.
    """

    shifts: pd.DataFrame
    bases: pd.DataFrame
    skipped: pd.DataFrame


def compare_runs(
    here: Path,
    there: Path,
    basis: Path,
    histograms: Path,
    groupings: Sequence[str],
    variants: Sequence[str],
    resampling: Resampling,
) -> Comparison:
    """Compare the groups of the same name, in the common basis, and the two runs' own bases.

    Args:
        here: the folder of results of this run.
        there: that of the other one.
        basis: file of the common bases.
        histograms: file of the layers' histograms in these bases: groups here and there, with layer and counts.
        groupings: those that both runs have.
        variants: those to compare.
        resampling: number of resamples, seed and level; without resamples there are no intervals.

    Raises:
        FiltershiftError: no group has the same name in both.
    """
    runs = {"here": Results(here), "there": Results(there)}
    common, (counted, shared) = load_group_arrays(basis)[0], load_group_arrays(histograms)
    layers = {side: matchable(load_layers(run.file("layers"))) for side, run in runs.items()}
    tables, skipped = [], []
    for grouping in groupings:
        groups, sizes = (
            [read_table(run.file(kind, grouping=grouping), text=("group",)) for run in runs.values()]
            for kind in ("groups", "sizes")
        )
        skipped.append(one_sided(grouping, {str(here): sizes[0], str(there): sizes[1]}))
        same = same_named(*sizes)
        unknown = unlabelled(same)
        skipped.append(not_one_group(grouping, same[unknown]))
        same = same[~unknown]
        for variant in variants if len(same) else []:
            v = VARIANTS.index(variant)
            sides = [Side(own["counts"][:, v], layers[side].loc[own["layer"]]) for side, own in counted.items()]
            edges, ratio = shared["edges"][v], common[variant]["explained_variance_ratio"]
            width, name = float(edges[1] - edges[0]), f"compare/{variant}/{grouping}"
            table = named_shifts((sides[0], sides[1]), (groups[0], groups[1]), same, width, ratio, name, resampling)
            table.insert(0, "grouping", grouping)
            table.insert(0, "variant", variant)
            tables.append(table)
    if not tables:
        raise FiltershiftError(f"no group of {', '.join(groupings)} has the same name in {here} and {there}")
    one, other = (load_group_arrays(run.file("basis"))[0] for run in runs.values())
    bases = {variant: compare_bases(one[variant], other[variant], common[variant]) for variant in variants}
    return Comparison(
        shifts=pd.concat(tables),
        bases=pd.concat(bases, names=["variant"]).reset_index(0),
        skipped=pd.concat(skipped),
    )
