"""Labels of models that are corrected after their data set was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FIXED = (
    *("layer", "model_id", "model", "conv_depth", "conv_depth_norm"),
    *("layer_position", "n_filters", "filter_ids"),
)
"""Columns that are no labels: they say which layers there are, and which filters belong to them."""


def with_corrections(
    layers: pd.DataFrame, corrections: Mapping[str, Mapping[str, str]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A layer table with corrected labels, and the corrections that fit nothing in it.

    Args:
        layers: the table, its labels as text.
        corrections: name of a model (as in the column `model`) -> column -> label, which all of its layers get.
    """
    import pandas as pd

    from filtershift.results import SKIPPED

    corrected, unused = layers.copy(), []
    for model, labels in corrections.items():
        own = layers["model"] == model
        for column, label in labels.items():
            if not own.any():
                unused.append(("correction", f"{model}: {column}", "the data set has no such model", 0))
            elif column not in layers:
                unused.append(("correction", f"{model}: {column}", "the data set has no such column", 0))
            else:
                corrected.loc[own, column] = label
    return corrected, pd.DataFrame(unused, columns=list(SKIPPED))
