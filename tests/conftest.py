"""Options of the test suite."""

import gc

import pytest
from hypothesis import settings

# As jobs do (filtershift/command.py): figures are millions of small objects, and there is more to look at here.
gc.set_threshold(100_000)

# Machines of tests are busy: no test has a deadline.
settings.register_profile("busy", max_examples=20, deadline=None)
settings.load_profile("busy")


def pytest_collection_finish() -> None:
    """What is imported by now stays: it is neither looked at again nor copied by tests that fork."""
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--kills", type=int, default=1, help="moments at which each kind of run is killed (make faults: 10)"
    )
    parser.addoption("--nodes", default="node1 node2", help="names of the nodes of the Slurm that is started")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "moment" in metafunc.fixturenames:
        metafunc.parametrize("moment", range(metafunc.config.getoption("kills")))
