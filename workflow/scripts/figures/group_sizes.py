"""Draw how many filters or models each group has (figures 10 and 11)."""

from pathlib import Path

from filtershift.command import run


def draw(titles: list[str], sizes: list[Path], count: str, figure: list[Path], table: Path) -> None:
    """Sizes of groups -> bars on a logarithmic scale, one panel per grouping, largest first, and the table."""
    import pandas as pd

    from filtershift.figures.bars import largest_first, size_bars
    from filtershift.figures.drawing.saving import save
    from filtershift.files import read_table, write_table

    tables = [largest_first(read_table(path, text=("group",)), count) for path in sizes]
    save(size_bars(titles, tables, count), *figure)
    write_table(table, pd.concat(tables, keys=titles, names=["grouping"]).reset_index("grouping"))


if __name__ == "__main__":
    run(draw)
