"""Measure time and memory: every step runs in a new process, which is watched from outside."""

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
# Seconds until the host of a virtual machine has taken back freed pages, so that all cold steps must get new ones.
SETTLED = 5


@dataclass(frozen=True)
class Measured:
    """The cost of a step: medians over repetitions, but the largest peak.

    Attributes:
        cache: "cold" or "warm"; "not cold" or "not warm" if the system did not drop or keep the file; empty for a step
            that reads no data set.
        resident: share of the data set in the page cache when the step began; NaN without a data set.
        wall: wall time in seconds.
        cpu: processor time of all threads in seconds, including system time.
        peak: largest anonymous resident memory in bytes; it excludes pages of mapped files.
    """

    cache: str
    resident: float
    wall: float
    cpu: float
    peak: int


def measure(
    step: str, settings: dict[str, Any], repeats: int, dataset: Path | None = None, cache: str = ""
) -> Measured:
    """Measure a step of `steps.py`; its data set is first put out of ("cold") or into ("warm") the page cache."""
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
    """Drop the data set from the page cache or load it; return the share of it that is in the cache then."""
    if cache == "cold":
        evict(dataset)
        time.sleep(SETTLED)
    elif resident(dataset) < 1:
        read_through(dataset)
    return resident(dataset)


def watch(step: str, settings: dict[str, Any]) -> tuple[str, int]:
    """Run a step in a new process; return what it prints, and its largest RssAnon, sampled every few milliseconds.

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
    """Anonymous resident memory of a process in bytes; 0 if it has ended."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    return 1024 * int(found[1]) if found else 0


def read_through(path: Path) -> None:
    """Read a file once from start to end, as `cat` does."""
    buffer = bytearray(BUFFER)
    with path.open("rb", buffering=0) as stream:
        while stream.readinto(buffer):
            pass


def evict(path: Path) -> None:
    """Drop a file from the page cache; unlike `drop_caches` this needs no rights and affects no other file."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def resident(path: Path) -> float:
    """The share of a file that is in the page cache, from `mincore`."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        start = np.frombuffer(mapped, np.uint8)
        pages = np.zeros(-(-len(mapped) // mmap.PAGESIZE), np.uint8)
        address, size = ctypes.c_void_p(start.ctypes.data), ctypes.c_size_t(len(mapped))
        wrong = ctypes.CDLL(None, use_errno=True).mincore(address, size, pages.ctypes.data_as(ctypes.c_void_p))
        del start  # the map cannot be closed while an array uses it
        if wrong:
            raise OSError(ctypes.get_errno(), "mincore")
        return float((pages & 1).mean())
