"""Clusters of models that are not independent: models with a common origin, or copies of each other."""

import numpy as np
import pandas as pd

from filtershift.analysis.groups.assign import UNKNOWN
from filtershift.dataset.models.labels import LINEAGE
from filtershift.errors import FiltershiftError
from filtershift.passes.moments import LayerMoments

IDENTICAL = "identical"
"""The name of the clustering by shared layers; other clusterings are named after a column or a grouping."""


def clusters_by_column(models: pd.DataFrame, column: str) -> pd.Series:
    """The cluster of each model by a column of the model table; a model without a label is a cluster of its own.

    Not every data set has the column `lineage`; without it each model is a cluster of its own.

    Args:
        models: the model table, with a column model_id.
        column: the column whose value is the cluster.

    Returns:
        Numbers from 0, by model_id.

    Raises:
        FiltershiftError: the column does not exist.
    """
    if column == LINEAGE and column not in models.columns:
        models = models.assign(**{column: None})
    if column not in models.columns:
        known = ", ".join(models.columns)
        raise FiltershiftError(
            f"uncertainty.cluster: '{column}' is neither a grouping nor a column of models.csv ({known})"
        )
    return _numbered(models.set_index("model_id")[column])


def clusters_by_grouping(layers: pd.DataFrame, group: pd.Series, name: str) -> pd.Series:
    """The cluster of each model by a grouping; a model in no group or of unknown label is a cluster of its own.

    Args:
        layers: the layer table.
        group: the group of each layer that is in a group.
        name: name of the grouping.

    Returns:
        Numbers from 0, by model_id.

    Raises:
        FiltershiftError: a model is in several groups.
    """
    of_models = group.groupby(layers["model_id"].loc[group.index])
    if (of_models.nunique() > 1).any():
        model = layers.loc[layers["model_id"] == of_models.nunique().idxmax(), "model"].iloc[0]
        raise FiltershiftError(
            f"uncertainty.cluster: the grouping '{name}' puts layers of '{model}' into several groups; "
            "expected a grouping that keeps models together"
        )
    of_model = of_models.first().reindex(pd.unique(layers["model_id"]))
    return _numbered(of_model.where(of_model != UNKNOWN))


def clusters_by_shared_layers(model: pd.Series, moments: LayerMoments) -> pd.Series:
    """The cluster of each model by shared layers.

    Models with a layer in common are in one cluster, also if they are linked only through other models (connected
    components). Two layers count as the same if the moments of their raw filters are equal bit for bit. Layers whose
    filters are all equal, such as all zero, link nothing.

    Args:
        model: the model_id of each layer.
        moments: the moments of all layers.

    Returns:
        Numbers from 0, by model_id.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    varied = moments.scatter[:, 1].any(axis=(1, 2))
    content = np.concatenate([moments.n[:, None], moments.mean[:, 1], moments.scatter[:, 1].reshape(-1, 81)], axis=1)
    of_content = np.unique(content[varied], axis=0, return_inverse=True)[1].ravel()
    models = pd.Index(pd.unique(model), name="model_id")
    of_model = models.get_indexer(pd.Index(model.loc[pd.Index(moments.layer[varied])]))
    size = len(models) + len(of_content)
    links = coo_array((np.ones(len(of_content)), (of_model, len(models) + of_content)), (size, size))
    return pd.Series(connected_components(links, directed=False)[1][: len(models)], models, name="cluster")


def _numbered(label: pd.Series) -> pd.Series:
    """Labels as numbers; each missing label gets a number of its own."""
    number, known = pd.factorize(label)
    alone = label.isna().to_numpy()
    number[alone] = len(known) + np.arange(alone.sum())
    return pd.Series(number, pd.Index(label.index, name="model_id"), name="cluster")
