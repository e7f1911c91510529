"""The whole workflow on a real Slurm, disturbed in every way, against an undisturbed run on this machine."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from running import ROOT, captured, environment

pytestmark = pytest.mark.slurm

OVERRIDES = [
    *("dataset=synthetic", "dataset.filters=20000", "dataset.models=40", "dataset.layers=120"),
    *("grouping=[task]", "maps=[task]", "shards=3"),
]
ON_SLURM = ["--profile", ROOT / "profiles/slurm", "--slurm-init-seconds-before-status-checks", "3"]
# At first less than the Snakemake on a node needs by itself.
TOO_LITTLE = ["--set-resources", "histograms:mem_mb=100 * 8 ** (attempt - 1)"]
# What times and memory are in.
UNEQUAL = {"logs", "benchmarks", "cost.csv", "overview.html", "report.html"}


class Run:
    """Snakemake at work in a folder, and its messages as far as they were read."""

    def __init__(self, folder: Path, *arguments: object) -> None:
        words = [sys.executable, "-m", "snakemake", "--directory", folder, *arguments]
        self.messages = ""
        self.process = subprocess.Popen(
            [*map(str, words), "--config", f"overrides={json.dumps(OVERRIDES)}"],
            cwd=ROOT,
            env=environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def wait_for(self, message: str) -> str:
        """Read until a line matches; its only group."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.messages += line
            if found := re.search(message, line):
                return found[1]
        raise AssertionError(self.last)

    @property
    def last(self) -> str:
        return self.messages[-5000:]

    def wait_for_job(self, rule: str) -> str:
        """Read until a job of a rule is submitted, and wait until it runs; its number."""
        job = self.wait_for(rf"has been submitted with SLURM jobid (\d+) .*/rule_{rule}/")
        captured("scontrol", "wait_job", job)
        return job

    def finish(self) -> None:
        self.messages += self.process.communicate()[0]
        assert self.process.returncode == 0, self.last


def contents(folder: Path) -> dict[str, bytes]:
    """Every result and the data set, by its path."""
    files = [path for part in ("results", "resources") for path in (folder / part).rglob("*") if path.is_file()]
    below = {path.relative_to(folder): path for path in files}
    return {
        str(name): path.read_bytes()
        for name, path in below.items()
        if not UNEQUAL & set(name.parts) and name.suffix not in {".log", ".tsv"}
    }


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("local")
    Run(folder, "--cores", 2).finish()
    return folder


def test_a_disturbed_run_has_the_results_of_a_local_one(slurm: None, local: Path, tmp_path: Path) -> None:
    killed = Run(tmp_path, *ON_SLURM)
    name = killed.wait_for(r"^SLURM run ID: (\S+)$")
    killed.wait_for_job("moments")
    killed.process.kill()
    killed.process.communicate()
    captured("scancel", "--name", name)

    run = Run(tmp_path, *ON_SLURM, *TOO_LITTLE)
    cancelled = run.wait_for_job("extent")
    captured("scancel", cancelled)
    over = run.wait_for(r"has been submitted with SLURM jobid (\d+) .*/rule_histograms/")
    run.finish()
    for job in (cancelled, over):
        assert f"SLURM-job '{job}' failed" in run.messages
    assert contents(tmp_path) == contents(local)
    assert (tmp_path / "results/synthetic/report.html").exists()
