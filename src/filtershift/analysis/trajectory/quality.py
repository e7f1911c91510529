"""Quality and shapes of the layers of each checkpoint, all of them and by depth."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from filtershift.analysis.quality.layers import STATES
from filtershift.analysis.quality.summaries import SHARES
from filtershift.analysis.shapes.statistics import shapes
from filtershift.analysis.shapes.tables import by_type
from filtershift.passes.moments import LayerMoments, merge
from filtershift.results import VARIANTS

ALL = "all"
"""The depth of all layers of a checkpoint together."""

MEASURES = ("sparsity", "variance_entropy", "entropy_ratio", "orthogonality", *SHARES, "rms_norm", "mean_range")
"""Means over layers; entropy_ratio is the variance entropy over the random threshold, and the shares are of states."""

_KEYS = ["run", "checkpoint", "depth"]


def quality_over_time(quality: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The quality of each checkpoint and of each depth in it: run, checkpoint, depth, n_layers, and `MEASURES`.

    Args:
        quality: one row per layer, indexed by layer number, with state and the columns that are averaged.
        rows: one row per layer of a checkpoint: run, checkpoint, depth; indexed alike.
    """
    own = rows[_KEYS].join(quality)
    judged = own["state"].notna()
    shares = {
        name: (own["state"] == state).astype(float).where(judged) for name, state in zip(SHARES, STATES, strict=True)
    }
    own = own.assign(entropy_ratio=own["variance_entropy"] / own["random_threshold"], **shares)
    own = pd.concat([own.assign(depth=ALL), own])
    of_depth = own.groupby(_KEYS, sort=False)
    return of_depth.size().rename("n_layers").to_frame().join(of_depth[list(MEASURES)].mean()).reset_index()


def shapes_over_time(moments: LayerMoments, rows: pd.DataFrame, variants: Sequence[str]) -> pd.DataFrame:
    """What the filters of each checkpoint and of each depth in it look like, one row per variant, checkpoint and depth.

    Columns variant, run, checkpoint, depth, n_filters, then those of `shapes`, with shares by symmetry type.
    """
    places = pd.Series(range(len(moments.layer)), moments.layer).loc[rows.index].to_numpy()
    every = pd.concat([rows.assign(depth=ALL), rows])
    number, keys = _numbered(every)
    places = np.concatenate([places, places])
    tables = {}
    for variant in variants:
        v = VARIANTS.index(variant)
        merged = merge(moments.n[places], moments.mean[places, v], moments.scatter[places, v], number, len(keys))
        tables[variant] = keys.assign(n_filters=merged[0]).join(by_type(shapes(*merged)))
    return pd.concat(tables, names=["variant"]).reset_index(0).reset_index(drop=True)


def _numbered(rows: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """The number of the checkpoint and depth of each row, and one row for each number."""
    number = rows.groupby(_KEYS, sort=False).ngroup().to_numpy()
    return number, rows[_KEYS].drop_duplicates().reset_index(drop=True)
