"""Snakemake's scheduler looks for jobs to start when one has ended, not every second."""

from dataclasses import replace
from pathlib import Path

from running import Workflow


def test_rounds_of_the_scheduler(finished: Workflow, tmp_path: Path) -> None:
    workflow = replace(finished, directory=tmp_path)
    done = workflow.run(*(f"results/small/{variant}/shift/task.csv" for variant in ("scaled", "unscaled")), "--verbose")
    assert done.returncode == 0, done.stdout
    jobs, rounds = done.stdout.count("Finished jobid"), done.stdout.count("Ready jobs: ")
    assert jobs > 5
    assert rounds <= 2 * jobs
