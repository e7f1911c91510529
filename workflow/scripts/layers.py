"""Read the layer table of a data set."""

from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the data set, and the tables to write."""

    dataset: Path = MISSING
    layers: Path = MISSING
    models: Path = MISSING
    skipped: Path = MISSING


def main(settings: Settings) -> None:
    """HDF5 data set -> layers.csv, models.csv and what was left out."""
    from filtershift.dataset.layers import read_layers
    from filtershift.dataset.model_table import model_table
    from filtershift.files import write_table

    table = read_layers(settings.dataset)
    write_table(settings.layers, table.layers, index=True)
    write_table(settings.models, model_table(table.layers))
    write_table(settings.skipped, table.skipped)


if __name__ == "__main__":
    run(main, Settings)
