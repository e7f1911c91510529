"""Groups as they would be if their labels meant nothing: of the same size, of models and layers drawn from all."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from filtershift.analysis.uncertainty.grouped_layers import GroupedLayers
from filtershift.analysis.uncertainty.resampling import blocks, rounded

Array = NDArray[np.float32]
Indices = NDArray[np.int64]
Blocks = Iterator[Array]

ENOUGH = 10_000
"""Filters from which a model can take the place of any larger one: their sampling adds about .01 to D."""

MANY = 100_000
"""Filters from which a group is not thinned to its size: this adds about .001 to D."""


def null_groups(layers: GroupedLayers, random: Generator, count: int) -> Blocks:
    """Groups of the sizes of those given, drawn from the layers of all: histograms (b, groups, K), in blocks.

    In the place of every model (or cluster) comes one of all models, at random, of at least as many filters or
    `ENOUGH`. The newcomer's layers are dealt at random to the places of the layers, again and again where it has
    fewer, and what comes to a group weighs as many filters as were there, unless these are fewer than `ENOUGH`. So a
    group keeps its numbers of models, layers and filters, and groups that share models share the newcomers. Then
    filters are drawn at random in groups of less than `MANY`. Where every group has one model, labels and models
    cannot be told apart: layers take each other's places instead. Where layers or models count the same, so do what
    takes their places.

    Args:
        layers: the groups.
        random: where random numbers come from.
        count: how many draws in all.
    """
    places, thinning = random.spawn(2)
    held = len(np.unique(np.stack([layers.group, layers.model]), axis=1)[0])
    owner = layers.model if held > len(np.unique(layers.group)) else np.arange(len(layers.model))
    part = np.unique(np.stack([layers.group, owner]), axis=1, return_inverse=True)[1].ravel()
    newcomers = _newcomers(places, owner, layers.n)
    gathered = _gathered if layers.choices.weighting == "filter" else _gathered_evenly
    return gathered(layers, part, newcomers, thinning, count)


def _gathered(
    layers: GroupedLayers, part: Indices, newcomers: Iterator[Indices], random: Generator, count: int
) -> Blocks:
    """Sums of the layers that come to each group, where each filter counts the same, thinned to the group's filters.

    What comes to a ``part`` (L,) of a group weighs as many filters as were there, unless these are few.
    """
    from scipy.sparse import csr_array

    n = layers.n
    starts = np.searchsorted(layers.group, np.arange(layers.groups + 1))
    filters = np.bincount(part, n)
    wanted = np.bincount(layers.group, n, layers.groups)
    small = np.flatnonzero((wanted > 0) & (wanted < MANY))
    for size in blocks(count, layers):
        sample = np.empty((size, layers.groups, layers.counts.shape[1]), np.float32)
        came = np.empty((size, layers.groups))
        for k in range(size):
            dealt = next(newcomers)
            drawn = np.bincount(part, n[dealt])
            weight = np.where(drawn >= np.minimum(filters, ENOUGH), filters / drawn, 1).astype(np.float32)[part]
            came[k] = np.bincount(layers.group, n[dealt], layers.groups)
            sample[k] = csr_array((weight, dealt, starts), (layers.groups, len(part))) @ layers.counts
        share = np.minimum(1.0, wanted / np.maximum(came, 1))[:, small, None]
        thinned = random.binomial(np.rint(sample[:, small] / share).astype(np.int64), share).astype(np.float32)
        sample[:, small] = layers.evened(thinned, sample[:, small])
        yield sample


def _gathered_evenly(
    layers: GroupedLayers, part: Indices, newcomers: Iterator[Indices], random: Generator, count: int
) -> Blocks:
    """The same where layers or models count the same: what comes to the place of one weighs what it did.

    Thinned is each layer or model, in groups that are as noisy as `MANY` filters of equal weight.
    """
    from scipy.sparse import csr_array

    n, cell = layers.n, np.arange(len(part)) if layers.choices.weighting == "layer" else part
    places = np.arange(len(part)), np.searchsorted(layers.group, np.arange(layers.groups + 1))
    weight, worth = n * layers.in_group, n * layers.in_all
    filters, weighed = np.bincount(cell, n), np.bincount(cell, weight)
    total, squares = (np.bincount(layers.group, x, layers.groups) for x in (weight, weight * layers.in_group))
    noisy = (total**2 < MANY * squares)[layers.group]
    whole = layers.counts if layers.choices.extent == "data" else rounded(layers.counts, layers.component)
    for size in blocks(count, layers):
        sample = np.empty((size, layers.groups, layers.counts.shape[1]), np.float32)
        for k in range(size):
            dealt = next(newcomers)
            share = np.minimum(1.0, filters / np.bincount(cell, n[dealt]))[cell]
            own = (weighed / np.bincount(cell, worth[dealt]))[cell] * layers.in_all[dealt]
            counts = layers.counts[dealt]
            thin = np.flatnonzero(noisy & (share < 1))
            thinned = random.binomial(whole[dealt[thin]].astype(np.int64), share[thin, None]).astype(np.float32)
            counts[thin] = layers.evened(thinned, counts[thin])
            sample[k] = csr_array((own.astype(np.float32), *places), (layers.groups, len(part))) @ counts
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
