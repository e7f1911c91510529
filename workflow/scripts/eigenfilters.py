"""Draw the eigenfilters of groups (figures 1 and 8)."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: files of bases, the groups to draw as JSON pairs of file number and label (default: all), outputs."""

    pca: list[Path] = MISSING
    chosen: str = "null"
    figure: list[Path] = MISSING
    table: Path = MISSING
    skipped: Path | None = None


def main(settings: Settings) -> None:
    """Group bases -> a row of nine eigenfilters a group, and the numbers as a table."""
    from filtershift.figures.blank import blank
    from filtershift.figures.eigenfilters import Subset, eigenfilters
    from filtershift.figures.saving import save
    from filtershift.files import write_table
    from filtershift.passes.bases import basis_table
    from filtershift.passes.group_files import load_group_arrays, missing_panels

    bases = [load_group_arrays(path)[0] for path in settings.pca]
    wanted = json.loads(settings.chosen) or [(k, label) for k, groups in enumerate(bases) for label in groups]
    drawn = [(label, bases[k][label]) for k, label in wanted if label in bases[k]]
    subsets = [
        Subset(
            label,
            components=basis["components"],
            explained_variance_ratio=basis["explained_variance_ratio"],
            n_filters=int(basis["n_filters"]),
            n_models=int(basis["n_models"]),
        )
        for label, basis in drawn
    ]
    save(eigenfilters(subsets) if subsets else blank(), *settings.figure)
    write_table(settings.table, basis_table(drawn))
    if settings.skipped:
        missing = [label for k, label in wanted if label not in bases[k]]
        write_table(settings.skipped, missing_panels(settings.figure[0].stem, missing))


if __name__ == "__main__":
    run(main, Settings)
