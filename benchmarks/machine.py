"""The machine on which a benchmark was measured."""

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("filtershift", "numpy", "numba", "h5py", "scikit-learn", "KDEpy")


def machine() -> str:
    """Processor, memory, system and versions in one line."""
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = re.search(r"MemTotal:\s+(\d+) kB", Path("/proc/meminfo").read_text(encoding="utf-8"))
    return ", ".join(
        [
            f"{processor[1] if processor else platform.machine()}, {os.cpu_count()} cores",
            f"{int(memory[1]) / 2**20:.1f} GiB of memory" if memory else "memory unknown",
            f"{platform.system()} {platform.release().split('-')[0]}",
            f"Python {platform.python_version()}",
            *(f"{package} {version(package)}" for package in PACKAGES),
        ]
    )
