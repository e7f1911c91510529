"""The PCA basis of every group of one grouping."""

from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the moments of all shards, a grouping's groups and sizes, and a file to write for each variant."""

    moments: list[Path] = MISSING
    groups: Path = MISSING
    sizes: Path = MISSING
    scaled: Path | None = None
    unscaled: Path | None = None


def main(settings: Settings) -> None:
    """Per-layer moments and groups -> each group's components, mean and explained variance."""
    from filtershift.analysis.groups.membership import load_membership
    from filtershift.passes.bases import group_bases
    from filtershift.passes.group_files import save_group_arrays
    from filtershift.passes.layer_files import load
    from filtershift.passes.moments import LayerMoments

    moments = load(settings.moments, LayerMoments)
    groups = load_membership(settings.groups, settings.sizes)
    for variant, output in enumerate((settings.scaled, settings.unscaled)):
        if output is not None:
            bases = group_bases(moments, variant, groups.group_of, len(groups.labels))
            groups_in_order = zip(groups.labels, bases, groups.n_models, strict=True)
            save_group_arrays(
                output, {g: {**vars(basis), "n_models": n_models} for g, basis, n_models in groups_in_order}
            )


if __name__ == "__main__":
    run(main, Settings)
