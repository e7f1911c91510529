"""The null distribution: random groups of the same sizes as the real ones, filled with models (or layers) of any group.

How large is D between groups whose labels mean nothing? Labels cannot simply be permuted: most groups have too few
models (two and two can be exchanged in three ways), and exchanging models of different sizes would change the sizes of
groups, which D depends on. So every model is replaced by a random one, and the sizes are kept. See
docs/uncertainty.md, "Null".
"""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from filtershift.analysis.uncertainty.layer_sums import LayerSums
from filtershift.analysis.uncertainty.moment_layers import MomentLayers
from filtershift.analysis.uncertainty.resampling import blocks

Array = NDArray[np.floating]
Indices = NDArray[np.int64]
Blocks = Iterator[Array]

ENOUGH = 10_000
"""A model with this many filters may replace any larger one: sampling noise of so many filters adds about 0.01 to D."""

MANY = 100_000
"""Groups with this many filters are not thinned to their size: sampling noise of so many adds about 0.001 to D."""


def null_groups(layers: LayerSums, random: Generator, count: int) -> Blocks:
    """Random groups with the sizes of the real ones, ``count`` times: sums (b, groups, K), in blocks of b draws.

    1. Every model (or cluster) is replaced by a random model of the data set that has at least as many filters, or at
       least `ENOUGH`. The replacement is the same in all groups, so groups that share models share replacements.
    2. Each layer of the old model is replaced by a random layer of the new one. If the new model has fewer layers,
       they are used repeatedly.
    3. What replaces a model in a group is weighted to the old number of filters there. If fewer filters came than
       these (and than `ENOUGH`), their weight stays 1: a few filters must not stand for many.
    4. Groups of less than `MANY` filters are thinned: filters are sampled at random to the group's number of filters,
       because few filters make D larger.

    So a group keeps its numbers of models, layers and filters. If every group has a single model, the effects of labels
    and of models cannot be separated: then layers are replaced by random layers instead of models by models. If layers
    or models count the same (`Choices.weighting`), a replacement gets the weight of what it replaces.

    Args:
        layers: the layers of the real groups.
        random: the random number generator.
        count: number of draws.
    """
    places, thinning = random.spawn(2)
    models_of_groups = len(np.unique(np.stack([layers.group, layers.model]), axis=1)[0])
    one_each = models_of_groups <= len(np.unique(layers.group))
    owner = np.arange(len(layers.model)) if one_each else layers.model
    part = np.unique(np.stack([layers.group, owner]), axis=1, return_inverse=True)[1].ravel()
    replacements = _replacements(places, owner, layers.n)
    if layers.choices.weighting != "filter":
        samples = _evenly_weighted_samples
    else:
        samples = _samples_of_thinned_layers if isinstance(layers, MomentLayers) else _samples
    return samples(layers, part, replacements, thinning, count)


def _samples(
    layers: LayerSums, part: Indices, replacements: Iterator[Indices], random: Generator, count: int
) -> Blocks:
    """Steps 3 and 4 of `null_groups` if each filter counts the same.

    ``part`` (L,) numbers the pairs of a group and a model in it: the layers that are weighted together.
    """
    from scipy.sparse import csr_array

    n = layers.n
    starts = np.searchsorted(layers.group, np.arange(layers.groups + 1))
    filters = np.bincount(part, n)
    wanted = np.bincount(layers.group, n, layers.groups)
    small = np.flatnonzero((wanted > 0) & (wanted < MANY))
    for size in blocks(count, layers):
        sample = np.empty((size, layers.groups, layers.counts.shape[1]), np.float32)
        received = np.empty((size, layers.groups))
        for k in range(size):
            replacement = next(replacements)
            weight = _weight(filters, np.bincount(part, n[replacement]))[part]
            received[k] = np.bincount(layers.group, n[replacement], layers.groups)
            # A sparse matrix (groups, layers) of weights: its product with the counts sums the layers of each group.
            sample[k] = csr_array((weight, replacement, starts), (layers.groups, len(part))) @ layers.counts
        # Thin from the number of filters received: the histogram scaled to these, then each filter kept with ``share``.
        share = np.minimum(1.0, wanted / np.maximum(received, 1))[:, small, None]
        thinned = layers.thinned(random, sample[:, small] / share, share)
        sample[:, small] = layers.evened(thinned, sample[:, small])
        yield sample


