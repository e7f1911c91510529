"""Draw the coefficient densities of chosen groups (figure 2)."""

from pathlib import Path

from filtershift.command import run


def draw(basis: Path, densities: Path, n: Path, chosen: list[str], figure: list[Path], skipped: Path) -> None:
    """Densities of groups, and their sizes in display order -> one row of nine densities per chosen group, and the
    groups that the data set lacks.
    """
    from filtershift.figures.distributions.ridge import density_ridges
    from filtershift.figures.drawing.saving import save
    from filtershift.files import read_table, write_table
    from filtershift.passes.patterns import axis_names
    from filtershift.passes.stored.groups import load_bases, load_group_arrays, missing_panels

    groups, shared = load_group_arrays(densities)
    # No choice shows all groups.
    labels = [label for label in read_table(n, text=("group",))["group"] if not chosen or label in chosen]
    axes = axis_names(load_bases(basis)[0].components)  # fixed axes are those of both variants
    save(density_ridges(shared["x"], groups, labels, axes), *figure)
    write_table(skipped, missing_panels(figure[0].stem, [label for label in chosen if label not in groups]))


if __name__ == "__main__":
    run(draw)
