"""The layer table of models in memory, without a data set file."""

from collections.abc import Mapping

import pandas as pd

from filtershift.dataset.models.model import ConvModel


def model_layers(models: Mapping[str, ConvModel]) -> pd.DataFrame:
    """One row per 3×3 layer of each model, in order, with its metadata; indexed by layer, 0, 1, …."""
    rows = [
        {
            "model_id": model_id,
            "model": name,
            "layer_name": layer.name,
            "conv_depth": layer.conv_depth,
            "conv_depth_norm": layer.conv_depth_norm,
            "depth_source": model.depth_source,
            "n_filters": len(layer.weights),
            "out_channels": layer.out_channels,
            "in_channels": layer.in_channels,
            "groups": layer.groups,
            "batch_norm": layer.batch_norm,
        }
        for model_id, (name, model) in enumerate(models.items())
        for layer in model.layers
    ]
    return pd.DataFrame(rows).rename_axis("layer")
