"""Read a Paddle file."""

from pathlib import Path

from filtershift.dataset.models.stored import StoredModel
from filtershift.errors import FiltershiftError


def read_paddle(path: Path) -> StoredModel:
    """Read a Paddle file."""
    raise FiltershiftError(f"{path.name} is a Paddle file, which is not read yet")
