"""The data set that the tests of the door open."""

from pathlib import Path

import pytest

import filtershift
from six_layers import write_six_layers


@pytest.fixture(scope="session")
def dataset_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "dataset.h5"
    write_six_layers(path)
    return path


@pytest.fixture(scope="session")
def opened(dataset_path: Path) -> filtershift.Filters:
    return filtershift.open_dataset(dataset_path)


@pytest.fixture
def dataset(opened: filtershift.Filters) -> filtershift.Filters:
    """The data set, with tables of its own to add columns to."""
    return filtershift.Filters(opened.source, opened.layers.copy(), opened.row_ranges.copy(), opened.skipped.copy())
