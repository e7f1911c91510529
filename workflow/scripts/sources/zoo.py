"""Build the data set of models inside packages."""

from pathlib import Path

from filtershift.command import run
from filtershift.dataset.sources.packages import Package


def build_zoo(packages: list[Package], batch_norm: str, files: list[Path], dataset: Path, skipped: Path) -> None:
    """Models in packages, described as in config/dataset/zoo.yaml -> an HDF5 data set, and what was left out."""
    from filtershift.dataset.sources.zoo import build

    build(packages, files[0].parent, dataset, skipped, batch_norm)


if __name__ == "__main__":
    run(build_zoo)
