"""Pass 2 over the filters of one shard."""

from pathlib import Path

from filtershift.command import progress, run


def measure(
    dataset: Path,
    layers: Path,
    moments: list[Path],
    basis: Path,
    outermost: Path,
    scaled: Path,
    unscaled: Path,
    extent: Path,
    bins: int = 70,
    shard: str = "1-of-1",
    threads: int = 1,
) -> None:
    """Filters of a shard, moments of all, outermost extent, bases -> layers' extents, histograms of both variants."""
    from filtershift.dataset.filters import FilterFile
    from filtershift.dataset.layer_table import load_layers, row_ranges_of
    from filtershift.passes.blocks import in_shard
    from filtershift.passes.extent import LayerExtent
    from filtershift.passes.histograms import make_grids, measure_histograms
    from filtershift.passes.moments import LayerMoments
    from filtershift.passes.stored.groups import load_bases
    from filtershift.passes.stored.histograms import save_histograms
    from filtershift.passes.stored.layers import load, save

    row_ranges = row_ranges_of(in_shard(load_layers(layers), shard))
    bases, found = load_bases(basis), load(moments, LayerMoments)
    grids = make_grids(found, load([outermost], LayerExtent), bases, bins)
    with FilterFile(dataset) as source:
        counted = measure_histograms(source, row_ranges, bases, grids, found, threads, progress("histograms"))
        save(extent, save_histograms((scaled, unscaled), grids, counted))


if __name__ == "__main__":
    run(measure)
