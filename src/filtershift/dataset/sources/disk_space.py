"""Check that the disk has room before a large file is written."""

import shutil
from pathlib import Path

from filtershift.errors import FiltershiftError


def check_space(path: Path, size: int, remedy: str = "another disk") -> str:
    """Check that a file of `size` bytes fits on the disk; return one line with the space needed and free.

    Raises:
        FiltershiftError: too little space is free (the message suggests `remedy`), or the folder does not exist.
    """
    try:
        free = shutil.disk_usage(path.parent).free
    except OSError as error:
        raise FiltershiftError(f"{path}: cannot be written ({error.strerror})") from error
    line = f"{path}: {size / 1e6:,.1f} MB of disk are needed, {free / 1e6:,.1f} MB are free"
    if size > free:
        raise FiltershiftError(f"{line}; use {remedy}")
    return line
