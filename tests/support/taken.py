"""What the passes find, all taken; and histograms without extents."""

from collections.abc import Iterable
from dataclasses import dataclass

from filtershift.passes.all_passes import Measured
from filtershift.passes.bases import Bases
from filtershift.passes.extent import Counted, LayerCounts, LayerExtent, layer_extent
from filtershift.passes.histograms import Grid, measure_histograms
from filtershift.passes.moments import LayerMoments, measure_moments


@dataclass(frozen=True)
class Taken:
    """As `Measured`, with what is found in each layer, and the extents of all."""

    moments: LayerMoments
    bases: Bases
    grids: tuple[Grid, Grid]
    counted: list[Counted]
    extent: LayerExtent


def taken(found: Measured) -> Taken:
    counted = list(found.counted)
    extent = layer_extent([(one.layer, one.extents) for one in counted])
    return Taken(found.moments, found.bases, found.grids, counted, extent)


def counts_of(source, row_ranges, bases, grids) -> dict[int, LayerCounts]:
    """The histograms of each layer."""
    counted = measure_histograms(source, row_ranges, bases, grids, measure_moments(source, row_ranges))
    return {one.layer: one.counts for one in counted}


def without_extents(counts: Iterable[tuple[int, LayerCounts]]) -> list[Counted]:
    """Histograms of layers, as pass 2 yields them."""
    return [Counted(layer, of_layer, []) for layer, of_layer in counts]
