"""Collect everything that was left out."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: tables kind, name, reason, count of every stage, more such rows (JSON), and the table to write."""

    parts: list[Path] = MISSING
    rows: str = "[]"
    output: Path = MISSING


def main(settings: Settings) -> None:
    """Tables of what was left out -> one table."""
    import pandas as pd

    from filtershift.files import read_table, write_table

    columns = ["kind", "name", "reason", "count"]
    rows = pd.DataFrame(json.loads(settings.rows), columns=columns)
    parts = [read_table(path, text=("name", "reason")) for path in settings.parts]
    write_table(settings.output, pd.concat([*(part for part in parts if len(part)), rows])[columns])


if __name__ == "__main__":
    run(main, Settings)
