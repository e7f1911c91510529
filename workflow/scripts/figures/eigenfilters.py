"""Draw the eigenfilters of chosen groups (figures 1 and 8)."""

from pathlib import Path

from filtershift.command import run


def draw(
    groupings: list[str], pca: list[Path], chosen: list[list[str]], figure: list[Path], table: Path, skipped: Path
) -> None:
    """Bases of the groups of groupings, and chosen rows (grouping, label) -> one row of nine eigenfilters per chosen
    group, the numbers as a table, and the groups that the data set lacks.
    """
    from filtershift.figures.distributions.eigenfilters import eigenfilter_tiles
    from filtershift.figures.drawing.saving import save
    from filtershift.files import write_table
    from filtershift.passes.bases import basis_table
    from filtershift.passes.stored.groups import load_group_arrays, missing_panels

    bases = {grouping: load_group_arrays(path)[0] for grouping, path in zip(groupings, pca, strict=True)}
    rows = [(label, bases[grouping][label]) for grouping, label in chosen if label in bases[grouping]]
    save(eigenfilter_tiles(rows), *figure)
    write_table(table, basis_table(rows))
    missing = [label for grouping, label in chosen if label not in bases[grouping]]
    write_table(skipped, missing_panels(table.stem, missing))


if __name__ == "__main__":
    run(draw)
