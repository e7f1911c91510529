"""Files of unknown origin read in a process of its own.

HDF5 reads beyond its buffers, or goes on for years, where a file contradicts itself in ways that only HDF5 can see.
Then that process ends, and ours can say so.
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

MIN_MEMORY = 2 << 30  # and as much as the file is large
MIN_SECONDS, BYTES_A_SECOND = 30, 10_000_000  # of processor time; a tenth is enough on a slow machine

Result = TypeVar("Result")


def in_own_process(read: Callable[[Path], Result], path: Path) -> Result:
    """What `read(path)` returns or raises.

    Raises:
        FiltershiftError: it crashed, came to no end or took too much memory.
    """
    context = multiprocessing.get_context("fork")  # takes milliseconds: all that is imported stays so
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_tell, args=(read, path, theirs))
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


def _tell(read: Callable[[Path], Result], path: Path, theirs: Connection) -> None:
    """Read within limits and send what comes of it."""
    size = path.stat().st_size if path.is_file() else 0
    seconds, memory = MIN_SECONDS + size // BYTES_A_SECOND, MIN_MEMORY + size
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
    """Set a limit of this process, unless the system has a lower one."""
    highest = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (amount if highest == resource.RLIM_INFINITY else min(amount, highest), highest))


def _why(exit_code: int) -> str:
    if exit_code == -signal.SIGKILL:
        return "reading it was killed, probably because memory ran out"
    if exit_code == -signal.SIGXCPU:
        return "HDF5 did not finish within its time limit: the file is probably damaged; get it again"
    name = signal.Signals(-exit_code).name if exit_code < 0 else f"exit status {exit_code}"
    return f"HDF5 crashed while reading it ({name}): the file is damaged; get it again"
