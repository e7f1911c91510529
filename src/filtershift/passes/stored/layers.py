"""Per-layer results of a shard as HDF5 files, and those of all shards read back as one."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import h5py
import numpy as np

from filtershift.files import whole_hdf5

Result = TypeVar("Result")


def save(path: Path, result: Any) -> None:
    """Write every array of a result dataclass under its name."""
    with whole_hdf5(path) as file:
        for name, values in vars(result).items():
            file.create_dataset(name, data=values, track_times=False)


def load(paths: Iterable[Path], kind: type[Result]) -> Result:
    """Read the result dataclass ``kind`` of all shards, in the order of its ``layer`` numbers (axis 0)."""
    parts = []
    for path in paths:
        with h5py.File(path) as file:
            parts.append({name: file[name][()] for name in file})
    order = np.argsort(np.concatenate([part["layer"] for part in parts]))
    return kind(**{name: np.concatenate([part[name] for part in parts])[order] for name in parts[0]})
