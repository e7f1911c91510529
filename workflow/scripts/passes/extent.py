"""Pass 2 over the filters of one shard."""

from pathlib import Path

from filtershift.command import progress, run


def measure(
    dataset: Path, layers: Path, moments: Path, basis: Path, output: Path, shard: str = "1-of-1", threads: int = 1
) -> None:
    """Filters of a shard, their moments and the global bases -> each layer's extent and number of sparse filters."""
    from filtershift.dataset.filters import FilterFile
    from filtershift.dataset.layer_table import load_layers, row_ranges_of
    from filtershift.passes.blocks import in_shard
    from filtershift.passes.extent import measure_extent
    from filtershift.passes.group_files import load_bases
    from filtershift.passes.layer_files import load, save
    from filtershift.passes.moments import LayerMoments

    row_ranges = row_ranges_of(in_shard(load_layers(layers), shard))
    bases, found = load_bases(basis), load([moments], LayerMoments)
    with FilterFile(dataset) as source:
        save(output, measure_extent(source, row_ranges, bases, found, threads, progress("extent")))


if __name__ == "__main__":
    run(measure)
