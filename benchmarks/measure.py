"""How time and memory are measured: every step in a new process that is watched from outside."""

import ctypes
import json
import math
import mmap
import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

STEPS = Path(__file__).with_name("steps.py")
INTERVAL = 0.005
BUFFER = 4 << 20
# Seconds after which the host of a virtual machine has taken back freed pages, so that every cold step gets them anew.
SETTLED = 5


@dataclass(frozen=True)
class Measured:
    """A step's cost: medians of its repetitions, but the largest peak.

    Attributes:
        cache: "cold", "warm", or "not cold" and "not warm" where the system did not drop or keep the file;
            empty for a step that reads none.
        resident: share of the data set in the page cache when the step began; NaN for none.
        wall: seconds.
        cpu: seconds of all threads, in the program and in the system for it.
        peak: most anonymous resident memory, bytes: pages of mapped files are not in it.
    """

    cache: str
    resident: float
    wall: float
    cpu: float
    peak: int


def measure(
    step: str, settings: dict[str, Any], repeats: int, dataset: Path | None = None, cache: str = ""
) -> Measured:
    """Run a step of `steps.py`, if it reads a data set with that out of ("cold") or in ("warm") the page cache."""
    shares, times, peaks = [], [], []
    for _ in range(repeats):
        shares.append(prepare_cache(dataset, cache) if dataset else math.nan)
        printed, peak = watch(step, settings)
        times.append(json.loads(printed))
        peaks.append(peak)
    wrong = max(shares) > 0.01 if cache == "cold" else min(shares) < 0.99
    wall, cpu = (statistics.median(one[name] for one in times) for name in ("wall", "cpu"))
    measured = Measured(f"not {cache}" if wrong else cache, statistics.median(shares), wall, cpu, max(peaks))
    print(f"  {step} {settings}: {measured}", file=sys.stderr)
    return measured


def prepare_cache(dataset: Path, cache: str) -> float:
    """Empty or fill the page cache as far as the data set goes: the share of it that is there then."""
    if cache == "cold":
        evict(dataset)
        time.sleep(SETTLED)
    elif resident(dataset) < 1:
        read_through(dataset)
    return resident(dataset)


def watch(step: str, settings: dict[str, Any]) -> tuple[str, int]:
    """Run a step in a new process: what it prints, and its largest RssAnon, looked at every few milliseconds.

    Raises:
        subprocess.CalledProcessError: the step failed.
    """
    command = [sys.executable, str(STEPS), step, json.dumps(settings)]
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        while child.poll() is None:
            peak = max(peak, anonymous(child.pid))
            time.sleep(INTERVAL)
        printed = child.stdout.read() if child.stdout else ""
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    return printed, peak


def anonymous(process: int) -> int:
    """Anonymous resident memory of a process, bytes; 0 once it has ended."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    return 1024 * int(found[1]) if found else 0


def read_through(path: Path) -> None:
    """Read a file once from begin to end, as `cat` does."""
    buffer = bytearray(BUFFER)
    with path.open("rb", buffering=0) as stream:
        while stream.readinto(buffer):
            pass


def evict(path: Path) -> None:
    """Drop a file from the page cache; unlike `drop_caches` it takes no rights and touches no other file."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def resident(path: Path) -> float:
    """The share of a file that is in the page cache, as `mincore` says."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        start = np.frombuffer(mapped, np.uint8)
        pages = np.zeros(-(-len(mapped) // mmap.PAGESIZE), np.uint8)
        address, size = ctypes.c_void_p(start.ctypes.data), ctypes.c_size_t(len(mapped))
        wrong = ctypes.CDLL(None, use_errno=True).mincore(address, size, pages.ctypes.data_as(ctypes.c_void_p))
        del start  # the map cannot be closed while an array looks at it
        if wrong:
            raise OSError(ctypes.get_errno(), "mincore")
        return float((pages & 1).mean())
