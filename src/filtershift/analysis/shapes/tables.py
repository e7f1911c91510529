"""The statistics of shapes as tables: of every layer, and of every group of a grouping."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.shapes.statistics import shapes
from filtershift.passes.moments import LayerMoments, merge
from filtershift.passes.patterns import SYMMETRY, TYPES, symmetry_types
from filtershift.results import VARIANTS

LAYER = ("model_id", "model", "conv_depth", "conv_depth_norm", "n_filters")


def layer_shapes(layers: pd.DataFrame, moments: LayerMoments, variants: Sequence[str]) -> pd.DataFrame:
    """One row per variant and layer: variant, layer, the columns of `LAYER`, then those of `shapes`."""
    own = layers[list(LAYER)].reset_index()
    tables = {
        variant: own.join(shapes(moments.n, moments.mean[:, v], moments.scatter[:, v]))
        for variant, v in _numbered(variants)
    }
    return pd.concat(tables, names=["variant"]).reset_index(0)


def group_shapes(moments: LayerMoments, groups: Membership, variants: Sequence[str]) -> pd.DataFrame:
    """One row per variant and group: variant, group, n_filters (those measured), n_models, the columns of `shapes`."""
    group = np.array([groups.group_of.get(layer, -1) for layer in moments.layer.tolist()], np.int64)
    taken = group >= 0
    tables = {}
    for variant, v in _numbered(variants):
        n, mean, scatter = merge(
            moments.n[taken], moments.mean[taken, v], moments.scatter[taken, v], group[taken], len(groups.labels)
        )
        own = pd.DataFrame({"group": groups.labels, "n_filters": n, "n_models": groups.n_models})
        tables[variant] = own.join(shapes(n, mean, scatter))
    return pd.concat(tables, names=["variant"]).reset_index(0)


def by_type(table: pd.DataFrame) -> pd.DataFrame:
    """The shares of the patterns of `SYMMETRY` added up to those of `TYPES`, beside the other columns."""
    kinds = symmetry_types()
    return table.assign(
        **{kind: table[[p for p in SYMMETRY if kinds[p] == kind]].sum(axis=1, skipna=False) for kind in TYPES}
    )


def _numbered(variants: Sequence[str]) -> list[tuple[str, int]]:
    return [(variant, VARIANTS.index(variant)) for variant in variants]
