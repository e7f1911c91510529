"""Draw the cumulative explained variance of the groups of several groupings (figure 9)."""

from pathlib import Path

from filtershift.command import run


def draw(titles: list[str], pca: list[Path], figure: list[Path], table: Path) -> None:
    """Bases of the groups of each grouping -> one panel of lines per grouping, and the numbers as a table."""
    from filtershift.figures.distributions.cumulative import cumulative_lines
    from filtershift.figures.drawing.saving import save
    from filtershift.files import write_table
    from filtershift.passes.bases import variance_table
    from filtershift.passes.stored.groups import load_group_arrays

    groupings = [load_group_arrays(path)[0] for path in pca]
    save(cumulative_lines(titles, groupings), *figure)
    write_table(table, variance_table(titles, groupings))


if __name__ == "__main__":
    run(draw)
