"""What the layers of each group have in common: their label in another column."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from filtershift.analysis.groups.assign import UNKNOWN, labels_of

SEVERAL = "several"
"""Stands for the label of a group whose layers have different ones."""


@dataclass(frozen=True)
class CommonLabels:
    """The label of each group of a grouping in a column of the layer table.

    Attributes:
        column: its name.
        labels: all labels in it, also those that no group has in common.
        of_group: group -> the label of all of its layers, `SEVERAL`, or "unknown".
    """

    column: str
    labels: list[str]
    of_group: dict[str, str]

    def counted(self, groups: Sequence[str]) -> dict[str, int]:
        """How many of these groups have each label, the most frequent first, `SEVERAL` and "unknown" last."""
        counts = Counter(self.of_group[group] for group in groups)
        rest = (SEVERAL, UNKNOWN)
        return dict(sorted(counts.items(), key=lambda item: (item[0] in rest, -item[1], item[0])))


def common_labels(layers: pd.DataFrame, group: pd.Series, column: str) -> CommonLabels | None:
    """The label that the layers of each group have in common.

    Args:
        layers: the layer table.
        group: of each layer that is in one, by the index of the layer table.
        column: of the layer table.

    Returns:
        None if the labels tell nothing: there is no such column, all groups have one label, or each has its own.
    """
    if column not in layers.columns:
        return None
    label = labels_of(layers, column, column)
    own = label.loc[group.index].groupby(group).unique()
    of_group = {str(name): labels[0] if len(labels) == 1 else SEVERAL for name, labels in own.items()}
    if len(set(of_group.values())) in (1, len(of_group)):
        return None
    return CommonLabels(column, sorted(set(label)), of_group)
