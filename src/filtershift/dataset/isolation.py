"""Read a file of unknown origin in a separate process.

On a file that contradicts itself HDF5 may read beyond its buffers or run for years, and only HDF5 can see the
contradiction. In a separate process this ends that process, and ours can report it.
"""

import multiprocessing
import resource
import signal
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

from filtershift.errors import FiltershiftError

MIN_MEMORY = 2 << 30  # bytes, plus the size of the file
MIN_SECONDS, BYTES_PER_SECOND = 30, 10_000_000  # processor time allowed; a slow machine needs a tenth of it

Result = TypeVar("Result")


def in_own_process(read: Callable[[Path], Result], path: Path) -> Result:
    """Call `read(path)` in a separate process; return or raise what it does.

    Raises:
        FiltershiftError: the process crashed, or exceeded its limit of time or memory.
    """
    context = multiprocessing.get_context("fork")  # takes milliseconds, because the child has all imports already
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_read_within_limits, args=(read, path, theirs))
    process.start()
    theirs.close()
    try:
        result = ours.recv()
    except EOFError:
        process.join()
        raise FiltershiftError(f"{path}: {_why(process.exitcode or 0)}") from None
    process.join()
    if isinstance(result, BaseException):
        raise result
    return result


def _read_within_limits(read: Callable[[Path], Result], path: Path, theirs: Connection) -> None:
    """Call `read(path)` with limits on time and memory, and send the result or the error to the parent."""
    size = path.stat().st_size if path.is_file() else 0
    seconds, memory = MIN_SECONDS + size // BYTES_PER_SECOND, MIN_MEMORY + size
    _limit(resource.RLIMIT_CPU, seconds)
    _limit(resource.RLIMIT_DATA, memory)
    try:
        theirs.send(read(path))
    except FiltershiftError as error:
        theirs.send(error)
    except MemoryError:
        theirs.send(FiltershiftError(f"{path}: reading it needs more than {memory >> 20:,} MiB of memory"))
    except Exception as error:
        error.add_note(traceback.format_exc())
        theirs.send(error)


def _limit(kind: int, amount: int) -> None:
    """Set a resource limit of this process; a lower limit of the system stays."""
    highest = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (amount if highest == resource.RLIM_INFINITY else min(amount, highest), highest))


def _why(exit_code: int) -> str:
    if exit_code == -signal.SIGKILL:
        return "reading it was killed, probably because memory ran out"
    if exit_code == -signal.SIGXCPU:
        return "HDF5 did not finish within its time limit: the file is probably damaged; get it again"
    name = signal.Signals(-exit_code).name if exit_code < 0 else f"exit status {exit_code}"
    return f"HDF5 crashed while reading it ({name}): the file is damaged; get it again"
