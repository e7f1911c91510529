"""Draw the shifts of all pairs of groups, one box a grouping (figure 4)."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: tables of pairs, those of their intervals (if any), titles of the groupings (JSON), outputs."""

    pairs: list[Path] = MISSING
    intervals: list[Path] = field(default_factory=list)
    titles: str = MISSING
    figure: list[Path] = MISSING
    table: Path = MISSING


def main(settings: Settings) -> None:
    """Shifts of pairs of groups -> horizontal boxes, and the shifts as one table."""
    import pandas as pd

    from filtershift.analysis.uncertainty.tables import load_intervals, noise_level
    from filtershift.figures.boxes import Noise, boxes
    from filtershift.figures.saving import save
    from filtershift.files import read_table, write_table

    titles = json.loads(settings.titles)
    if settings.intervals:
        tables = [load_intervals(path)[["a", "b", "shift", "floor", "null", "flag"]] for path in settings.intervals]
        noise = [Noise(*noise_level(table)) for table in tables]
    else:
        tables = [read_table(path, text=("a", "b"))[["a", "b", "shift"]] for path in settings.pairs]
        noise = []
    rows = [(title, table["shift"].to_numpy(float)) for title, table in zip(titles, tables, strict=True)]
    save(boxes(rows, "shift D", noise=noise), *settings.figure)
    write_table(settings.table, pd.concat(tables, keys=titles, names=["grouping"]).reset_index("grouping"))


if __name__ == "__main__":
    run(main, Settings)
