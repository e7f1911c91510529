"""Draw all figures of one grouping that need no D-matrix, in all variants: a process starts slowly."""

from pathlib import Path

from filtershift.command import run


def draw(
    title: str,
    basis: Path,
    shapes: Path,
    pca: list[Path],
    densities: list[Path],
    n: list[Path],
    eigenfilters: list[Path],
    eigenfilter_tables: list[Path],
    cumulative: list[Path],
    cumulative_tables: list[Path],
    ridge: list[Path],
    shape_bars: list[Path],
) -> None:
    """Shapes, bases and densities of groups in each variant -> figures (PDF and PNG) and their numbers."""
    from filtershift.figures.distributions.cumulative import cumulative_lines
    from filtershift.figures.distributions.eigenfilters import eigenfilter_tiles
    from filtershift.figures.distributions.ridge import density_ridges
    from filtershift.figures.drawing.saving import save
    from filtershift.figures.shape_bars import shape_bars as shape_figure
    from filtershift.files import read_table, write_table
    from filtershift.passes.bases import basis_table, variance_table
    from filtershift.passes.patterns import axis_names
    from filtershift.passes.stored.groups import load_bases, load_group_arrays

    axes = axis_names(load_bases(basis)[0].components)  # fixed axes are those of both variants
    save(shape_figure(title, read_table(shapes, text=("group",))), *shape_bars)
    for k in range(len(pca)):
        both = slice(2 * k, 2 * k + 2)
        bases = load_group_arrays(pca[k])[0]
        save(eigenfilter_tiles(list(bases.items())), *eigenfilters[both])
        write_table(eigenfilter_tables[k], basis_table(list(bases.items())))
        save(cumulative_lines([title], [bases]), *cumulative[both])
        write_table(cumulative_tables[k], variance_table([title], [bases]))
        groups, shared = load_group_arrays(densities[k])
        labels = read_table(n[k], text=("group",))["group"].tolist()
        save(density_ridges(shared["x"], groups, labels, axes), *ridge[both])


if __name__ == "__main__":
    run(draw)
