"""One finished run on a small data set, shared by all files of tests and by all workers."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from running import Workflow, copy_project
from small_dataset import write_small


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run of tests see."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Only one worker at a time is inside."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def finished(shared: Path) -> Workflow:
    """The finished run of a copy of the project, to look at."""
    workflow = Workflow(
        shared / "project", shared / "run", shared / "dataset.h5", ("grouping=[all,task]", "maps=[task]")
    )
    with locked(shared / "lock"):
        if not (workflow.results / "report.html").exists():
            copy_project(workflow.project)
            write_small(workflow.dataset)
            done = workflow.run()
            assert done.returncode == 0, done.stdout
    return workflow


@pytest.fixture
def alone(finished: Workflow, shared: Path) -> Iterator[Workflow]:
    """The finished run for a test that edits the copy of the project or moves the data set, and puts all back."""
    with locked(shared / "lock"):
        yield finished
