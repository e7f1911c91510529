"""One finished run on a small data set, shared by all files of tests and by all workers."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from browser import opened  # noqa: F401 - a fixture
from filtershift.dataset.filters import FilterFile
from filtershift.dataset.layers import read_layers
from filtershift.passes.all_passes import measure
from running import Workflow, at_home, copy_project
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


@pytest.fixture(scope="session", autouse=True)
def compiled(shared: Path) -> None:
    """The kernels of the passes, compiled once: copies of the project are made with what is compiled."""
    with locked(shared / "lock"):
        if not (shared / "compiled").exists():
            write_small(shared / "small.h5")
            with FilterFile(shared / "small.h5") as filters:
                list(measure(filters, read_layers(shared / "small.h5").row_ranges).counted)
            (shared / "compiled").touch()


@pytest.fixture(scope="session")
def finished(shared: Path, compiled: None) -> Workflow:
    """The finished run in a copy of the project, to look at; ``copied`` makes another of it all."""
    workflow = at_home(shared / "finished", "grouping=[all,task]", "maps=[task]")
    with locked(shared / "lock"):
        if not (workflow.results / "report.html").exists():
            copy_project(workflow.project)
            write_small(workflow.project / workflow.dataset)
            done = workflow.run("--verbose")
            assert done.returncode == 0, done.stdout
            (shared / "messages").write_text(done.stdout)
    return workflow


@pytest.fixture
def messages(finished: Workflow, shared: Path) -> str:
    """What Snakemake said in the finished run, verbose."""
    return (shared / "messages").read_text()


@pytest.fixture
def copy(finished: Workflow, tmp_path: Path) -> Workflow:
    """The finished run to go on with."""
    return finished.copied(tmp_path / "run")


@pytest.fixture(scope="module")
def alone(finished: Workflow, tmp_path_factory: pytest.TempPathFactory) -> Workflow:
    """The finished run for tests that edit the copy of the project or move the data set, and put all back."""
    return finished.copied(tmp_path_factory.mktemp("alone") / "run")
