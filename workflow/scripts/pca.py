"""The PCA basis of every group of one grouping."""

from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the moments of all shards, a grouping's groups and sizes, the variant, and the file to write."""

    moments: list[Path] = MISSING
    groups: Path = MISSING
    sizes: Path = MISSING
    variant: str = MISSING
    output: Path = MISSING


def main(settings: Settings) -> None:
    """Per-layer moments and groups -> each group's components, mean and explained variance."""
    from filtershift.analysis.groups import load_groups
    from filtershift.analysis.pca import group_bases
    from filtershift.analysis.storage import save_groups
    from filtershift.statistics import VARIANTS
    from filtershift.statistics.moments import LayerMoments
    from filtershift.statistics.storage import load

    moments = load(settings.moments, LayerMoments)
    groups = load_groups(settings.groups, settings.sizes)
    bases = group_bases(moments, VARIANTS.index(settings.variant), groups.group_of, len(groups.labels))
    save_groups(
        settings.output,
        {
            label: {**vars(basis), "n_models": n_models}
            for label, basis, n_models in zip(groups.labels, bases, groups.n_models, strict=True)
        },
    )


if __name__ == "__main__":
    run(main, Settings)
