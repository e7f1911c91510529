"""Read a TFLite file."""

from pathlib import Path

from filtershift.dataset.models.stored import StoredModel
from filtershift.errors import FiltershiftError


def read_tflite(path: Path) -> StoredModel:
    """Read a TFLite file."""
    raise FiltershiftError(f"{path.name} is a TFLite file, which is not read yet")
