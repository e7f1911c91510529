"""A small run, its labels of any kind."""

import pytest

from filtershift.report.run import Run
from made_run import make_run


@pytest.fixture
def run() -> Run:
    return make_run({"task": "Task", "model": "<b>Model</b>"})
