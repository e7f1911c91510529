"""Read the layer table of a data set."""

from pathlib import Path

from filtershift.command import run


def read(dataset: Path, layers: Path, models: Path, skipped: Path) -> None:
    """HDF5 data set -> layers.csv, models.csv and what was left out."""
    from filtershift.dataset.layers import read_layers
    from filtershift.dataset.model_table import model_table
    from filtershift.files import write_table

    table = read_layers(dataset)
    write_table(layers, table.layers, index=True)
    write_table(models, model_table(table.layers))
    write_table(skipped, table.skipped)


if __name__ == "__main__":
    run(read)
