"""Count the coefficient pairs of typical layers, from their filters."""

from pathlib import Path

from filtershift.command import run


def count(
    dataset: Path, layers: Path, phenotypes: Path, basis: Path, extent: list[Path], variant: str, output: Path
) -> None:
    """Filters of one layer per phenotype -> bivariate histograms of their coefficients."""
    from filtershift.analysis.distributions.pairs import blocks_of, pair_counts, ranges, scaled
    from filtershift.analysis.quality.phenotypes import examples
    from filtershift.dataset.filters import FilterFile
    from filtershift.dataset.layer_table import load_layers, row_ranges_of
    from filtershift.files import read_table
    from filtershift.passes.extent import LayerExtent
    from filtershift.passes.stored.groups import load_bases, save_group_arrays
    from filtershift.passes.stored.layers import load
    from filtershift.results import VARIANTS

    chosen = examples(read_table(phenotypes, text=("model", "phenotype")))
    table = load_layers(layers)
    reach = ranges(load(extent, LayerExtent), chosen["layer"].tolist(), variant)
    counted = {}
    with FilterFile(dataset) as source:
        for name, layer in zip(chosen["phenotype"], chosen["layer"], strict=True):
            blocks = blocks_of(source, row_ranges_of(table.loc[[layer]]))
            filters = map(scaled, blocks) if variant == "scaled" else blocks
            counts = pair_counts(filters, load_bases(basis)[VARIANTS.index(variant)], reach[layer])
            counted[name] = {"counts": counts, "layer": layer, "reach": reach[layer]}
    save_group_arrays(output, counted)


if __name__ == "__main__":
    run(count)
