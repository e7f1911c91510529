"""Orthogonality, ranks and percentiles of the layers of one shard."""

from pathlib import Path

from filtershift.command import progress, run


def measure(dataset: Path, layers: Path, output: Path, shard: str = "1-of-1", threads: int = 1) -> None:
    """Filters of the layers whose shape is known -> the orthogonality, ranks and percentiles of these layers."""
    from filtershift.dataset.filters import FilterFile
    from filtershift.dataset.layer_table import load_layers, row_ranges_of
    from filtershift.passes.blocks import in_shard
    from filtershift.passes.stored.layers import save
    from filtershift.passes.weight_matrices.measure import measure_weight_matrices

    own = in_shard(load_layers(layers), shard)
    with FilterFile(dataset) as source:
        save(output, measure_weight_matrices(source, own, row_ranges_of(own), threads, progress("weight matrices")))


if __name__ == "__main__":
    run(measure)
