"""Pass 2 over the filters of one shard."""

from dataclasses import dataclass
from pathlib import Path

from command import progress, run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: as in pass 1, and its results."""

    dataset: Path = MISSING
    layers: Path = MISSING
    moments: list[Path] = MISSING
    basis: Path = MISSING
    shard: str = "1-of-1"
    threads: int = 1
    output: Path = MISSING


def main(settings: Settings) -> None:
    """Filters and global bases -> each layer's extent in both variants, and its number of sparse filters."""
    from filtershift.dataset.filters import FilterFile
    from filtershift.dataset.layer_table import load_layers, row_ranges_of
    from filtershift.passes.blocks import in_shard
    from filtershift.passes.extent import measure_extent
    from filtershift.passes.group_files import load_bases
    from filtershift.passes.layer_files import load, save
    from filtershift.passes.moments import LayerMoments

    row_ranges = row_ranges_of(in_shard(load_layers(settings.layers), settings.shard))
    moments = load(settings.moments, LayerMoments)
    components, mean = load_bases(settings.basis)
    peak = dict(zip(moments.layer.tolist(), moments.peak.tolist(), strict=True))
    with FilterFile(settings.dataset) as source:
        extent = measure_extent(source, row_ranges, components, mean, peak, settings.threads, progress("extent"))
    save(settings.output, extent)


if __name__ == "__main__":
    run(main, Settings)
