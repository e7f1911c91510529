"""The file at dataset.path: there, unreadable, or gone after it was measured."""

import re
from pathlib import Path

import pytest

from configuration import check_file, load
from filtershift.errors import FiltershiftError

pytestmark = pytest.mark.usefixtures("files_read_once")

CONFIG = Path(__file__).parents[3] / "config"
SMALL = ["dataset=local", "grouping=[task]"]
LOCAL = [*SMALL, "dataset.path=/data/dataset.h5"]


def test_a_file_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "d.h5").touch()
    check_file(load(CONFIG, [*SMALL, f"dataset.path={tmp_path}/d.h5"]), tmp_path)
    check_file(load(CONFIG, ["dataset=synthetic", "grouping=[task]"]), tmp_path)


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
