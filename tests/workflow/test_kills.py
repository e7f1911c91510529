"""A run that is killed at random moments goes on with the same command, and ends with the same bytes."""

import os
import random
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from running import ROOT, Workflow, copy_project
from small_dataset import write_small

TARGETS = (
    *("results/small/scaled/shift/task.csv", "results/small/scaled/figures/shift_matrix/task.png"),
    "results/small/scaled/figures/eigenfilters/task.pdf",
    "results/small/quality/layers.csv",
    "results/small/config.yaml",
)
UNEQUAL = {"logs", "benchmarks"}


def children(process: int) -> list[int]:
    """The processes below a process, deepest first."""
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [*children(int(child)), int(child)]
    return found


def contents(workflow: Workflow) -> dict[str, bytes]:
    """Every file of the results but logs and times, by its path."""
    files = [path for path in workflow.results.rglob("*") if path.is_file()]
    below = {str(path.relative_to(workflow.results)): path for path in files}
    return {name: path.read_bytes() for name, path in below.items() if name.split("/")[0] not in UNEQUAL}


def kill(process: subprocess.Popen[str], victim: str, chance: random.Random) -> None:
    """Kill a run, a job of it, or both, some time after a few of its jobs have ended."""
    ends = chance.randrange(1, 4)
    while ends and (line := process.stdout.readline()):
        ends -= line.startswith("Finished jobid")
    time.sleep(chance.uniform(0, 1.5))  # a job's time
    while not (jobs := children(process.pid)) and process.poll() is None:
        time.sleep(0.01)
    # Of a job the process that computes, not the shell around it.
    for number in {"job": jobs[:1], "snakemake": [process.pid], "both": [process.pid, *jobs]}[victim]:
        with suppress(ProcessLookupError):  # it ended by itself just now
            os.kill(number, signal.SIGKILL)
    process.stdout.read()


def test_the_same_command_goes_on(finished: Workflow, tmp_path: Path, moment: int) -> None:
    """A run is killed three times, and ends like one that was not."""
    chance = random.Random(moment)
    workflow = replace(finished, project=tmp_path, directory=tmp_path)
    copy_project(tmp_path)
    shutil.copy2(finished.directory / finished.dataset, tmp_path)
    killed = 0
    for victim in chance.sample(["job", "snakemake", "both"], 3):
        with workflow.start(*TARGETS) as process:
            kill(process, victim, chance)
        killed += process.returncode != 0
    assert killed > 1  # else nothing was tested; a job may have ended by itself
    again = workflow.run(*TARGETS)
    assert again.returncode == 0, again.stdout
    made, expected = contents(workflow), contents(finished)
    assert {target.removeprefix("results/small/") for target in TARGETS} <= made.keys()
    assert made == {name: content for name, content in expected.items() if name in made}


def test_what_killed_jobs_were_writing_is_removed(tmp_path: Path) -> None:
    workflow = Workflow(ROOT, tmp_path, tmp_path / "dataset.h5")
    write_small(workflow.dataset)
    part = workflow.results / "shift/.task.csv.1.part"
    part.parent.mkdir(parents=True)
    part.touch()
    assert workflow.run("results/small/config.yaml").returncode == 0
    assert not part.exists()


def test_only_one_run_at_a_time(tmp_path: Path) -> None:
    workflow, target = Workflow(ROOT, tmp_path, tmp_path / "dataset.h5"), "results/small/groups/task.csv"
    write_small(workflow.dataset)
    with workflow.start(target) as process:
        while "Select jobs to execute" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGSTOP)  # it is not to end before the second run
        try:
            second = workflow.run(target)
        finally:
            process.send_signal(signal.SIGCONT)
        assert second.returncode != 0
        assert "another run is at work on results/small in this folder" in second.stdout
        process.stdout.read()
    assert process.returncode == 0


def test_another_data_set_under_the_same_name_is_noticed(copy: Workflow) -> None:
    """Even if its layers and its time are those of the first."""
    target, dataset = "results/small/scaled/shift/task.csv", copy.directory / copy.dataset
    assert copy.planned(targets=[target]) == set()
    time = dataset.stat().st_mtime_ns
    content = dataset.read_bytes()
    start = content.index(b"\x00\x00\x80\x3f" * 9)  # the first filter, +1 everywhere
    dataset.write_bytes(content[:start] + b"\x00\x00\x00\x3f" * 9 + content[start + 36 :])
    os.utime(dataset, ns=(time, time))
    assert {"layers", "moments"} <= {job.split()[0] for job in copy.planned(targets=[target])}
