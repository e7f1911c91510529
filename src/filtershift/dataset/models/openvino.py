"""Read a OpenVINO file."""

from pathlib import Path

from filtershift.dataset.models.stored import StoredModel
from filtershift.errors import FiltershiftError


def read_openvino(path: Path) -> StoredModel:
    """Read a OpenVINO file."""
    raise FiltershiftError(f"{path.name} is a OpenVINO file, which is not read yet")
