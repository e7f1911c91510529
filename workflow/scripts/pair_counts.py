"""Count the coefficient pairs of typical layers, from their filters."""

from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the data set, its layer table and phenotypes, the global bases, the results of pass 2, a variant."""

    dataset: Path = MISSING
    layers: Path = MISSING
    phenotypes: Path = MISSING
    basis: Path = MISSING
    extent: list[Path] = MISSING
    variant: str = MISSING
    output: Path = MISSING


def main(settings: Settings) -> None:
    """Filters of one layer a phenotype -> bivariate histograms of their coefficients."""
    from filtershift.analysis.distributions.pairs import blocks_of, pair_counts, ranges, scaled
    from filtershift.analysis.quality.phenotypes import examples
    from filtershift.dataset.filters import FilterFile
    from filtershift.dataset.layer_table import load_layers, row_ranges_of
    from filtershift.files import read_table
    from filtershift.passes.extent import LayerExtent
    from filtershift.passes.group_files import load_group_arrays, save_group_arrays
    from filtershift.passes.layer_files import load

    chosen = examples(read_table(settings.phenotypes, text=("model", "phenotype")))
    layers = load_layers(settings.layers)
    basis = load_group_arrays(settings.basis)[0][settings.variant]
    reach = ranges(load(settings.extent, LayerExtent), chosen["layer"].tolist(), settings.variant)
    counted = {}
    with FilterFile(settings.dataset) as source:
        for name, layer in zip(chosen["phenotype"], chosen["layer"], strict=True):
            blocks = blocks_of(source, row_ranges_of(layers.loc[[layer]]))
            filters = map(scaled, blocks) if settings.variant == "scaled" else blocks
            counts = pair_counts(filters, basis["components"], basis["mean"], reach[layer])
            counted[name] = {"counts": counts, "layer": layer, "reach": reach[layer]}
    save_group_arrays(settings.output, counted)


if __name__ == "__main__":
    run(main, Settings)
