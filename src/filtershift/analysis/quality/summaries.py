"""The quality of layers summed up by model, by group and by depth.

Tables take ``quality`` as its file is read back: one row per layer, with its number in the column ``layer``.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.groups.assign import interval_labels
from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.quality.layers import STATES

MEASURES = (
    "sparsity",
    "variance_entropy",
    "entropy_ratio",
    "clean_variance_entropy",
    "clean_scaled_variance_entropy",
    "orthogonality",
    "rms_norm",
    "mean_range",
)
WEIGHTED = (
    "sparsity",
    "variance_entropy",
    "clean_variance_entropy",
    "clean_scaled_variance_entropy",
    "orthogonality",
)
"""Measures whose mean is also taken with the weights of `mean_weights`."""

SHARES = tuple(state.replace("-", "_") for state in STATES)
SUMMARY = ("n_filters", "n_layers", "n_judged", *SHARES, *MEASURES, *(f"weighted_{name}" for name in WEIGHTED))
DECILES = [k / 10 for k in range(11)]
DEPTHS = ("first layer", *(label.replace("[", "(") for label in interval_labels(DECILES)))
"""The first layers (depth 0), then ten deciles; the first decile is "(0, .1]", as the layers of depth 0 stand apart."""


def model_quality(quality: pd.DataFrame) -> pd.DataFrame:
    """One row a model, the most degenerate first: model_id, model and the columns of `SUMMARY`.

    Of models that are equally degenerate, the most random-like come first; equals are in the order of their names.

    ``n_judged`` counts the layers that have a state; ``degenerate``, ``random_like``, ``diverse`` are shares of them.
    The measures are means over layers, each of which counts once whatever its size, as in the shares;
    ``weighted_…`` are means with the weights of `mean_weights`. Missing values are left out; a share or mean of none is
    missing.
    """
    table = _summed(quality, [quality["model_id"], quality["model"]]).reset_index()
    return table.sort_values(["degenerate", "random_like", "model"], ascending=[False, False, True], ignore_index=True)


def group_quality(quality: pd.DataFrame, groupings: Mapping[str, Membership]) -> pd.DataFrame:
    """One row a group of each named grouping, in natural order: grouping, group, n_models and as in `model_quality`."""
    tables = []
    for name, groups in groupings.items():
        # By number, so that rows come in the order of the labels.
        table = _summed(quality, [quality["layer"].map(groups.group_of)])
        group = table.index.astype(int)
        table.insert(0, "grouping", name)
        table.insert(1, "group", np.array(groups.labels, object)[group])
        table.insert(2, "n_models", np.array(groups.n_models)[group])
        tables.append(table)
    if not tables:
        return pd.DataFrame(columns=["grouping", "group", "n_models", *SUMMARY])
    return pd.concat(tables, ignore_index=True)


def mean_weights(quality: pd.DataFrame) -> dict[str, pd.Series]:
    """What each layer counts in the mean of each of `WEIGHTED`, as Gavrikov & Keuper weigh in CVPRW 2022.

    Orthogonality by output channels, clean entropies by the filters that are not sparse, all else by filters.
    """
    filters = quality["n_filters"] - quality["non_finite_filters"]
    clean = filters * (1 - quality["sparsity"])
    channels = pd.to_numeric(quality["out_channels"]) if "out_channels" in quality else filters * np.nan
    special = {"orthogonality": channels, "clean_variance_entropy": clean, "clean_scaled_variance_entropy": clean}
    return {name: special.get(name, filters) for name in WEIGHTED}


def _summed(quality: pd.DataFrame, by: list[pd.Series]) -> pd.DataFrame:
    """The columns of `SUMMARY` for each group of layers."""
    state = quality["state"]
    shares = {
        name: (state == kind).astype(float).where(state.notna()) for name, kind in zip(SHARES, STATES, strict=True)
    }
    weight = {name: weight.where(quality[name].notna()) for name, weight in mean_weights(quality).items()}
    weighted = {f"weighted_{name}": quality[name] * weight[name] for name in WEIGHTED}
    of_group = quality.assign(**shares, **weighted).groupby(by)
    counts = of_group.agg(n_filters=("n_filters", "sum"), n_layers=("state", "size"), n_judged=("state", "count"))
    whole = pd.DataFrame(weight).groupby(by).sum().add_prefix("weighted_")
    sums = of_group[[*weighted]].sum()
    return counts.join(of_group[[*SHARES, *MEASURES]].mean()).join(sums / whole.where(whole > 0))


def depth_rows(quality: pd.DataFrame, column: str) -> list[tuple[str, NDArray]]:
    """The values of a column of ``quality`` by depth: rows (label of `DEPTHS`, values), missing values among them."""
    labels = np.array(depth_labels(quality["conv_depth_norm"].to_numpy(float)), object)
    return [(label, quality[column].to_numpy()[labels == label]) for label in DEPTHS]


def depth_labels(depth: NDArray[np.float64]) -> list[str]:
    """Which of `DEPTHS` each layer is in, by its ``conv_depth_norm``."""
    # Rounded as groupings round, so that 3 / 10 and .1 + .2 are in one decile.
    return [DEPTHS[row] for row in np.searchsorted(DECILES, depth.round(12), side="left")]
