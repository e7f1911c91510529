"""The global basis of each variant."""

from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the moments of all shards, and the file to write."""

    moments: list[Path] = MISSING
    output: Path = MISSING


def main(settings: Settings) -> None:
    """Per-layer moments -> components, mean and explained variance ratio of all filters, both variants."""
    from filtershift.passes import VARIANTS
    from filtershift.passes.bases import global_basis
    from filtershift.passes.group_files import save_group_arrays
    from filtershift.passes.layer_files import load
    from filtershift.passes.moments import LayerMoments

    moments = load(settings.moments, LayerMoments)
    save_group_arrays(settings.output, {name: vars(global_basis(moments, v)) for v, name in enumerate(VARIANTS)})


if __name__ == "__main__":
    run(main, Settings)
