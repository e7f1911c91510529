"""Starts of Snakemake in forks of one process that has imported it: imports are most of the time of a dry run."""

import atexit
import gc
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

Done = subprocess.CompletedProcess[str]

MINUTES = 15
# Only libraries: every project folder has modules of its own.
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(
    [
        *("snakemake.cli", "snakemake.workflow", "snakemake.report", "snakemake.executors.dryrun"),
        *("snakemake.executors.local", "hydra", "omegaconf", "smart_open", "httpx", "yte"),
    ]
)


def forked(arguments: Sequence[str], variables: Mapping[str, str], folder: Path | None = None) -> Done:
    """What `snakemake` does with arguments in a folder; both its streams are in the result's ``stdout``."""
    words = ["snakemake", *arguments]
    with tempfile.NamedTemporaryFile("r+") as said:
        given = (words, dict(variables), folder or Path.cwd(), said.name)
        process = SERVER.Process(target=_snakemake, args=given)
        process.start()
        process.join(60 * MINUTES)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(words, 60 * MINUTES, said.read())
        return Done(words, process.exitcode, said.read())


def _snakemake(words: list[str], variables: dict[str, str], folder: Path, said: str) -> None:
    """Be a Snakemake whose streams go to a file."""
    from snakemake.cli import main

    gc.disable()  # it looks at all that is imported, over and over, in a process that ends soon
    stream = os.open(said, os.O_WRONLY | os.O_APPEND)
    for number in (1, 2):
        os.dup2(stream, number)
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(folder)
    sys.argv = words
    try:
        main()
    finally:
        atexit._run_exitfuncs()  # forks end without them
