"""Draw how the shifts of all groupings depend on the choices behind them."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: tables of sensitivity, titles of their groupings (JSON), figure."""

    tables: list[Path] = MISSING
    titles: str = MISSING
    figure: list[Path] = MISSING


def main(settings: Settings) -> None:
    """Tables of sensitivity -> Kendall's tau and median ratios, a row an alternative and a column a grouping."""
    import numpy as np

    from filtershift.analysis.shifts.sensitivity import CONFIGURED
    from filtershift.figures.saving import save
    from filtershift.figures.sensitivity import sensitivity
    from filtershift.files import read_table

    tables = [read_table(path, text=("value",)) for path in settings.tables]
    tables = [table[table["choice"] != CONFIGURED] for table in tables]
    rows = list(zip(tables[0]["choice"], tables[0]["value"], strict=True))
    tau, ratio = (
        np.column_stack([table[key].astype(float) for table in tables]) for key in ("kendall_tau", "median_ratio")
    )
    n_pairs = [int(table["n_pairs"].iloc[0]) for table in tables]
    save(sensitivity(rows, json.loads(settings.titles), n_pairs, tau, ratio), *settings.figure)


if __name__ == "__main__":
    run(main, Settings)
