"""The model table: metadata that all layers of a model share, and counts."""

import pandas as pd


def model_table(layers: pd.DataFrame) -> pd.DataFrame:
    """One row per model, in order of model_id: its metadata, n_layers and n_filters.

    A column is left out if its value differs between the layers of any model: it describes layers, not models.
    """
    groups = layers.groupby("model_id", sort=True)
    shared = [column for column in layers.columns if (groups[column].nunique(dropna=False) <= 1).all()]
    table = groups[[column for column in shared if column != "model_id"]].first()
    counts = groups["n_filters"].agg(n_layers="size", n_filters="sum")
    return counts.join(table.drop(columns="n_filters", errors="ignore")).reset_index()
