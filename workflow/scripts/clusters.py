"""Put models that are not independent into clusters."""

from dataclasses import dataclass, field
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the clustering's name, the tables of layers and models, and moments or a grouping if it needs them."""

    name: str = MISSING
    layers: Path = MISSING
    models: Path = MISSING
    moments: list[Path] = field(default_factory=list)
    groups: list[Path] = field(default_factory=list)
    output: Path = MISSING


def main(settings: Settings) -> None:
    """Models -> model_id, cluster."""
    from filtershift.analysis.uncertainty.clusters import (
        clusters_by_column,
        clusters_by_grouping,
        clusters_by_shared_layers,
    )
    from filtershift.dataset.layer_table import load_layers
    from filtershift.files import read_table, write_table
    from filtershift.passes.layer_files import load
    from filtershift.passes.moments import LayerMoments

    if settings.moments:
        cluster = clusters_by_shared_layers(
            load_layers(settings.layers)["model_id"], load(settings.moments, LayerMoments)
        )
    elif settings.groups:
        group = read_table(settings.groups[0], text=("group",)).set_index("layer")["group"]
        cluster = clusters_by_grouping(load_layers(settings.layers), group, settings.name)
    else:
        cluster = clusters_by_column(read_table(settings.models), settings.name)
    write_table(settings.output, cluster.reset_index())


if __name__ == "__main__":
    run(main, Settings)
