"""Read the layer table of a data set."""

from pathlib import Path

from filtershift.command import run


def read(dataset: Path, layers: Path, skipped: Path) -> None:
    """HDF5 data set -> its layer table and what was left out."""
    from filtershift.dataset.layers import read_layers
    from filtershift.files import write_table

    table = read_layers(dataset)
    write_table(layers, table.layers, index=True)
    write_table(skipped, table.skipped)


if __name__ == "__main__":
    run(read)
