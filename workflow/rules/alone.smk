# One run at a time on a data set: Snakemake's own lock, which a killed run leaves behind, is off.
import fcntl


onstart:
    lock = open(f".snakemake/filtershift.{CONFIG.dataset.name}.lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise WorkflowError(f"another run is at work on {HERE} in this folder; wait for its end") from None
    # Held until this process ends, killed or not.
    workflow.globals["lock"] = lock
    # What killed jobs were writing.
    for folder in (Path(HERE), Path(f"resources/{CONFIG.dataset.name}")):
        for path in folder.rglob(".*.part"):
            path.unlink(missing_ok=True)
