"""Orthogonality of the layers of one shard."""

from dataclasses import dataclass
from pathlib import Path

from command import progress, run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the data set, its layer table, which shard (as in 1-of-4), and the file to write."""

    dataset: Path = MISSING
    layers: Path = MISSING
    shard: str = "1-of-1"
    threads: int = 1
    output: Path = MISSING


def main(settings: Settings) -> None:
    """Filters of layers whose shape is known -> their orthogonality."""
    from filtershift.dataset.filters import FilterFile
    from filtershift.dataset.layer_table import load_layers, row_ranges_of
    from filtershift.passes.blocks import in_shard
    from filtershift.passes.layer_files import save
    from filtershift.passes.orthogonality import measure_orthogonality

    layers = in_shard(load_layers(settings.layers), settings.shard)
    with FilterFile(settings.dataset) as source:
        orthogonality = measure_orthogonality(
            source, layers, row_ranges_of(layers), settings.threads, progress("orthogonality")
        )
    save(settings.output, orthogonality)


if __name__ == "__main__":
    run(main, Settings)
