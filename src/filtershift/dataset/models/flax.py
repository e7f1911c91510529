"""Read a Flax msgpack file."""

from pathlib import Path

from filtershift.dataset.models.stored import StoredModel
from filtershift.errors import FiltershiftError


def read_flax(path: Path) -> StoredModel:
    """Read a Flax msgpack file."""
    raise FiltershiftError(f"{path.name} is a Flax msgpack file, which is not read yet")
