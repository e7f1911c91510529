"""Draw how many filters or models each group has (figures 10 and 11)."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: tables of sizes, the titles of their groupings (JSON), what to count, outputs."""

    sizes: list[Path] = MISSING
    titles: str = MISSING
    count: str = MISSING
    figure: list[Path] = MISSING
    table: Path = MISSING


def main(settings: Settings) -> None:
    """Sizes of groups -> bars on a logarithmic scale, a panel a grouping, largest first, and the table."""
    import pandas as pd

    from filtershift.figures.bars import BarPanel, bars
    from filtershift.figures.saving import save
    from filtershift.files import read_table, write_table

    titles, column = json.loads(settings.titles), f"n_{settings.count}"
    tables = [
        read_table(path, text=("group",)).sort_values(column, ascending=False, kind="stable")[["group", column]]
        for path in settings.sizes
    ]
    panels = [
        BarPanel(title, table["group"].tolist(), table[column].tolist())
        for title, table in zip(titles, tables, strict=True)
    ]
    save(bars(panels, f"number of {settings.count}"), *settings.figure)
    write_table(settings.table, pd.concat(tables, keys=titles, names=["grouping"]).reset_index("grouping"))


if __name__ == "__main__":
    run(main, Settings)
