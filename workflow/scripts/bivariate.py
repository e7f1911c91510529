"""Draw the bivariate densities of typical layers (figure 5)."""

from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the counted pairs of an example of each phenotype, the layer table, outputs."""

    counts: Path = MISSING
    layers: Path = MISSING
    pdf: Path = MISSING
    png: Path = MISSING
    table: Path = MISSING
    skipped: Path = MISSING


def main(settings: Settings) -> None:
    """Counts of coefficient pairs -> a triangle of densities a phenotype, and which layers these are."""
    from filtershift.analysis.distributions.pairs import example_table
    from filtershift.analysis.quality.phenotypes import PHENOTYPES
    from filtershift.dataset.layer_table import load_layers
    from filtershift.figures.bivariate import PRINT_DOTS, SCREEN_DOTS, Example, bivariate
    from filtershift.figures.blank import blank
    from filtershift.figures.saving import save
    from filtershift.files import write_table
    from filtershift.passes.group_files import load_group_arrays, missing_panels

    counted, _ = load_group_arrays(settings.counts)
    table = example_table(counted, load_layers(settings.layers))
    examples = [
        Example(
            row["phenotype"],
            [row["model"], f"layer {row['layer']}, depth {row['conv_depth']}, {row['n_filters']:,} filters"],
            counted[row["phenotype"]]["counts"],
            row["reach"],
        )
        for row in table.to_dict("records")
    ]
    for path, dots in ((settings.pdf, PRINT_DOTS), (settings.png, SCREEN_DOTS)):
        save(bivariate(examples, dots) if examples else blank("no layer has any of the phenotypes"), path)
    write_table(settings.table, table)
    missing = missing_panels("figure-05", [name for name in PHENOTYPES if name not in counted])
    write_table(settings.skipped, missing.assign(reason="no layer has this phenotype"))


if __name__ == "__main__":
    run(main, Settings)
