"""A run that is killed at a random moment goes on with the same command, and ends with the same bytes."""

import os
import random
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from running import ROOT, Workflow
from small_dataset import write_small

OVERRIDES = ("grouping=[task]", "shards=2", "variants=[scaled]")
TARGETS = (
    *("results/small/scaled/shift/task.csv", "results/small/scaled/figures/shift_matrix/task.png"),
    "results/small/scaled/figures/eigenfilters/task.pdf",
    "results/small/quality/layers.csv",
    "results/small/config.yaml",
)
UNEQUAL = {"logs", "benchmarks"}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workflow, int]:
    """A finished run, and how many lines it wrote."""
    folder = tmp_path_factory.mktemp("undisturbed")
    write_small(folder / "dataset.h5")
    workflow = Workflow(ROOT, folder, folder / "dataset.h5", OVERRIDES)
    done = workflow.run(*TARGETS)
    assert done.returncode == 0, done.stdout
    return workflow, len(done.stdout.splitlines())


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


@pytest.mark.parametrize("victim", ["job", "snakemake", "both"])
def test_the_same_command_goes_on(undisturbed: tuple[Workflow, int], tmp_path: Path, victim: str, moment: int) -> None:
    finished, lines = undisturbed
    workflow = Workflow(ROOT, tmp_path, finished.dataset, OVERRIDES)
    with workflow.start(*TARGETS) as process:
        assert process.stdout is not None
        for _ in range(random.Random(f"{victim} {moment}").randrange(lines // 4, lines - 20)):
            process.stdout.readline()
        jobs = children(process.pid)
        # Of a job the process that computes, not the shell around it.
        victims = {"job": jobs[:1], "snakemake": [process.pid], "both": [process.pid, *jobs]}[victim]
        for number in victims:
            with suppress(ProcessLookupError):  # it ended by itself just now
                os.kill(number, signal.SIGKILL)
        process.stdout.read()
    again = workflow.run(*TARGETS)
    assert again.returncode == 0, again.stdout
    assert contents(workflow) == contents(finished)


def test_what_killed_jobs_were_writing_is_removed(tmp_path: Path) -> None:
    workflow = Workflow(ROOT, tmp_path, tmp_path / "dataset.h5")
    write_small(workflow.dataset)
    part = workflow.results / "shift/.task.csv.1.part"
    part.parent.mkdir(parents=True)
    part.touch()
    assert workflow.run("results/small/config.yaml").returncode == 0
    assert not part.exists()


def test_only_one_run_at_a_time(undisturbed: tuple[Workflow, int]) -> None:
    workflow, _ = undisturbed
    with workflow.start("--forceall", TARGETS[0]) as process:
        assert process.stdout is not None
        while "Select jobs to execute" not in process.stdout.readline():
            pass
        second = workflow.run("--forceall", TARGETS[0])
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
