"""Unpack the downloaded data set."""

from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the packed file, the bytes it must unpack to, and the file to write."""

    packed: Path = MISSING
    size: int = MISSING
    output: Path = MISSING


def main(settings: Settings) -> None:
    """Packed data set -> HDF5 data set."""
    from filtershift.dataset.sources.download import unpack

    unpack(settings.packed, settings.output, settings.size)


if __name__ == "__main__":
    run(main, Settings)
