"""Draw the shifts of all pairs of groups, one box per grouping (figure 4)."""

from pathlib import Path

from filtershift.command import run


def draw(titles: list[str], components: list[Path], intervals: list[Path], figure: list[Path], table: Path) -> None:
    """Shifts of pairs of groups, with their intervals, if any -> horizontal boxes, and the shifts as one table."""
    import pandas as pd

    from filtershift.analysis.uncertainty.noise import load_intervals
    from filtershift.figures.boxes import shift_boxes
    from filtershift.figures.drawing.saving import save
    from filtershift.files import read_table, write_table

    if intervals:
        pairs = [load_intervals(path)[["a", "b", "shift", "floor", "null", "flag"]] for path in intervals]
    else:
        pairs = [read_table(path, text=("a", "b"))[["a", "b", "shift"]] for path in components]
    save(shift_boxes(titles, pairs), *figure)
    write_table(table, pd.concat(pairs, keys=titles, names=["grouping"]).reset_index("grouping"))


if __name__ == "__main__":
    run(draw)
