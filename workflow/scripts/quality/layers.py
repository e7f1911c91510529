"""The quality of every layer."""

from pathlib import Path

from filtershift.command import run


def judge(
    layers: Path, moments: list[Path], extent: list[Path], orthogonality: list[Path], output: Path, skipped: Path
) -> None:
    """Per-layer statistics of all shards -> sparsity, variance entropy, ranks, percentiles, state, …."""
    from filtershift.analysis.quality.layers import layer_quality, non_finite
    from filtershift.dataset.layer_table import load_layers
    from filtershift.files import write_table
    from filtershift.passes.extent import LayerExtent
    from filtershift.passes.layer_files import load
    from filtershift.passes.moments import LayerMoments
    from filtershift.passes.orthogonality import LayerOrthogonality

    quality = layer_quality(
        load_layers(layers),
        load(moments, LayerMoments),
        load(extent, LayerExtent),
        load(orthogonality, LayerOrthogonality),
    )
    write_table(output, quality, index=True)
    write_table(skipped, non_finite(quality))


if __name__ == "__main__":
    run(judge)
