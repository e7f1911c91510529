"""The quality of every layer."""

from pathlib import Path

from filtershift.command import run


def judge(
    layers: Path,
    moments: list[Path],
    extent: list[Path],
    matrices: list[Path],
    output: Path,
    thresholds: Path,
    skipped: Path,
) -> None:
    """Per-layer statistics of all shards -> sparsity, ranks, percentiles, state, …; states for every threshold."""
    from filtershift.analysis.quality.layers import layer_quality, non_finite
    from filtershift.analysis.quality.thresholds import sweep
    from filtershift.dataset.layer_table import load_layers
    from filtershift.files import write_table
    from filtershift.passes.extent import LayerExtent
    from filtershift.passes.moments import LayerMoments
    from filtershift.passes.stored.layers import load
    from filtershift.passes.weight_matrices.measure import LayerMatrices

    found = load(extent, LayerExtent)
    quality = layer_quality(load_layers(layers), load(moments, LayerMoments), found, load(matrices, LayerMatrices))
    write_table(output, quality, index=True)
    write_table(thresholds, sweep(quality, found))
    write_table(skipped, non_finite(quality))


if __name__ == "__main__":
    run(judge)
