"""Free disk, asked for before something large is written."""

import shutil
from pathlib import Path

from filtershift.errors import FiltershiftError


def check_space(path: Path, size: int, remedy: str = "another disk") -> str:
    """One line: how much disk a file of so many bytes needs, and how much is free.

    Raises:
        FiltershiftError: it is more than is free (the message suggests `remedy`), or there is no such folder.
    """
    try:
        free = shutil.disk_usage(path.parent).free
    except OSError as error:
        raise FiltershiftError(f"{path}: cannot be written ({error.strerror})") from error
    line = f"{path}: {size / 1e6:,.1f} MB of disk are needed, {free / 1e6:,.1f} MB are free"
    if size > free:
        raise FiltershiftError(f"{line}; use {remedy}")
    return line
