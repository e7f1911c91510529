"""Draw how the shifts of all groupings depend on the choices behind them."""

from pathlib import Path

from filtershift.command import run


def draw(titles: list[str], tables: list[Path], figure: list[Path]) -> None:
    """Tables of sensitivity -> Kendall's tau and median ratios, one row per alternative and one column per grouping."""
    from filtershift.figures.drawing.saving import save
    from filtershift.figures.shifts.sensitivity import sensitivity
    from filtershift.files import read_table

    save(sensitivity(titles, [read_table(path, text=("value",)) for path in tables]), *figure)


if __name__ == "__main__":
    run(draw)
