"""Options of the test suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--kills", type=int, default=1, help="moments at which each kind of run is killed (make faults: 10)"
    )
    parser.addoption("--nodes", default="node1 node2", help="names of the nodes of the Slurm that is started")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "moment" in metafunc.fixturenames:
        metafunc.parametrize("moment", range(metafunc.config.getoption("kills")))