def _samples_of_thinned_layers(
    layers: LayerSums, part: Indices, replacements: Iterator[Indices], random: Generator, count: int
) -> Blocks:
    """The same as `_samples`, but each layer is thinned by itself, as moments ask for.

    A histogram says how the filters of all layers of a group are distributed; their moments do not.
    """
    from scipy.sparse import csr_array

    n = layers.n
    places = np.arange(len(part)), np.searchsorted(layers.group, np.arange(layers.groups + 1))
    filters = np.bincount(part, n)
    wanted = np.bincount(layers.group, n, layers.groups)
    small = (wanted < MANY)[layers.group]
    for size in blocks(count, layers):
        sample = np.empty((size, layers.groups, layers.counts.shape[1]))
        for k in range(size):
            replacement = next(replacements)
            weight = _weight(filters, np.bincount(part, n[replacement]))[part]
            together = csr_array((weight, *places), (layers.groups, len(part)))
            received = np.bincount(layers.group, n[replacement], layers.groups)
            share = np.minimum(1.0, wanted / np.maximum(received, 1))[layers.group]
            counts = layers.counts[replacement]
            sample[k] = together @ counts
            thin = np.flatnonzero(small & (share < 1))
            counts[thin] = layers.thinned(random, counts[thin], share[thin, None]) / share[thin, None]
            sample[k] = layers.evened(together @ counts, sample[k])
        yield sample


def _weight(filters: NDArray, new: NDArray) -> Array:
    """Step 3 of `null_groups`: what each filter weighs where ``new`` filters came in place of ``filters``."""
    weight: Array = np.where(new >= np.minimum(filters, ENOUGH), filters / new, 1).astype(np.float32)
    return weight


def _evenly_weighted_samples(
    layers: LayerSums, part: Indices, replacements: Iterator[Indices], random: Generator, count: int
) -> Blocks:
    """Steps 3 and 4 of `null_groups` if layers or models count the same: a replacement gets the weight of the old one.

    Each layer or model is thinned by itself to the old number of filters, in groups that are noisier than `MANY`
    filters of equal weight.
    """
    from scipy.sparse import csr_array

    n, cell = layers.n, np.arange(len(part)) if layers.choices.weighting == "layer" else part
    places = np.arange(len(part)), np.searchsorted(layers.group, np.arange(layers.groups + 1))
    weight, weight_in_all = n * layers.in_group, n * layers.in_all
    filters, wanted = np.bincount(cell, n), np.bincount(cell, weight)
    total, squares = (np.bincount(layers.group, x, layers.groups) for x in (weight, weight * layers.in_group))
    noisy = (total**2 < MANY * squares)[layers.group]
    for size in blocks(count, layers):
        sample = np.empty((size, layers.groups, layers.counts.shape[1]), layers.counts.dtype)
        for k in range(size):
            replacement = next(replacements)
            share = np.minimum(1.0, filters / np.bincount(cell, n[replacement]))[cell]
            scale = (wanted / np.bincount(cell, weight_in_all[replacement]))[cell] * layers.in_all[replacement]
            counts = layers.counts[replacement]
            thin = np.flatnonzero(noisy & (share < 1))
            thinned = layers.thinned(random, layers.whole[replacement[thin]], share[thin, None])
            counts[thin] = layers.evened(thinned, counts[thin])
            sample[k] = csr_array((scale.astype(np.float32), *places), (layers.groups, len(part))) @ counts
        yield sample


def _replacements(random: Generator, owner: Indices, n: Array) -> Iterator[Indices]:
    """Steps 1 and 2 of `null_groups`, without end: each time, the layer that replaces each layer, (L,).

    ``owner`` (L,) is the model of each layer, ``n`` (L,) its number of filters.
    """
    size, n_layers = np.bincount(owner, n), np.bincount(owner)
    first = np.cumsum(n_layers) - n_layers
    # Owners from large to small: those that may replace an owner are the first ``eligible`` ones.
    falling = np.argsort(-size, kind="stable")
    eligible = np.searchsorted(-size[falling], -np.minimum(size, ENOUGH), side="right")
    # The rank of each layer among the layers of its owner.
    by_owner = np.argsort(owner, kind="stable")
    rank = np.empty_like(by_owner)
    rank[by_owner] = np.arange(len(owner)) - first[owner[by_owner]]
    while True:
        new_owner = falling[(random.random(len(size)) * eligible).astype(np.int64)][owner]
        # Layers sorted by owner, and in random order within each owner.
        shuffled = np.argsort(owner + random.random(len(owner)))
        yield shuffled[first[new_owner] + rank % n_layers[new_owner]]
