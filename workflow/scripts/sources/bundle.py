"""Take the statistics of a data set out of a bundle."""

import shutil
from pathlib import Path

from filtershift.command import run


def take_out(bundle: Path, results: Path, files: list[Path], skipped: Path) -> None:
    """A bundle -> those of its files that are given, each at its place in the folder of results."""
    from filtershift.analysis.comparing.bundle import unpacked_bundle

    with unpacked_bundle(bundle) as folder:
        for file in (*files, skipped):
            shutil.move(folder / file.relative_to(results), file)


if __name__ == "__main__":
    run(take_out)
