"""Draw the coefficient densities of groups (figures 2 and 12 to 17)."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: densities, the groups' sizes in drawn order, labels to draw (JSON, default: all), outputs."""

    densities: Path = MISSING
    n: Path = MISSING
    chosen: str = "null"
    figure: list[Path] = MISSING
    skipped: Path | None = None


def main(settings: Settings) -> None:
    """Group densities -> a row of nine densities a group."""
    import numpy as np

    from filtershift.figures.blank import blank
    from filtershift.figures.ridge import ridge
    from filtershift.figures.saving import save
    from filtershift.figures.style import group_colors
    from filtershift.files import read_table, write_table
    from filtershift.passes.group_files import load_group_arrays, missing_panels

    groups, shared = load_group_arrays(settings.densities)
    chosen = json.loads(settings.chosen)
    labels = [label for label in read_table(settings.n, text=("group",))["group"] if not chosen or label in chosen]
    densities = np.array([groups[label]["density"] for label in labels])
    drawn = ridge(shared["x"], densities, labels, group_colors(list(groups))) if labels else blank()
    save(drawn, *settings.figure)
    if settings.skipped:
        missing = [label for label in chosen if label not in groups]
        write_table(settings.skipped, missing_panels(settings.figure[0].stem, missing))


if __name__ == "__main__":
    run(main, Settings)
