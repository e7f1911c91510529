"""The extent of all filters, from those of the outermost layers."""

from pathlib import Path

from filtershift.command import progress, run


def measure(dataset: Path, layers: Path, moments: list[Path], basis: Path, output: Path, threads: int = 1) -> None:
    """Filters, moments of all shards and the global bases -> the extent of the layers that can decide that of all."""
    from filtershift.dataset.filters import FilterFile
    from filtershift.dataset.layer_table import load_layers, row_ranges_of
    from filtershift.passes.moments import LayerMoments
    from filtershift.passes.outermost import outermost_extent
    from filtershift.passes.stored.groups import load_bases
    from filtershift.passes.stored.layers import load, save

    row_ranges = row_ranges_of(load_layers(layers))
    bases, found = load_bases(basis), load(moments, LayerMoments)
    with FilterFile(dataset) as source:
        save(output, outermost_extent(source, row_ranges, bases, found, threads, progress("extent")))


if __name__ == "__main__":
    run(measure)
