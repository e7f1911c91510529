"""Pass 3 over the filters of one shard."""

from dataclasses import dataclass
from pathlib import Path

from command import progress, run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: as in pass 2, its results, the number of bins, and a file for each variant."""

    dataset: Path = MISSING
    layers: Path = MISSING
    moments: list[Path] = MISSING
    basis: Path = MISSING
    extent: list[Path] = MISSING
    bins: int = 70
    shard: str = "1-of-1"
    threads: int = 1
    scaled: Path = MISSING
    unscaled: Path = MISSING


def main(settings: Settings) -> None:
    """Filters, global bases and extents -> per-layer histograms of both variants."""
    from filtershift.dataset.filters import FilterFile
    from filtershift.dataset.layer_table import load_layers, row_ranges_of
    from filtershift.passes.blocks import in_shard
    from filtershift.passes.extent import LayerExtent, total_extent
    from filtershift.passes.group_files import load_bases
    from filtershift.passes.histogram_files import save_histograms
    from filtershift.passes.histograms import make_grids, measure_histograms
    from filtershift.passes.layer_files import load
    from filtershift.passes.moments import LayerMoments

    row_ranges = row_ranges_of(in_shard(load_layers(settings.layers), settings.shard))
    components, mean = load_bases(settings.basis)
    moments = load(settings.moments, LayerMoments)
    extents = total_extent(load(settings.extent, LayerExtent), moments.peak)
    grids = make_grids(moments, components, mean, extents, settings.bins)
    with FilterFile(settings.dataset) as source:
        counted = measure_histograms(
            source, row_ranges, components, mean, grids, settings.threads, progress("histograms")
        )
        save_histograms((settings.scaled, settings.unscaled), grids, counted)


if __name__ == "__main__":
    run(main, Settings)
