"""Read a Keras file."""

from pathlib import Path

from filtershift.dataset.models.stored import StoredModel
from filtershift.errors import FiltershiftError


def read_keras(path: Path) -> StoredModel:
    """Read a Keras file."""
    raise FiltershiftError(f"{path.name} is a Keras file, which is not read yet")


def read_keras_hdf5(path: Path) -> StoredModel:
    """Read a Keras file."""
    raise FiltershiftError(f"{path.name} is a Keras file, which is not read yet")
