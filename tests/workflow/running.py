"""Runs of Snakemake as a user makes them, and what they would run."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
JOB = re.compile(r"^(?:local)?rule (\w+):\n(?:    .*\n)*?(?:    wildcards: (.*)\n)?(?!    )", re.MULTILINE)


@dataclass(frozen=True)
class Workflow:
    """The workflow of a project folder, at work in another folder on a data set called "small"."""

    project: Path
    directory: Path
    dataset: Path

    @property
    def results(self) -> Path:
        return self.directory / "results/small"

    def run(self, *arguments: str, overrides: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """Run Snakemake; both streams are in the result's ``stdout``."""
        chosen = ["dataset=local", "dataset.name=small", f"dataset.path={self.dataset}", *overrides]
        return snakemake(self.project, self.directory, *arguments, "--config", f"overrides={json.dumps(chosen)}")

    def planned(self, overrides: Sequence[str] = ()) -> Counter[str]:
        """What a dry run would do: rules and their numbers of jobs."""
        done = self.run("--dry-run", overrides=overrides)
        assert done.returncode == 0, done.stdout
        jobs = re.search(r"^Job stats:\njob +count\n[- ]+\n((?:.+\n)+)", done.stdout, re.MULTILINE)
        if jobs is None:
            assert "Nothing to be done" in done.stdout, done.stdout
            return Counter()
        counts = dict(line.split() for line in jobs[1].splitlines())
        return Counter({rule: int(count) for rule, count in counts.items() if rule not in ("all", "total")})


def snakemake(project: Path, directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Snakemake on a project's Snakefile, working in ``directory``."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", project / "Snakefile", "--directory", directory]
    environment = {name: value for name, value in os.environ.items() if name != "SNAKEMAKE_PROFILE"}
    return subprocess.run(
        [*map(str, command), *(() if "--cores" in arguments else ("--cores", "2")), *arguments],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=900,
        check=False,
    )
