"""Make a synthetic data set."""

from dataclasses import dataclass
from pathlib import Path

from command import progress, run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the settings of `filtershift.dataset.sources.synthetic.build.Synthetic`, and the file to write."""

    filters: int = MISSING
    models: int = MISSING
    layers: int = MISSING
    seed: int = 0
    dtype: str = "float32"
    threads: int = 1
    output: Path = MISSING


def main(settings: Settings) -> None:
    """Totals and a seed -> an HDF5 data set."""
    from filtershift.dataset.sources.synthetic.build import Synthetic, build

    wanted = Synthetic(settings.filters, settings.models, settings.layers, settings.seed, settings.dtype)
    build(wanted, settings.output, settings.threads, progress("synthetic"))


if __name__ == "__main__":
    run(main, Settings)
