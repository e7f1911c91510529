"""The quality of every model, and of every group of every grouping."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the quality of layers, the names (JSON), groups and sizes of groupings, and the tables to write."""

    quality: Path = MISSING
    names: str = MISSING
    groups: list[Path] = MISSING
    sizes: list[Path] = MISSING
    models: Path = MISSING
    output: Path = MISSING


def main(settings: Settings) -> None:
    """Quality of layers -> shares of degenerate, random-like and diverse ones, and means, by model and by group."""
    from filtershift.analysis.groups.membership import load_membership
    from filtershift.analysis.quality.summaries import group_quality, model_quality
    from filtershift.files import read_table, write_table

    quality = read_table(settings.quality, text=("model",))
    files = zip(json.loads(settings.names), settings.groups, settings.sizes, strict=True)
    groupings = {name: load_membership(groups, sizes) for name, groups, sizes in files}
    write_table(settings.models, model_quality(quality))
    write_table(settings.output, group_quality(quality, groupings))


if __name__ == "__main__":
    run(main, Settings)
