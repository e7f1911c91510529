"""A small run, its labels of any kind."""

from pathlib import Path

import pytest
from PIL import Image

from filtershift.report.run import Run
from filtershift.report.sections import Figure
from made_run import make_run


@pytest.fixture
def run() -> Run:
    return make_run({"task": "Task", "model": "<b>Model</b>"})


@pytest.fixture
def picture(tmp_path: Path) -> Figure:
    """A finished figure of one point, in a folder of the results of zoo."""
    path = tmp_path / "zoo/placement/picture.png"
    path.parent.mkdir(parents=True)
    Image.new("RGB", (1, 1)).save(path)
    return Figure(path, "The picture", "<p>the caption</p>")
