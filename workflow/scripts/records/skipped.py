"""Collect everything that was left out."""

from pathlib import Path

from filtershift.command import run


def collect(parts: list[Path], rows: list[list[str]], output: Path) -> None:
    """Tables of what each stage left out, and more such rows (kind, name, reason, count) -> one table."""
    import pandas as pd

    from filtershift.files import read_table, write_table
    from filtershift.results import SKIPPED

    tables = [read_table(path, text=("name", "reason")) for path in parts]
    more = pd.DataFrame(rows, columns=SKIPPED)
    write_table(output, pd.concat([*(table for table in tables if len(table)), more])[list(SKIPPED)])


if __name__ == "__main__":
    run(collect)
