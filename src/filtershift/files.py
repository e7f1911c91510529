"""Files that appear whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import h5py
    import pandas as pd


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path beside ``path`` to write to: renamed to ``path`` when the block ends, removed when it fails.

    The path is this process's own, so that one left over from a killed run does no harm. What a killed process leaves
    there the next run of the workflow removes. An error of the disk names the file.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        beside.replace(path)
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def whole_hdf5(path: Path, **options: Any) -> Iterator["h5py.File"]:
    """A new HDF5 file to fill, in memory, written when the block ends: with a full disk HDF5 itself may crash.

    ``options`` are those of `h5py.File`.
    """
    import h5py

    with h5py.File(path.name, "w", driver="core", backing_store=False, **options) as file:
        yield file
        file.flush()
        image = file.id.get_file_image()
    with whole_file(path) as beside:
        beside.write_bytes(image)


def write_table(path: Path, table: "pd.DataFrame", *, index: bool = False) -> None:
    """Write a table as CSV: missing is empty, numbers read back as they were."""
    with whole_file(path) as beside:
        table.to_csv(beside, index=index)


def read_table(path: Path, text: tuple[str, ...] = ()) -> "pd.DataFrame":
    """Read a table back: empty is missing, and nothing else is; the columns ``text`` stay text whatever they hold."""
    import pandas as pd

    return pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=dict.fromkeys(text, str))
