"""The layers of two compared runs as the explorer shows them: beside each other, in their common basis."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.comparing.two_runs import Comparison
from filtershift.analysis.groups.membership import load_membership
from filtershift.analysis.shifts.choices import PAPER
from filtershift.files import read_table
from filtershift.passes.example_filters import EACH, KINDS, ExampleFilters
from filtershift.passes.moments import LayerMoments
from filtershift.passes.stored.groups import load_bases, load_group_arrays
from filtershift.passes.stored.layers import load
from filtershift.report.explorer.content import Histograms, ShownGrouping, content
from filtershift.report.explorer.placed import RunLayers, joined
from filtershift.results import VARIANTS, Results

Result = TypeVar("Result", LayerMoments, ExampleFilters)

DATASET = "data set"
"""The column that tells the layers of the two runs apart."""


def compared_content(
    here: Path,
    there: Path,
    layers: Sequence[pd.DataFrame],
    basis: Path,
    histograms: Path,
    titles: Mapping[str, str],
    variants: Sequence[str],
    found: Comparison,
) -> dict[str, Any]:
    """What the explorer shows of two runs: each shared grouping with the groups of both, and their layers and models.

    The models of ``here`` are pointed out.

    Args:
        here: the folder of results of one run.
        there: that of the other one.
        layers: the layer tables of both.
        basis: file of their common bases.
        histograms: file of their layers' histograms in these bases.
        titles: of the groupings that both have.
        variants: those that are shown.
        found: the comparison; it says how far to believe the shifts between groups of the same name.
    """
    names = (here.name, there.name) if here.name != there.name else (str(here), str(there))
    runs = dict(zip(names, (Results(here), Results(there)), strict=True))
    sides, shared = load_group_arrays(histograms)
    parts = [
        _run_layers(run, table.loc[own["layer"]].assign(**{DATASET: name}), own["counts"], variants)
        for (name, run), table, own in zip(runs.items(), layers, (sides["here"], sides["there"]), strict=True)
    ]
    both = joined(*parts)
    edges = dict(zip(VARIANTS, shared["edges"], strict=True))
    numbers = {name: part.layers.index.tolist() for name, part in zip(names, parts, strict=True)}
    return content(
        name=" beside ".join(names),
        layers=both.layers,
        quality=both.quality,
        moments=both.moments,
        bases=load_bases(basis),
        histograms={
            v: Histograms(both.counts[v], float(edges[v][0]), float(edges[v][1] - edges[v][0])) for v in variants
        },
        choices=PAPER,
        groupings=[
            _grouping(key, title, runs, numbers, found.shifts[found.shifts["grouping"] == key])
            for key, title in titles.items()
        ],
        examples=both.examples,
        marked=parts[0].layers["model"].unique().tolist(),
        joint=True,
    )


def _run_layers(run: Results, layers: pd.DataFrame, counts: NDArray[np.int64], variants: Sequence[str]) -> RunLayers:
    """The layers of a run with their counts (L, 2, 9, bins). What a run lacks is missing.

    A model may be in both runs: its name says in which.
    """
    every = layers.index
    quality = pd.DataFrame(index=every)
    if run.file("quality").is_file():
        quality = read_table(run.file("quality"), text=("model", "state")).set_index("layer").loc[every]
    empty = np.full((len(every), len(KINDS) * EACH, 3, 3), np.nan, np.float32)
    examples = ExampleFilters(every.to_numpy(), np.full(empty.shape[:2], -1), empty)
    if run.file("example_filters").is_file():
        examples = _of(load([run.file("example_filters")], ExampleFilters), every)
    return RunLayers(
        layers=layers.assign(model=layers["model"] + " (" + layers[DATASET] + ")"),
        quality=quality,
        moments=_of(load(run.shards("moments"), LayerMoments), every),
        counts={variant: counts[:, VARIANTS.index(variant)] for variant in variants},
        examples=examples,
    )


def _of(results: Result, numbers: pd.Index) -> Result:
    """The results of layers with these numbers."""
    rows = pd.Index(results.layer).get_indexer(numbers)
    return type(results)(**{name: values[rows] for name, values in vars(results).items()})


def _grouping(
    key: str, title: str, runs: Mapping[str, Results], numbers: Mapping[str, Sequence[int]], shifts: pd.DataFrame
) -> ShownGrouping:
    """The groups of both runs, those of the same name beside each other."""
    members = {
        name: load_membership(run.file("groups", grouping=key), run.file("sizes", grouping=key))
        for name, run in runs.items()
    }
    groups = dict.fromkeys(label for one in members.values() for label in one.labels)
    labels = [f"{label}, {name}" for label in groups for name, one in members.items() if label in one.labels]
    number = {label: k for k, label in enumerate(labels)}
    group = [
        number[f"{members[name].labels[k]}, {name}"] if (k := members[name].group_of.get(layer, -1)) >= 0 else -1
        for name, layers in numbers.items()
        for layer in layers
    ]
    here, there = ((shifts["group"].astype(str) + f", {name}") for name in runs)
    known = shifts.assign(a=here, b=there).dropna(subset="flag")
    intervals = {str(variant): table for variant, table in known.groupby("variant")}
    return ShownGrouping(key, title, "natural", labels, np.array(group, np.int64), intervals)
