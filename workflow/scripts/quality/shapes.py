"""What the filters of every layer look like."""

from pathlib import Path

from filtershift.command import run


def describe(layers: Path, moments: list[Path], variants: list[str], output: Path) -> None:
    """Layer table, and per-layer moments of all shards -> shares of named patterns, frequencies, symmetry, …."""
    from filtershift.analysis.shapes.tables import layer_shapes
    from filtershift.dataset.layer_table import load_layers
    from filtershift.files import write_table
    from filtershift.passes.moments import LayerMoments
    from filtershift.passes.stored.layers import load

    write_table(output, layer_shapes(load_layers(layers), load(moments, LayerMoments), variants))


if __name__ == "__main__":
    run(describe)
