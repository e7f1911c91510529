"""A disk that fails in the middle of a write: one error that names the file, and nothing half written."""

import dataclasses
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from filtershift.dataset.writer import write_dataset
from filtershift.errors import FiltershiftError
from filtershift.figures.drawing.blank import blank
from filtershift.figures.drawing.saving import save as save_figure
from filtershift.files import instead_of, whole_file, whole_folder, write_table
from filtershift.passes.extent import Counted, LayerExtent
from filtershift.passes.histograms import Grid
from filtershift.passes.stored.groups import save_group_arrays
from filtershift.passes.stored.histograms import save_histograms
from filtershift.passes.stored.layers import save

MOST = 2000  # bytes of a file, once the disk is "full"
NUMBERS = np.random.default_rng(0).normal(size=30_000)


def histograms(folder: Path) -> None:
    grid = Grid(np.array([-1.0, 1.0]), 70, np.array([-1.0, 1.0]))
    counts = np.random.default_rng(0).integers(0, 9, (2, 9, 560 + 1024), np.int32)
    save_histograms(
        (folder / "file", folder / "other"), (grid, grid), (Counted(layer, counts, []) for layer in range(100))
    )


def dataset(folder: Path) -> None:
    meta = {"model_id": [0], "conv_depth": [0], "conv_depth_norm": [0.0], "filter_ids": ["0:29999"]}
    write_dataset(folder / "file", [np.zeros((30_000, 9), np.float32)], pd.DataFrame(meta))


WRITERS: dict[str, Callable[[Path], None]] = {
    "table": lambda folder: write_table(folder / "file", pd.DataFrame({"x": NUMBERS})),
    "statistics": lambda folder: save(
        folder / "file", LayerExtent(**{field.name: NUMBERS for field in dataclasses.fields(LayerExtent)})
    ),
    "groups": lambda folder: save_group_arrays(folder / "file", {str(k): {"values": NUMBERS + k} for k in range(20)}),
    "histograms": histograms,
    "dataset": dataset,
    "pdf": lambda folder: save_figure(blank(), folder / "file.pdf"),
    "png": lambda folder: save_figure(blank("no reason " * 20), folder / "file.png"),
}


@contextmanager
def full() -> Iterator[None]:
    """No file can grow beyond `MOST` bytes: the system refuses the write that would.

    Not a fixture: pytest itself writes, perhaps to a file, before a fixture is left.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("kind", WRITERS)
def test_there_is_room(tmp_path: Path, kind: str) -> None:
    WRITERS[kind](tmp_path)
    assert max(path.stat().st_size for path in tmp_path.iterdir()) > MOST


@pytest.mark.parametrize("kind", WRITERS)
def test_there_is_none(tmp_path: Path, kind: str) -> None:
    with pytest.raises((OSError, FiltershiftError), match="File too large") as caught, full():
        WRITERS[kind](tmp_path)
    assert str(tmp_path / "file") in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_what_was_there_stays_until_the_new_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def fail() -> None:
        with whole_file(path) as beside:
            beside.write_text("half")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert path.read_text() == "old"
    with whole_file(path) as beside:
        beside.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        write_table(tmp_path / "file/below/table.csv", pd.DataFrame())


def test_what_is_there_instead_of_a_missing_file(tmp_path):
    assert instead_of(tmp_path / "a.pt") == "; the folder has no files"
    for name in ("net_sd.pt", "other.onnx", ".hidden"):
        (tmp_path / name).touch()
    assert instead_of(tmp_path / "net_ds.pt") == f"; did you mean {tmp_path}/net_sd.pt?"
    assert instead_of(tmp_path / "other.safetensors") == f"; did you mean {tmp_path}/other.onnx?"
    assert instead_of(tmp_path / "zzzzz") == "; the folder has net_sd.pt, other.onnx"
    assert instead_of(tmp_path / "gone/a.pt") == f"; there is no folder {tmp_path}/gone"


def test_a_folder_is_replaced_when_the_new_one_is_complete(tmp_path: Path) -> None:
    place = tmp_path / "made/answer"
    for content in ("old", "new"):
        with whole_folder(place) as folder:
            (folder / content).touch()
            assert [path.name for path in place.glob("*")] == ["old"] * (content == "new")
    assert [path.name for path in place.iterdir()] == ["new"]
    assert list(place.parent.iterdir()) == [place]


def test_a_folder_that_fails_leaves_the_former_one(tmp_path: Path) -> None:
    place = tmp_path / "answer"
    place.mkdir()
    (place / "old").touch()
    with pytest.raises(FileNotFoundError), whole_folder(place) as folder:
        (folder / "new").rename(folder / "newer")
    assert [path.name for path in tmp_path.rglob("*")] == ["answer", "old"]
