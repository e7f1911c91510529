"""How far to believe the shifts of one grouping."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from command import parsed, run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: per-layer histograms of a variant, a grouping and its shifts, clusters of models if any, choices
    (JSON), outputs.
    """

    histograms: list[Path] = MISSING
    layers: Path = MISSING
    name: str = MISSING
    groups: Path = MISSING
    sizes: Path = MISSING
    basis: Path = MISSING
    variant: str = MISSING
    pairs: Path = MISSING
    n: Path = MISSING
    clusters: list[Path] = field(default_factory=list)
    resamples: int = MISSING
    seed: int = MISSING
    level: float = MISSING
    choices: str = "{}"
    output: Path = MISSING
    floor: Path = MISSING


def main(settings: Settings) -> None:
    """Per-layer histograms and groups -> intervals, noise floors and nulls of all shifts."""
    from filtershift.analysis.groups.membership import load_membership
    from filtershift.analysis.shifts.choices import Choices
    from filtershift.analysis.uncertainty.grouped_layers import load_grouped_layers
    from filtershift.analysis.uncertainty.intervals import Resampling
    from filtershift.analysis.uncertainty.tables import uncertainty_tables
    from filtershift.files import read_table, write_table
    from filtershift.passes.group_files import load_group_arrays

    membership = load_membership(settings.groups, settings.sizes)
    model = read_table(settings.layers).set_index("layer")["model_id"]
    clusters = [read_table(path).set_index("model_id")["cluster"] for path in settings.clusters]
    choices = parsed(Choices, json.loads(settings.choices))
    ratio = load_group_arrays(settings.basis)[0][settings.variant]["explained_variance_ratio"]
    layers = load_grouped_layers(settings.histograms, membership, model, ratio, choices, *clusters)
    how = Resampling(settings.resamples, settings.seed, settings.level)
    pairs, n = read_table(settings.pairs, text=("a", "b")), read_table(settings.n, text=("group",))
    intervals, floor = uncertainty_tables(layers, membership.labels, settings.name, how, pairs, n)
    write_table(settings.output, intervals)
    write_table(settings.floor, floor)


if __name__ == "__main__":
    run(main, Settings)
