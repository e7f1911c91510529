"""The global basis of each variant."""

from pathlib import Path

from filtershift.command import run


def compute(moments: list[Path], output: Path, kind: str = "pca") -> None:
    """Per-layer moments of all shards -> the basis that all filters are measured in, both variants."""
    from filtershift.passes.bases import global_bases
    from filtershift.passes.moments import LayerMoments
    from filtershift.passes.stored.groups import save_bases
    from filtershift.passes.stored.layers import load

    save_bases(output, global_bases(load(moments, LayerMoments), kind))


if __name__ == "__main__":
    run(compute)
