"""Read back from the tables of a grouping which group each layer belongs to."""

from dataclasses import dataclass
from pathlib import Path

from filtershift.files import read_table


@dataclass(frozen=True)
class Membership:
    """The groups of a grouping by number: labels in natural order, numbers of models, and the group of each layer."""

    labels: list[str]
    n_models: list[int]
    group_of: dict[int, int]


def load_membership(groups: Path, sizes: Path) -> Membership:
    """Read the groups of the layers, and the sizes of the groups, back from their CSV files."""
    table, size = read_table(groups, text=("group",)), read_table(sizes, text=("group",))
    number = {label: k for k, label in enumerate(size["group"])}
    group_of = {int(layer): number[label] for layer, label in zip(table["layer"], table["group"], strict=True)}
    return Membership(list(size["group"]), size["n_models"].tolist(), group_of)
