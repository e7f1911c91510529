# What a run does before its first job. Skipped in the Snakemake processes that run single jobs on cluster nodes.
#
#   steps  check that the disk can be written and has room
#          take the lock of the data set (Snakemake's own lock is off: a killed run would leave it behind)
#          in local runs, turn off Snakemake's limit of starts per second
#          remove what killed jobs were writing
#
# And what it says of targets that nothing makes, and at its end: why jobs failed, or which page to open.
import fcntl
import logging
import os
import shutil

import screen
from snakemake.logging import logger
from snakemake.settings.enums import Quietness
from targets import REFUSED, unknown_target

MIN_FREE = 10_000_000  # bytes; the results of a small data set take more

# On a full disk Snakemake's own log would print a stack trace for each line.
logging.raiseExceptions = False
SILENT = Quietness.ALL in (workflow.output_settings.quiet or ())
if SILENT:
    screen.show_errors(logger.handlers)
elif not workflow.output_settings.verbose:
    for handler in logger.handlers:
        handler.addFilter(screen.Brief(ROOT / "src"))


def refused(said):
    """Why nothing makes a target, in the place of Snakemake's message."""
    names = {"dataset": CONFIG.dataset.name, "variant": CONFIG.variants, "grouping": list(CONFIG.grouping)}
    return unknown_target(workflow.dag_settings.targets, list(workflow.rules), RESULTS, names) or said


def last_lines():
    """What was left out, and what to look at."""
    outputs = [str(path) for job in workflow.dag.jobs for path in job.output]
    made = [name for name in CONFIG.grouping if f"{RESULTS}/groups/{name}.sizes.csv" in outputs]
    lines = screen.notices(Path(f"{RESULTS}/groups"), Path(f"{RESULTS}/skipped"), made)
    if (table := f"{RESULTS}/skipped.csv") in outputs:
        # Of the zoo, models that are left out are copies of others.
        lines += screen.left_out(Path(table), ("model", "filters") if MODELS else ("filters",))
        if UNLABELLED:
            lines.append(f"without labels to compare, left out: {', '.join(UNLABELLED)}; see {table}")
    for page in [path for path in outputs if Path(path).name == "placement.html"]:
        lines += screen.left_out(Path(page).with_name("skipped.csv"), ("model", "filters"))
    return [*lines, *screen.to_look_at(outputs, RESULTS)]


if MAIN:
    logger.addFilter(screen.Rephrased(REFUSED, refused))
    logger.addFilter(screen.Rephrased("MissingInputException", screen.mistake_in))
    logger.addFilter(screen.Rephrased("Nothing to be done", lambda said: "\n".join([said, *last_lines()])))


def check_writable(folder):
    """End the run with one line if the folder cannot be written; Snakemake itself would end in a stack trace."""
    parents = (folder.absolute(), *folder.absolute().parents)
    there = next(path for path in parents if path.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        sys.exit(f"error: {there}: nothing can be written there; choose another folder with --directory")
    if (free := shutil.disk_usage(there).free) < MIN_FREE:
        sys.exit(f"error: {there}: {free / 1e6:.1f} MB of disk are free; expected more than {MIN_FREE / 1e6:.0f}")


for folder in (".snakemake", RESULTS):
    check_writable(Path(folder))


onstart:
    lock = open(f".snakemake/filtershift.{CONFIG.dataset.name}.lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"error: another run is at work on {RESULTS} in this folder; wait for its end")
    except OSError:
        pass  # a shared file system without locks, such as Lustre: the only run must not stop for that
    # Held until this process ends, even if it is killed.
    workflow.globals["lock"] = lock
    # To keep a limit that only clusters need, Snakemake looks at all files of all ready jobs one second after each
    # look, and every ended job starts one more such chain.
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None
    # Remove what killed jobs were writing.
    for folder in (Path(RESULTS), Path(f"resources/{CONFIG.dataset.name}")):
        for path in [*folder.rglob(".*.part")]:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


onerror:
    screen.print_last(screen.failures(workflow.scheduler.failed))


onsuccess:
    if not SILENT:
        screen.print_last(last_lines())
