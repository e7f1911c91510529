"""A call in a process of its own, so that whatever becomes of it can be told: a crash, a hang and hunger too."""

import faulthandler
import os
import re
import resource
import signal
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from filtershift.errors import FiltershiftError

LONGEST_LINE = 4000
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # what moves the cursor, and what is no text


@dataclass(frozen=True)
class Outcome:
    """What became of a call.

    Attributes:
        kind: "result", "clean error" (one line of ours), or a finding: "exception", "crash", "hang", "memory".
        text: the line of the error, or the traceback at the end.
        seconds: of wall time.
        memory: the most bytes that were resident, Python and its libraries included.
    """

    kind: str
    text: str
    seconds: float
    memory: int

    @property
    def is_finding(self) -> bool:
        return self.kind not in {"result", "clean error"}


def sandboxed(call: Callable[[], object], seconds: float, memory: int) -> Outcome:
    """Call in a forked process that ends after `seconds` and gets four times `memory` bytes of addresses.

    More resident bytes than `memory` are a finding, whatever else the call comes to.
    """
    start = time.monotonic()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _limit(seconds, memory)
        _tell(call, writer)
    os.close(writer)
    _, status, usage = os.wait4(child, 0)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what it may have left behind
    with os.fdopen(reader, errors="replace") as stream:
        told = stream.read()
    resident = usage.ru_maxrss * 1024
    kind, _, text = told.rpartition("\0")[2].partition("\n")
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
        kind = "hang"
    elif os.WIFSIGNALED(status):
        kind, text = "crash", f"{signal.Signals(os.WTERMSIG(status)).name}\n{told}"
    elif status:
        kind, text = "crash", f"exit status {os.WEXITSTATUS(status)}\n{told}"
    elif resident > memory:
        kind, text = "memory", f"{resident:,} bytes; {kind}: {text}"
    return Outcome(kind, text, time.monotonic() - start, resident)


def _limit(seconds: float, memory: int) -> None:
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (4 * memory, 4 * memory))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process even inside a library
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _tell(call: Callable[[], object], writer: int) -> None:
    """Write what becomes of the call, and end this process."""
    os.dup2(writer, 1)
    os.dup2(writer, 2)
    faulthandler.enable(2)
    try:
        call()
        told = "result\n"
    except FiltershiftError as error:
        line = str(error)
        clean = len(line.splitlines()) == 1 and len(line) <= LONGEST_LINE and not _UNREADABLE.search(line)
        told = f"clean error\n{line}" if clean else f"exception\nnot one line to read: {line[:LONGEST_LINE]!r}"
    except BaseException:
        told = f"exception\n{traceback.format_exc()}"
    os.write(2, b"\0" + told.encode("utf-8", "backslashreplace"))
    os._exit(0)
