"""The file at dataset.path: there, unreadable, no data set, or gone after it was measured."""

import re
from pathlib import Path

import h5py
import numpy as np
import pytest
from safetensors.numpy import save_file

from configuration import extended, load
from dataset_file import check_file
from filtershift.dataset.sources.bundle_manifest import RunSettings
from filtershift.errors import FiltershiftError
from made_bundle import configuration, make_bundle
from schema import DatasetConfig

CONFIG = Path(__file__).parents[3] / "config"
SMALL = ["dataset=local", "grouping=[task]"]
LOCAL = [*SMALL, "dataset.path=/data/dataset.h5"]


def write_hdf5(path: Path, node: str, **options: int) -> None:
    with h5py.File(path, "w", **options) as file:
        file[node] = np.ones((2, 9), "f4")


def test_a_file_that_is_there(tmp_path: Path) -> None:
    write_hdf5(tmp_path / "d.h5", "filters")
    check_file(load(CONFIG, [*SMALL, f"dataset.path={tmp_path}/d.h5"]), tmp_path)
    check_file(load(CONFIG, ["dataset=synthetic", "grouping=[task]"]), tmp_path)


@pytest.fixture
def other_files(tmp_path: Path) -> Path:
    """A folder with files that are no data sets."""
    save_file({"conv.weight": np.ones((2, 2, 3, 3), "f4")}, tmp_path / "net.safetensors")
    write_hdf5(tmp_path / "keras.h5", "model_weights/conv/kernel")
    (tmp_path / "layers.csv").write_text("layer,model\n")
    (tmp_path / "empty.h5").touch()
    for file in RunSettings.of(configuration(), "test").files:
        (tmp_path / "run" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "run" / file).touch()
    make_bundle(tmp_path / "run", tmp_path / "bundle.zip")
    return tmp_path


AS_MODEL = "model files go into dataset.models, as in dataset=own,dataset.name=mine,dataset.models=["
NO_DATASETS = [
    ("net.safetensors", f"is a model file (safetensors); {AS_MODEL}"),
    ("keras.h5", f"has no /filters, as a data set has; {AS_MODEL}"),
    ("layers.csv", "is not an HDF5 file; expected one with /filters and /meta"),
    ("empty.h5", "is not an HDF5 file; expected one with /filters and /meta"),
    ("bundle.zip", "is a bundle; write dataset=bundle,dataset.name=mine,dataset.path="),
]


@pytest.mark.parametrize(("name", "said"), [*NO_DATASETS, ("run", "is a folder; expected an HDF5 file")])
def test_a_file_that_is_no_data_set(other_files: Path, name: str, said: str) -> None:
    path = other_files / name
    with pytest.raises(FiltershiftError, match=re.escape(f"config: dataset.path: {path} {said}")):
        check_file(load(CONFIG, [*SMALL, f"dataset.path={path}"]), other_files)


@pytest.mark.parametrize(("name", "said"), NO_DATASETS)
def test_models_are_added_to_a_data_set_only(other_files: Path, name: str, said: str) -> None:
    path = other_files / name
    with pytest.raises(FiltershiftError, match=re.escape(f"config: dataset.extend: {path} {said}")):
        extended(CONFIG, DatasetConfig(name="mine", models=["a.onnx"], extend=str(path)))


def test_damage_and_bytes_before_the_file_are_for_the_job_to_see(tmp_path: Path) -> None:
    write_hdf5(tmp_path / "d.h5", "filters", userblock_size=512)
    write_hdf5(tmp_path / "cut.h5", "filters")
    (tmp_path / "cut.h5").write_bytes((tmp_path / "cut.h5").read_bytes()[:-20])
    for name in ("d.h5", "cut.h5"):
        assert check_file(load(CONFIG, [*SMALL, f"dataset.path={tmp_path}/{name}"]), tmp_path)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """The memory of a process is a file whose first bytes nobody may read."""
    config = load(CONFIG, [*SMALL, "dataset.path=/proc/self/mem"])
    with pytest.raises(FiltershiftError, match=r"^config: dataset\.path: /proc/self/mem cannot be read \("):
        check_file(config, tmp_path)


@pytest.mark.parametrize(
    ("former", "part"),
    [
        (None, "config: dataset.path: there is no file /data/dataset.h5"),
        ("bins: 100\nshards: 1\n", "bins=70 needs the filters again"),
        ("bins: 70\nshards: 3\n", "shards=1 needs the filters again"),
        ("bins: 70\nshards: 1\ndataset: {path: /data/other.h5}", "there is no file /data/dataset.h5"),
    ],
)
def test_a_file_that_is_gone(tmp_path: Path, former: str | None, part: str) -> None:
    if former:
        (tmp_path / "local").mkdir()
        path = "" if "dataset" in former else "dataset: {path: /data/dataset.h5}"
        (tmp_path / "local/config.yaml").write_text(former + path)
    with pytest.raises(FiltershiftError, match=re.escape(part)):
        check_file(load(CONFIG, LOCAL), tmp_path)


def test_a_file_that_is_gone_but_was_measured(tmp_path: Path) -> None:
    (tmp_path / "local").mkdir()
    (tmp_path / "local/config.yaml").write_text("bins: 70\nshards: 1\ndataset: {path: /data/dataset.h5}")
    check_file(load(CONFIG, LOCAL), tmp_path)
