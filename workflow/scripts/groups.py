"""Assign layers to the groups of one grouping."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import parsed, run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the layer table, the grouping's name and definition (JSON), and the tables to write."""

    layers: Path = MISSING
    name: str = MISSING
    grouping: str = MISSING
    output: Path = MISSING
    sizes: Path = MISSING
    skipped: Path = MISSING


def main(settings: Settings) -> None:
    """Layer table -> layer to group, sizes of the groups, and what was left out."""
    from filtershift.analysis.groups.assign import assign
    from filtershift.analysis.groups.definition import Grouping
    from filtershift.dataset.layer_table import load_layers
    from filtershift.files import write_table

    groups = assign(load_layers(settings.layers), settings.name, parsed(Grouping, json.loads(settings.grouping)))
    write_table(settings.output, groups.group.dropna().rename("group").reset_index())
    write_table(settings.sizes, groups.sizes)
    write_table(settings.skipped, groups.skipped)


if __name__ == "__main__":
    run(main, Settings)
