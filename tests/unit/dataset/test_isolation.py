"""Whatever becomes of the process that reads a file, ours goes on."""

import ctypes
import faulthandler
import os
import resource
import signal

import numpy as np
import pytest

from filtershift.dataset import isolation
from filtershift.dataset.isolation import in_own_process
from filtershift.errors import FiltershiftError


@pytest.fixture
def path(tmp_path):
    (tmp_path / "d.h5").write_bytes(b"content")
    return tmp_path / "d.h5"


def crash(_):
    faulthandler.disable()  # pytest would show where
    ctypes.string_at(0)


def abort(_):
    faulthandler.disable()
    os.abort()


def endless(_):
    while True:
        pass


def test_what_is_read_comes_back(path):
    assert in_own_process(lambda path: (path.read_bytes(), os.getpid()), path)[0] == b"content"
    assert in_own_process(lambda _: os.getpid(), path) != os.getpid()


def test_errors_come_back(path):
    def refuse(path):
        raise FiltershiftError(f"{path}: is refused")

    with pytest.raises(FiltershiftError, match=r"d\.h5: is refused$"):
        in_own_process(refuse, path)
    with pytest.raises(KeyError, match="'a'") as error:
        in_own_process(lambda _: {}["a"], path)
    assert "in <lambda>" in error.value.__notes__[0]  # where it was


@pytest.mark.parametrize(
    ("read", "line"),
    [
        (crash, "HDF5 crashed while reading it (SIGSEGV): the file is damaged; get it again"),
        (abort, "HDF5 crashed while reading it (SIGABRT): the file is damaged; get it again"),
        (lambda _: os._exit(3), "HDF5 crashed while reading it (exit status 3): the file is damaged; get it again"),
        (
            lambda _: signal.raise_signal(signal.SIGKILL),
            "reading it was killed, probably because memory ran out",
        ),
        (endless, "HDF5 did not finish within its time limit: the file is probably damaged; get it again"),
        (lambda _: np.ones(2**30), "reading it needs more than 1,024 MiB of memory"),
    ],
)
def test_what_does_not_come_back_is_one_line(path, monkeypatch, read, line):
    monkeypatch.setattr(isolation, "MIN_SECONDS", 1)
    monkeypatch.setattr(isolation, "MIN_MEMORY", 1 << 30)
    with pytest.raises(FiltershiftError) as error:
        in_own_process(read, path)
    assert str(error.value) == f"{path}: {line}"


def test_lower_limits_of_the_system_stay(path):
    def limits(_):
        return [resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_CPU, resource.RLIMIT_DATA)]

    def low(path):
        for kind in (resource.RLIMIT_CPU, resource.RLIMIT_DATA):
            resource.setrlimit(kind, (1 << 29, 1 << 29))
        return in_own_process(limits, path)

    assert in_own_process(limits, path) == [30, (2 << 30) + len("content")]
    assert in_own_process(low, path) == [30, 1 << 29]
