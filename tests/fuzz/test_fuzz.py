"""The fuzzer finds what it is to find, and 180 of its inputs find nothing."""

import ctypes
import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from filtershift.errors import FiltershiftError
from fuzz.checksums import lookup3, sealed, sealed_blocks
from fuzz.hdf5_files import dataset_files
from fuzz.run import damaged_input
from fuzz.sandbox import sandboxed

TESTS = Path(__file__).parents[1]
INPUTS = 180


def fuzz(*arguments):
    path = os.pathsep.join([str(TESTS), str(TESTS / "support")])
    command = [sys.executable, "-m", "fuzz.run", *map(str, arguments)]
    return subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False)


def refuse(line):
    raise FiltershiftError(line)


def test_damaged_inputs_give_a_result_or_one_line():
    done = fuzz("--inputs", INPUTS)
    assert done.returncode == 0, done.stderr
    *_, inputs, results, errors, _, findings, _, _ = re.split(r" \| ", done.stdout.splitlines()[-1])
    assert (int(inputs), int(findings)) == (INPUTS, 0)
    assert int(results) > INPUTS / 5
    assert int(errors) > INPUTS / 5


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: None, "result", ""),
        (lambda: refuse("d.h5: wrong"), "clean error", "d.h5: wrong"),
        (lambda: refuse("d.h5: wrong\nand more"), "exception", "not one line"),
        (lambda: refuse("d.h5: \x1b[31m"), "exception", "not one line"),
        (lambda: refuse(""), "exception", "not one line"),
        (lambda: {}["key"], "exception", "KeyError: 'key'"),
        (lambda: ctypes.string_at(0), "crash", "SIGSEGV"),
        (lambda: os._exit(3), "crash", "exit status 3"),
        (signal.pause, "hang", ""),
        (lambda: np.ones(10**8).sum(), "memory", "bytes; result"),
        (lambda: np.ones(10**10), "exception", "MemoryError"),
    ],
)
def test_every_kind_of_outcome_is_told(call, kind, words):
    # What this process had at its largest counts for a child, too.
    largest = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome = sandboxed(call, seconds=2 if kind == "hang" else 60, memory=largest + (1 << 29))
    assert outcome.kind == kind, outcome.text
    assert words in outcome.text
    assert outcome.is_finding == (kind not in {"result", "clean error"})


def test_an_input_is_the_same_bytes_in_every_run(tmp_path):
    numbers = (4, 15)  # a file by pandas, and one whose attributes were written again
    fuzz("--only", *numbers, "--save", tmp_path)
    for number in numbers:
        kind, content = damaged_input(0, number)
        assert kind.name in {"hdf5 fixed_zlib", "attributes"}
        assert (tmp_path / str(number)).read_bytes() == content


def test_checksums_are_put_right():
    assert lookup3(b"Four score and seven years ago") == 0x17770551  # by the author of the checksum
    data = dataset_files()["latest_csv"]
    blocks = sealed_blocks(data)
    assert len(blocks) > 30  # with checksums by HDF5
    damaged = bytearray(data)
    for start, stop in blocks:
        damaged[stop - 1] ^= 255
        assert lookup3(bytes(damaged[start:stop])).to_bytes(4, "little") != damaged[stop : stop + 4]
    damaged = sealed(bytes(damaged), data, blocks)
    for start, stop in blocks:
        assert lookup3(damaged[start:stop]).to_bytes(4, "little") == damaged[stop : stop + 4]
