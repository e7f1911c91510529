"""Pass 1 over the filters of one shard."""

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
    """Filters -> per-layer moments of both variants."""
    from filtershift.dataset.filters import FilterFile
    from filtershift.dataset.layer_table import load_layers, row_ranges_of
    from filtershift.passes.blocks import in_shard
    from filtershift.passes.layer_files import save
    from filtershift.passes.moments import measure_moments

    row_ranges = row_ranges_of(in_shard(load_layers(settings.layers), settings.shard))
    with FilterFile(settings.dataset) as source:
        moments = measure_moments(source, row_ranges, settings.threads, progress("moments"))
    save(settings.output, moments)


if __name__ == "__main__":
    run(main, Settings)
