"""Draw the densities of coefficient pairs in typical layers (figure 5)."""

from pathlib import Path

from filtershift.command import run


def draw(basis: Path, counts: Path, layers: Path, figure: list[Path], table: Path, skipped: Path) -> None:
    """Counts of coefficient pairs -> one triangle of densities per phenotype, which layers these are, and the
    phenotypes that no layer has.
    """
    from filtershift.analysis.distributions.pairs import example_table
    from filtershift.analysis.quality.phenotypes import PHENOTYPES
    from filtershift.dataset.layer_table import load_layers
    from filtershift.figures.distributions.bivariate import PRINT_DOTS, SCREEN_DOTS, bivariate
    from filtershift.figures.drawing.saving import save
    from filtershift.files import write_table
    from filtershift.passes.patterns import axis_names
    from filtershift.passes.stored.groups import load_bases, load_group_arrays, missing_panels

    counted, _ = load_group_arrays(counts)
    examples = example_table(counted, load_layers(layers))
    axes = axis_names(load_bases(basis)[0].components)  # fixed axes are those of both variants
    for path, dots in zip(figure, (PRINT_DOTS, SCREEN_DOTS), strict=True):
        save(bivariate(counted, examples, dots, axes), path)
    write_table(table, examples)
    missing = missing_panels("figure-05", [name for name in PHENOTYPES if name not in counted])
    write_table(skipped, missing.assign(reason="no layer has this phenotype"))


if __name__ == "__main__":
    run(draw)
