"""Pass 1 over the filters of one shard."""

from pathlib import Path

from filtershift.command import progress, run


def measure(dataset: Path, layers: Path, output: Path, shard: str = "1-of-1", threads: int = 1) -> None:
    """Filters of a shard -> per-layer moments of both variants."""
    from filtershift.dataset.filters import FilterFile
    from filtershift.dataset.layer_table import load_layers, row_ranges_of
    from filtershift.passes.blocks import in_shard
    from filtershift.passes.moments import measure_moments
    from filtershift.passes.stored.layers import save

    row_ranges = row_ranges_of(in_shard(load_layers(layers), shard))
    with FilterFile(dataset) as source:
        save(output, measure_moments(source, row_ranges, threads, progress("moments")))


if __name__ == "__main__":
    run(measure)
