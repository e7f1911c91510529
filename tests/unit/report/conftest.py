"""A small run, its labels of any kind."""

import pytest
from runs import make_run

from filtershift.report.run import Run


@pytest.fixture
def run() -> Run:
    return make_run({"task": "Task", "model": "<b>Model</b>"})
