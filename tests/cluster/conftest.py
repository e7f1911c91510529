"""A Slurm to run on: the one that is here, or else one of virtual nodes, started for the tests and ended after them."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from running import captured

SLURM = Path(__file__).parent / "slurm.sh"
CANNOT = 77


def answers() -> bool:
    """Whether the commands of a Slurm are here, and its controller answers."""
    if not shutil.which("sinfo"):
        return False
    return subprocess.run(["timeout", "10", "sinfo"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[None]:
    if answers():
        yield
        return
    folder = tmp_path_factory.mktemp("slurm")
    try:
        started = captured(SLURM, "start", folder, *request.config.getoption("nodes").split())
        if started.returncode == CANNOT:
            pytest.skip(started.stdout.splitlines()[-1])
        assert started.returncode == 0, started.stdout
        yield
    finally:
        stopped = captured(SLURM, "stop", folder)
    assert stopped.returncode == 0, stopped.stdout
