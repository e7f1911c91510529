"""Read a torch.export file."""

from pathlib import Path

from filtershift.dataset.models.stored import StoredModel
from filtershift.errors import FiltershiftError


def read_exported(path: Path) -> StoredModel:
    """Read a torch.export file."""
    raise FiltershiftError(f"{path.name} is a torch.export file, which is not read yet")
