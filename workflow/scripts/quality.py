"""The quality of every layer."""

from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the layer table, moments, extents and orthogonality of all shards, and the tables to write."""

    layers: Path = MISSING
    moments: list[Path] = MISSING
    extent: list[Path] = MISSING
    orthogonality: list[Path] = MISSING
    output: Path = MISSING
    skipped: Path = MISSING


def main(settings: Settings) -> None:
    """Per-layer statistics -> sparsity, variance entropy, random threshold, norm, orthogonality, state."""
    from filtershift.analysis.quality.layers import layer_quality, non_finite
    from filtershift.dataset.layer_table import load_layers
    from filtershift.files import write_table
    from filtershift.passes.extent import LayerExtent
    from filtershift.passes.layer_files import load
    from filtershift.passes.moments import LayerMoments
    from filtershift.passes.orthogonality import LayerOrthogonality

    quality = layer_quality(
        load_layers(settings.layers),
        load(settings.moments, LayerMoments),
        load(settings.extent, LayerExtent),
        load(settings.orthogonality, LayerOrthogonality),
    )
    write_table(settings.output, quality, index=True)
    write_table(settings.skipped, non_finite(quality))


if __name__ == "__main__":
    run(main, Settings)
