"""Groups as they would be if their labels meant nothing: of the same size, of models and layers drawn from all."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from filtershift.analysis.resampling import Layers, blocks

Array = NDArray[np.float32]
Indices = NDArray[np.int64]

ENOUGH = 10_000
"""Filters from which a model can take the place of any larger one: their sampling adds about .01 to D."""

MANY = 100_000
"""Filters from which a group is not thinned to its size: this adds about .001 to D."""


def relabelled(layers: Layers, random: Generator, count: int) -> Iterator[Array]:
    """Groups of the sizes of those given, drawn from the layers of all: histograms (b, groups, K), in blocks.

    In the place of every model (or cluster) comes one of all models, at random, of at least as many filters or
    `ENOUGH`. The newcomer's layers are dealt at random to the places of the layers, again and again where it has
    fewer, and what comes to a group weighs as many filters as were there, unless these are fewer than `ENOUGH`. So a
    group keeps its numbers of models, layers and filters, and groups that share models share the newcomers. Then
    filters are drawn at random in groups of less than `MANY`. Where every group has one model, labels and models
    cannot be told apart: layers take each other's places instead.

    Args:
        layers: the groups.
        random: where random numbers come from.
        count: how many draws in all.
    """
    from scipy.sparse import csr_array

    places, thinning = random.spawn(2)
    n = layers.n
    held = len(np.unique(np.stack([layers.group, layers.model]), axis=1)[0])
    owner = layers.model if held > len(np.unique(layers.group)) else np.arange(len(layers.model))
    starts = np.searchsorted(layers.group, np.arange(layers.groups + 1))
    part = np.unique(np.stack([layers.group, owner]), axis=1, return_inverse=True)[1].ravel()
    filters = np.bincount(part, n)
    wanted = np.bincount(layers.group, n, layers.groups)
    small = np.flatnonzero((wanted > 0) & (wanted < MANY))
    newcomers = _newcomers(places, owner, n)
    for size in blocks(count, layers):
        sample = np.empty((size, layers.groups, layers.counts.shape[1]), np.float32)
        came = np.empty((size, layers.groups))
        for k in range(size):
            dealt = next(newcomers)
            drawn = np.bincount(part, n[dealt])
            weight = np.where(drawn >= np.minimum(filters, ENOUGH), filters / drawn, 1).astype(np.float32)[part]
            came[k] = np.bincount(layers.group, n[dealt], layers.groups)
            sample[k] = csr_array((weight, dealt, starts), (layers.groups, len(owner))) @ layers.counts
        share = np.minimum(1.0, wanted / np.maximum(came, 1))[:, small, None]
        thinned = thinning.binomial(np.rint(sample[:, small] / share).astype(np.int64), share).astype(np.float32)
        sample[:, small] = layers.evened(thinned, sample[:, small])
        yield sample


def _newcomers(random: Generator, owner: Indices, n: Array) -> Iterator[Indices]:
    """For ever: the layer that comes to the place of each layer, (L,), of L layers of n filters and their owners."""
    size, has = np.bincount(owner, n), np.bincount(owner)
    first = np.cumsum(has) - has
    falling = np.argsort(-size, kind="stable")
    eligible = np.searchsorted(-size[falling], -np.minimum(size, ENOUGH), side="right")
    together = np.argsort(owner, kind="stable")
    place = np.empty_like(together)
    place[together] = np.arange(len(owner)) - first[owner[together]]
    while True:
        newcomer = falling[(random.random(len(size)) * eligible).astype(np.int64)][owner]
        # The layers of each owner together, in random order.
        dealt = np.argsort(owner + random.random(len(owner)))
        yield dealt[first[newcomer] + place % has[newcomer]]
