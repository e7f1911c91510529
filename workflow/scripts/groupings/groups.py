"""Assign layers to the groups of one grouping."""

from pathlib import Path

from filtershift.analysis.groups.definition import Grouping
from filtershift.command import run


def assign_layers(layers: Path, name: str, grouping: Grouping, output: Path, sizes: Path, skipped: Path) -> None:
    """Layer table -> the group of each layer, the sizes of the groups, and what was left out."""
    from filtershift.analysis.groups.assign import assign
    from filtershift.dataset.layer_table import load_layers
    from filtershift.files import write_table

    groups = assign(load_layers(layers), name, grouping)
    write_table(output, groups.group.dropna().rename("group").reset_index())
    write_table(sizes, groups.sizes)
    write_table(skipped, groups.skipped)


if __name__ == "__main__":
    run(assign_layers)
