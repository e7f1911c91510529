"""Read a ncnn file."""

from pathlib import Path

from filtershift.dataset.models.stored import StoredModel
from filtershift.errors import FiltershiftError


def read_ncnn(path: Path) -> StoredModel:
    """Read a ncnn file."""
    raise FiltershiftError(f"{path.name} is a ncnn file, which is not read yet")
