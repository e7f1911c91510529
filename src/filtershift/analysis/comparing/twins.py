"""Placed models that are in the data set themselves: groups that hold them are nearer than they would be without."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from filtershift.analysis.comparing.reference import Reference

Counts = Mapping[str, NDArray[np.integer]]


def twins(counts: Counts, reference: Reference) -> list[int]:
    """The numbers of the models of a data set that have the same layers as another model, in any order.

    Layers are the same if their histograms are, count by count. No filter is read.

    Args:
        counts: of each variant of the reference, the histogram counts (l, 9, bins) of the layers of the other model.
        reference: the data set.
    """
    wanted, found = Counter(_prints(counts)), defaultdict[int, Counter[int]](Counter)
    for model, layer in zip(reference.layers["model_id"], _prints(reference.layer_counts), strict=True):
        found[int(model)][layer] += 1
    return [model for model, layers in found.items() if layers == wanted]


def own_shares(models: Sequence[int], grouping: str, reference: Reference) -> dict[str, float]:
    """The share of the filters of each group of a grouping that belong to some models of the data set, by its label."""
    groups = reference.groups[grouping]
    layers = reference.layers.loc[list(groups.group_of), ["model_id", "n_filters"]]
    filters = layers["n_filters"].to_numpy()
    number = np.array(list(groups.group_of.values()), int)
    own = np.bincount(number, filters * layers["model_id"].isin(models).to_numpy(), len(groups.labels))
    every = np.bincount(number, filters, len(groups.labels))
    return dict(zip(groups.labels, (own / np.maximum(every, 1)).tolist(), strict=True))


def _prints(counts: Counts) -> list[int]:
    """A number for each layer that is the same for equal histograms in all variants."""
    variants = [np.ascontiguousarray(of_layers, np.int64) for of_layers in counts.values()]
    return [hash(tuple(of_layer.tobytes() for of_layer in layer)) for layer in zip(*variants, strict=True)]
