"""Reading and writing files; a file or folder that is written appears whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import h5py
    import pandas as pd


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path to write to, next to ``path``: renamed to ``path`` when the block ends, removed if it fails.

    The temporary name contains the process id, so a file left over from a killed run does no harm; the next run of the
    workflow removes it. A disk error names ``path``.
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
def whole_folder(path: Path) -> Iterator[Path]:
    """A new, empty folder next to ``path``: it takes the place of ``path`` when the block ends.

    If anything fails, the new folder is removed and ``path`` stays as it was. The names of folders left over from a
    killed run are like those of `whole_file`.
    """
    beside, former = (path.with_name(f".{path.name}.{os.getpid()}.{kind}part") for kind in ("", "former."))
    try:
        beside.mkdir(parents=True)
        yield beside
        if path.exists():
            path.rename(former)
        beside.rename(path)
        shutil.rmtree(former, ignore_errors=True)
    finally:
        if former.exists() and not path.exists():
            former.rename(path)
        shutil.rmtree(beside, ignore_errors=True)


@contextmanager
def whole_hdf5(path: Path, **options: Any) -> Iterator["h5py.File"]:
    """A new HDF5 file, filled in memory and written when the block ends.

    HDF5 itself may crash when the disk is full; a plain write gives a clear error. ``options`` go to `h5py.File`.
    """
    import h5py

    with h5py.File(path.name, "w", driver="core", backing_store=False, **options) as file:
        yield file
        file.flush()
        image = file.id.get_file_image()
    with whole_file(path) as beside:
        beside.write_bytes(image)


def write_table(path: Path, table: "pd.DataFrame", *, index: bool = False) -> None:
    """Write a table as CSV: missing values are empty cells, and numbers read back exactly."""
    with whole_file(path) as beside:
        table.to_csv(beside, index=index)


def read_table(path: Path, text: tuple[str, ...] = ()) -> "pd.DataFrame":
    """Read a table back: only empty cells are missing values. The columns ``text`` stay text whatever they hold."""
    import pandas as pd

    return pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=dict.fromkeys(text, str))


def instead_of(path: Path) -> str:
    """The end of a message that a file is missing: the nearest name that is there, or what is there instead."""
    from difflib import get_close_matches

    folder = path.parent
    if not folder.is_dir():
        return f"; there is no folder {folder}"
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    same_stem = [name for name in names if name.partition(".")[0] == path.name.partition(".")[0]]
    if near := get_close_matches(path.name, names, n=1, cutoff=0.6) or same_stem:
        return f"; did you mean {folder / near[0]}?"
    shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    return f"; the folder has {shown or 'no files'}"
