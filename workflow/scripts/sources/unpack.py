"""Unpack the downloaded data set."""

from pathlib import Path

from filtershift.command import run


def unpack_dataset(packed: Path, size: int, output: Path) -> None:
    """Packed data set, and the bytes it must unpack to -> HDF5 data set."""
    from filtershift.dataset.sources.download import unpack

    unpack(packed, output, size)


if __name__ == "__main__":
    run(unpack_dataset)
