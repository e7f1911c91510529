"""Draw the shifts of all pairs of groups, one box a grouping (figure 4)."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import command
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: tables of pairs, the titles of their groupings (JSON), outputs."""

    pairs: list[Path] = MISSING
    titles: str = MISSING
    figure: list[Path] = MISSING
    table: Path = MISSING


@command(Settings)
def main(settings: Settings) -> None:
    """Shifts of pairs of groups -> horizontal boxes, and the shifts as one table."""
    import pandas as pd

    from filtershift.figures.boxes import boxes
    from filtershift.figures.saving import save
    from filtershift.files import read_table, write_table

    titles = json.loads(settings.titles)
    tables = [read_table(path, text=("a", "b"))[["a", "b", "shift"]] for path in settings.pairs]
    rows = [(title, table["shift"].to_numpy(float)) for title, table in zip(titles, tables, strict=True)]
    save(boxes(rows, "shift D"), *settings.figure)
    write_table(settings.table, pd.concat(tables, keys=titles, names=["grouping"]).reset_index("grouping"))


if __name__ == "__main__":
    main()
