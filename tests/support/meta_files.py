"""Builders of files with a `/meta`, whole and damaged."""

import shutil
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

from filtershift.dataset.meta import read_meta
from filtershift.dataset.pickles.arrays import IntList
from filtershift.errors import FiltershiftError

DATA = Path(__file__).parents[1] / "data"
INDEX = ["model_id", "conv_depth", "conv_depth_norm"]
FRAME = pd.DataFrame(
    {
        "model_id": [0, 0, 1, 1],
        "conv_depth": [0, 1, 0, 0],
        "conv_depth_norm": [0.0, 1.0, 0.0, 0.0],
        "model": ["a", "a", "ü, b", "ü, b"],
        "Task": ["x", None, "nan", "Ω\n$x_1$"],
        "URL": [np.nan] * 4,
        "flag": [True, False, True, True],
        "Conv": np.array([1, 2, 3, 4], dtype="i1"),
        "filters": [0.5, 2, np.nan, 3],
        "when": pd.to_datetime(["2020-01-01", "2021-02-03"] * 2),
        "filter_ids": ["0:1", "2:3", "4:4", "5:9"],
    }
)


def write(path, frame, **options):
    frame.to_hdf(path, key="meta", mode="w", **options)
    return path


def assert_cells_equal(found, expected):
    """Equal columns and cells; how numbers, dates and missing values are stored may differ."""
    assert list(found.columns) == list(expected.columns)
    for name in expected:
        for pair in zip(found[name], expected[name], strict=True):
            a, b = (list(cell.integers()) if isinstance(cell, IntList) else cell for cell in pair)
            assert a == b or (pd.isna(a) and pd.isna(b)), (name, a, b)


def copy_with(path, name, change):
    """A copy of a fixture in which `change` was called with its open file."""
    shutil.copy(DATA / f"{name}.h5", path)
    with h5py.File(path, "r+") as file:
        change(file)
    return path


def set_pickle(file, node, data):
    file[node][0] = np.frombuffer(data, np.uint8)


def set_attribute(file, node, name, data):
    file[node].attrs[name] = np.bytes_(data)


def refused(path, *words):
    with pytest.raises(FiltershiftError) as error:
        read_meta(path)
    message = str(error.value)
    assert message.startswith(f"{path}: ")
    assert message.isprintable()
    assert len(message) < 700
    for word in words:
        assert word in message
