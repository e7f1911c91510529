"""Build the data set of models in files."""

from pathlib import Path

from filtershift.command import run
from filtershift.dataset.models.listed import ModelFile


def build_own(models: list[ModelFile], batch_norm: str, base: list[Path], dataset: Path, skipped: Path) -> None:
    """Model files, and a data set they are added to, if any -> an HDF5 data set, and what was left out."""
    from filtershift.dataset.sources.own_models import build

    build(models, dataset, skipped, base[0] if base else None, batch_norm)


if __name__ == "__main__":
    run(build_own)
