"""A few filters of each layer to look at."""

from pathlib import Path

from filtershift.command import run


def choose(dataset: Path, layers: Path, basis: Path, histograms: list[Path], output: Path) -> None:
    """Filters, and the basis and histograms of scaled ones -> the most typical, most extreme and random filters."""
    from filtershift.dataset.filters import FilterFile
    from filtershift.dataset.layer_table import load_layers, row_ranges_of
    from filtershift.passes.example_filters import example_filters
    from filtershift.passes.stored.groups import load_bases
    from filtershift.passes.stored.histograms import layer_counts, load_grid
    from filtershift.passes.stored.layers import save

    table = load_layers(layers)
    counts, grid = layer_counts(histograms, table.index.tolist()), load_grid(histograms[0])
    with FilterFile(dataset) as source:
        save(
            output,
            example_filters(source, row_ranges_of(table), load_bases(basis)[0], grid, counts),
        )


if __name__ == "__main__":
    run(choose)
