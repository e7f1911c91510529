"""The phenotype of every layer."""

from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the layer table, results of all passes and shards (scaled ones of pass 3), global bases, outputs."""

    layers: Path = MISSING
    moments: list[Path] = MISSING
    extent: list[Path] = MISSING
    histograms: list[Path] = MISSING
    basis: Path = MISSING
    output: Path = MISSING
    models: Path = MISSING


def main(settings: Settings) -> None:
    """Per-layer statistics -> the phenotypes of layers, and their shares in every model."""
    from filtershift.analysis.quality.phenotypes import layer_phenotypes, model_phenotypes
    from filtershift.analysis.quality.shapes import layer_shapes, read_windows
    from filtershift.dataset.layer_table import load_layers
    from filtershift.files import write_table
    from filtershift.passes.extent import LayerExtent
    from filtershift.passes.group_files import load_bases
    from filtershift.passes.histogram_files import load_grid
    from filtershift.passes.layer_files import load
    from filtershift.passes.moments import LayerMoments

    components, mean = load_bases(settings.basis)
    shapes = layer_shapes(
        load(settings.moments, LayerMoments),
        load(settings.extent, LayerExtent),
        components[0],
        mean[0],
        load_grid(settings.histograms[0]).window,
        read_windows(settings.histograms),
    )
    table = layer_phenotypes(load_layers(settings.layers), shapes)
    write_table(settings.output, table, index=True)
    write_table(settings.models, model_phenotypes(table))


if __name__ == "__main__":
    run(main, Settings)
