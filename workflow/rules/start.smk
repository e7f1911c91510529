# What a run does before its first job. It makes sure that there is room, and that no other run is at work on the data
# set: Snakemake's own lock, which a killed run leaves behind, is off.
# What Snakemake starts on the nodes of a cluster to do the jobs is part of the run, and skips this.
import fcntl
import logging
import os
import shutil

ROOM = 10_000_000  # bytes; the results of a small data set take more

# Snakemake's own log on a full disk is no reason for a stack trace each line.
logging.raiseExceptions = False


def check_writable(folder):
    """One line where Snakemake would end in a stack trace: nothing can be written to the folder."""
    parents = (folder.absolute(), *folder.absolute().parents)
    there = next(path for path in parents if path.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        raise WorkflowError(f"{there}: nothing can be written there; another folder (--directory) would be right")
    if (free := shutil.disk_usage(there).free) < ROOM:
        raise WorkflowError(f"{there}: {free / 1e6:.1f} MB of disk are free; more than {ROOM / 1e6:.0f} would be right")


def is_running(process):
    """Whether there is a process of this number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


check_writable(Path(".snakemake"))


onstart:
    check_writable(Path(HERE))
    lock = open(f".snakemake/filtershift.{CONFIG.dataset.name}.lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise WorkflowError(f"another run is at work on {HERE} in this folder; wait for its end") from None
    except OSError:
        pass  # a shared file system without locks, as Lustre can be mounted: the only run must not stop for that
    # Held until this process ends, killed or not.
    workflow.globals["lock"] = lock
    # For a limit of starts that only a cluster needs, Snakemake would look at all files of all ready jobs once a second,
    # and once more for every job that has ended.
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None
    # What killed jobs were writing.
    for folder in (Path(HERE), Path(f"resources/{CONFIG.dataset.name}")):
        for path in folder.rglob(".*.part"):
            path.unlink(missing_ok=True)
    # Wheels are shared with runs on other data sets, which may be downloading some.
    for path in Path("resources/wheels").glob(".download-*-*"):
        if not is_running(int(path.name.split("-")[1])):
            shutil.rmtree(path, ignore_errors=True)
