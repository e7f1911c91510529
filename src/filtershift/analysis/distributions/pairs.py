"""Bivariate histograms of the coefficients of single layers: how pairs of coefficients depend on each other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.bases import Basis
from filtershift.passes.blocks import FilterSource, batches_of
from filtershift.passes.extent import LayerExtent
from filtershift.passes.tolerances import TIE, TINY
from filtershift.results import VARIANTS

Array = NDArray[np.float64]
PairCounts = NDArray[np.int32]

BINS = 512
# The pairs of the nine components: (0, 1), (0, 2), … (7, 8).
PAIRS = tuple(combinations(range(9), 2))


def ranges(extent: LayerExtent, layers: Sequence[int], variant: str) -> dict[int, float]:
    """The r of the range -r … r over which each of the layers is counted: its largest absolute coefficient.

    Scaled filters all have one range, the largest of them. The raw weights of layers differ more in scale than in
    shape: there each layer keeps its own. 1 where no coefficient is but zero.
    """
    low, high = (ends[:, VARIANTS.index(variant)] for ends in (extent.low, extent.high))
    largest = np.maximum(np.maximum(-low, high), 0.0)
    reach = {layer: float(largest[extent.layer == layer].max()) for layer in layers}
    if variant == "scaled":
        reach = dict.fromkeys(layers, max(reach.values(), default=0.0))
    return {layer: r or 1.0 for layer, r in reach.items()}


def blocks_of(source: FilterSource, row_ranges: pd.DataFrame) -> Iterator[NDArray[np.floating]]:
    """The filters of ``row_ranges`` (columns layer, start, stop), a block of at most 65,536 at a time."""
    return (source.read(block.start, block.stop) for bundle in batches_of(row_ranges) for block in bundle)


def scaled(filters: NDArray[np.floating]) -> Array:
    """Each filter (n, 9) divided by its largest absolute weight; a zero filter stays zero."""
    rows = filters.astype(np.float64)
    with np.errstate(invalid="ignore"):
        return rows / np.maximum(np.abs(rows).max(axis=1, keepdims=True), TINY)


def pair_counts(blocks: Iterable[NDArray[np.floating]], basis: Basis, reach: float, bins: int = BINS) -> PairCounts:
    """Count the coefficients of filters, pair by pair, in uniform bins over one range, -reach … reach.

    Bins are half-open, the last one closed; what lies beyond is counted in the outermost bins. Filters with a NaN or an
    infinity are left out. Memory: the counts and one block.

    Args:
        blocks: filters of the variant, (n, 9) each.
        basis: the variant's global basis.
        reach: half the range's width.
        bins: how many bins along each coefficient.

    Returns:
        (36, bins, bins), pairs in the order of ``PAIRS``; of pair (i, j) coefficient i along axis 1, j along axis 2.
    """
    from fast_histogram import histogram2d

    counts = np.zeros((len(PAIRS), bins, bins), np.int32)
    # The histogram of the library is open at the top.
    last = np.nextafter(bins, 0)
    for block in blocks:
        rows = block[np.isfinite(block).all(axis=1)].astype(np.float64)
        position = ((rows - basis.mean) @ basis.components.T + reach) * (bins / (2 * reach)) + TIE
        position = np.ascontiguousarray(np.clip(position, 0, last).T)
        for pair, (i, j) in enumerate(PAIRS):
            counts[pair] += histogram2d(position[i], position[j], bins, [(0, bins), (0, bins)]).astype(np.int32)
    return counts


def example_table(counted: Mapping[str, Mapping[str, NDArray]], layers: pd.DataFrame) -> pd.DataFrame:
    """Which layer is the example of each phenotype, and what was counted of it, one row per phenotype.

    Args:
        counted: per phenotype its ``layer``, the ``counts`` of its pairs and the ``reach`` of their range.
        layers: the layer table.

    Returns:
        Columns phenotype, layer, model, conv_depth, conv_depth_norm, n_filters (the finite ones), reach, bins.
    """
    chosen = layers.loc[[int(example["layer"]) for example in counted.values()]].reset_index()
    table = chosen[["layer", "model", "conv_depth", "conv_depth_norm"]].assign(
        n_filters=[int(example["counts"][0].sum()) for example in counted.values()],
        reach=[float(example["reach"]) for example in counted.values()],
        bins=[example["counts"].shape[-1] for example in counted.values()],
    )
    table.insert(0, "phenotype", list(counted))
    return table
