"""Draw the mean filter ranges of models, one box a group (figure 6)."""

from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the layers' quality, a grouping's groups and sizes, outputs."""

    quality: Path = MISSING
    groups: Path = MISSING
    sizes: Path = MISSING
    figure: list[Path] = MISSING
    table: Path = MISSING


def main(settings: Settings) -> None:
    """Layer quality -> the mean raw filter range of each model in each group, as boxes and as a table."""
    from filtershift.analysis.groups.membership import load_membership
    from filtershift.analysis.quality.layers import model_ranges
    from filtershift.figures.boxes import boxes
    from filtershift.figures.saving import save
    from filtershift.files import read_table, write_table

    groups = load_membership(settings.groups, settings.sizes)
    ranges = model_ranges(read_table(settings.quality, text=("model",)), groups)
    rows = [(label, ranges.loc[ranges["group"] == label, "mean_range"].to_numpy(float)) for label in groups.labels]
    save(boxes(rows, "mean filter range of a model", log=True), *settings.figure)
    write_table(settings.table, ranges)


if __name__ == "__main__":
    run(main, Settings)
