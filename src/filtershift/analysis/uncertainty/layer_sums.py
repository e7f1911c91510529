"""The layers of a grouping with what adds up over them, their weights and their resampling units.

Two kinds of sums are resampled in the same way: histograms (`GroupedLayers`) and moments (`MomentLayers`).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.shifts.choices import Choices
from filtershift.analysis.shifts.weighting import filter_weights

Array = NDArray[np.floating]
Indices = NDArray[np.int64]

CLUSTERS, MODELS, LAYERS, FILTERS = "clusters", "models", "layers", "filters"
"""The kinds of units that can be resampled in a group."""


@dataclass(frozen=True)
class LayerSums(ABC):
    """The layers of a grouping that have filters, sorted by group and within a group by model.

    Attributes:
        counts: (L, K) what is known of each layer, as numbers that add up.
        n: (L,) filters of each layer.
        group: (L,) the group of each layer, 0 … groups - 1.
        groups: number of groups, including those without layers.
        model: (L,) the model of each layer, or its cluster of models.
        unit: (L,) the resampling unit of each layer, 0 … units - 1, ascending.
        draw_of_unit: (units,) index of the random number that decides about each unit; units of one model share it.
        resampled: for each group, what its units are: models (or clusters of models); layers if it has only one model;
            filters if it has only one layer.
        choices: how shifts are computed.
        in_group: (L,) weight of each filter of a layer in its group; those of a group sum to its number of filters.
        in_all: (L,) the same if all layers were in one group.
    """

    counts: Array
    n: Array
    group: Indices
    groups: int
    model: Indices
    unit: Indices
    draw_of_unit: Indices
    resampled: list[str]
    choices: Choices
    in_group: Array
    in_all: Array

    @property
    @abstractmethod
    def whole(self) -> Array:
        """``counts`` of whole filters, of which some can be taken, (L, K)."""

    @abstractmethod
    def evened(self, counts: Array, observed: Array) -> Array:
        """Scale counts (…, K) to as many filters as ``observed`` (…, K) has; without any they become ``observed``."""

    @abstractmethod
    def redrawn(self, random: Generator, observed: Array) -> Array:
        """As many filters as ``observed`` (…, K) has, drawn from its distribution."""

    @abstractmethod
    def split(self, random: Generator, counts: Array, times: int) -> tuple[Array, Array]:
        """Random halves of the filters of ``counts`` (K,), ``times`` times; the second has one more if odd."""

    @abstractmethod
    def thinned(self, random: Generator, whole: Array, share: Array) -> Array:
        """What is left of ``whole`` (…, K) if each filter is kept with probability ``share`` (…, 1)."""


def sorted_layers(
    n: NDArray, group: Indices, groups: int, model: Indices, cluster: Indices | None, choices: Choices
) -> tuple[Indices, dict]:
    """Sort layers by group and model, and find their weights and resampling units.

    Args:
        n: (L,) filters of each layer; layers without any are left out.
        group: (L,) the group of each layer, 0 … groups - 1.
        groups: number of groups.
        model: (L,) the model of each layer.
        cluster: (L,) the cluster of each layer's model; None if models are independent.
        choices: how shifts are computed.

    Returns:
        The layers in order, and the attributes of `LayerSums` but ``counts``.
    """
    finest = {LAYERS: np.arange(len(group)), MODELS: _numbered(model)}
    kinds = finest if cluster is None else {**finest, CLUSTERS: _numbered(cluster)}
    order = np.lexsort([*kinds.values(), group])
    order = order[n[order] > 0]
    kinds = {kind: labels[order] for kind, labels in kinds.items()}
    group = group[order]
    unit, draw_of_unit, resampled = _units(group, groups, kinds)
    filters = choices.weighting, n[order].astype(float)
    return order, {
        "n": n[order],
        "group": group,
        "groups": groups,
        "model": _numbered(list(kinds.values())[-1]),
        "unit": unit,
        "draw_of_unit": draw_of_unit,
        "resampled": resampled,
        "choices": choices,
        "in_group": filter_weights(*filters, group, kinds[MODELS], groups).astype(np.float32),
        "in_all": filter_weights(*filters, np.zeros_like(group), kinds[MODELS], 1).astype(np.float32),
    }


def owners(groups: Membership, model: pd.Series, cluster: pd.Series | None) -> tuple[Indices, Indices, Indices | None]:
    """The group, the model and the cluster of each layer of a grouping; None instead of clusters of one model each.

    ``model`` is the model_id of each layer of the data set, ``cluster`` the cluster of each model_id.
    """
    of_layers = model.loc[list(groups.group_of)]
    clustered = cluster is not None and cluster.duplicated().any()
    return (
        np.array(list(groups.group_of.values())),
        of_layers.to_numpy(),
        cluster.loc[of_layers].to_numpy() if cluster is not None and clustered else None,
    )


def _numbered(labels: NDArray) -> Indices:
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _units(group: Indices, groups: int, kinds: dict[str, Indices]) -> tuple[Indices, Indices, list[str]]:
    """The resampling units of each group.

    A group is resampled by the coarsest kind of which it has at least two; ``kinds`` go from fine to coarse. A group
    with only one of every kind is a single unit, and its filters are resampled.

    Returns:
        The unit of each layer, the number of the draw of each unit, and the kind of units in each group.
    """
    key, offset, resampled = np.zeros(len(group), np.int64), 1, [FILTERS] * groups
    for kind, labels in kinds.items():
        several = np.bincount(np.unique(np.stack([group, labels]), axis=1)[0], minlength=groups) > 1
        key = np.where(several[group], labels + offset, key)
        resampled = [kind if coarser else finer for coarser, finer in zip(several, resampled, strict=True)]
        offset += int(labels.max(initial=-1)) + 1
    first = np.append(True, (np.diff(group) != 0) | (np.diff(key) != 0))[: len(group)]
    return np.cumsum(first) - 1, _numbered(key[first]), resampled
