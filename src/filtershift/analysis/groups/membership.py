"""Which group each layer belongs to, read back from the tables of a grouping."""

from dataclasses import dataclass
from pathlib import Path

from filtershift.files import read_table


@dataclass(frozen=True)
class Membership:
    """Groups by number, as `load_membership` reads them back: labels in natural order, and each layer's group."""

    labels: list[str]
    n_models: list[int]
    group_of: dict[int, int]


def load_membership(groups: Path, sizes: Path) -> Membership:
    """Read back the tables of layer and group, and of the groups' sizes."""
    table, size = read_table(groups, text=("group",)), read_table(sizes, text=("group",))
    number = {label: k for k, label in enumerate(size["group"])}
    group_of = {int(layer): number[label] for layer, label in zip(table["layer"], table["group"], strict=True)}
    return Membership(list(size["group"]), size["n_models"].tolist(), group_of)
