"""Runs of Snakemake as a user makes them, and what they would do."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from forks import Done, forked

ROOT = Path(__file__).parents[2]
PARTS = ("workflow", "config", "profiles", "src")
JOB = re.compile(r"^(?:local)?rule (\w+):$|^    wildcards: .*?\bgrouping=([\w-]+)", re.MULTILINE)


@dataclass(frozen=True)
class Workflow:
    """A project folder's workflow, at work in the same or another folder on a data set called "small"."""

    project: Path
    directory: Path
    dataset: Path
    overrides: tuple[str, ...] = ()

    @property
    def results(self) -> Path:
        return self.directory / "results/small"

    def copied(self, folder: Path) -> "Workflow":
        """A copy of a run at home, times included: there is nothing to do."""
        shutil.copytree(self.directory, folder)
        return replace(self, project=folder, directory=folder)

    def words(self, arguments: Sequence[str], overrides: Sequence[str]) -> list[str]:
        """Arguments of Snakemake; later overrides win."""
        dataset = ["dataset=local", "dataset.name=small", f"dataset.path={in_quotes(self.dataset)}"]
        return [*arguments, "--config", f"overrides={json.dumps([*dataset, *self.overrides, *overrides])}"]

    def run(self, *arguments: str, overrides: Sequence[str] = (), cores: int = 2) -> Done:
        """Run Snakemake to its end."""
        return snakemake(self.project, self.directory, *self.words(arguments, overrides), cores=cores)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start Snakemake; both streams can be read from the process's `stdout`."""
        words = command(self.project, self.directory, *self.words(arguments, ()))
        both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen(words, env=environment(), text=True, **both)

    def planned(self, *overrides: str, targets: Sequence[str] = ()) -> set[str]:
        """The jobs of a dry run."""
        done = self.run(*targets, "--dry-run", overrides=overrides)
        assert done.returncode == 0, done.stdout
        jobs = jobs_of(done.stdout)
        assert jobs or "Nothing to be done" in done.stdout, done.stdout
        return jobs


def at_home(folder: Path, *overrides: str) -> Workflow:
    """A workflow whose project, data set and results are all in a folder, which can be moved."""
    return Workflow(folder, folder, Path("dataset.h5"), overrides)


def in_quotes(text: object) -> str:
    """A text in Hydra's grammar, whatever it holds: quotes in it, and backslashes before a quote, have a backslash."""
    escaped = re.sub(r"(\\*)'", r"\1\1\'", f"{text}'")
    return f"'{escaped[:-2]}'"


def jobs_of(messages: str) -> set[str]:
    """The jobs that Snakemake's messages name, each as "rule" or "rule grouping"."""
    jobs: list[str] = []
    for rule, grouping in JOB.findall(messages):
        if rule:
            jobs.append(rule)
        else:
            jobs[-1] += f" {grouping}"
    return set(jobs) - {"all"}


def command(project: Path, directory: Path, *arguments: str, cores: int = 2) -> list[str]:
    """The words that run Snakemake on a project's Snakefile in ``directory``."""
    words = [sys.executable, "-m", "snakemake", "--snakefile", project / "Snakefile", "--directory", directory]
    return [str(word) for word in (*words, "--cores", cores, *arguments)]


def snakemake(project: Path, directory: Path, *arguments: str, cores: int = 2) -> Done:
    """Run Snakemake; both streams are in the result's ``stdout``."""
    return forked(command(project, directory, *arguments, cores=cores)[3:], environment())


def environment() -> dict[str, str]:
    """This process's environment without what would change a run."""
    return {name: value for name, value in os.environ.items() if name != "SNAKEMAKE_PROFILE"}


def captured(*words: object, cwd: Path | None = None) -> Done:
    """Run a command with both its streams captured as one."""
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    called = [str(word) for word in words]
    return subprocess.run(called, cwd=cwd, env=environment(), text=True, timeout=900, check=False, **both)


def copy_project(folder: Path) -> None:
    """Copy what a run needs, times included, so that compiled code in caches stays valid."""
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, dirs_exist_ok=True)
    for name in ("Snakefile", "environment.yml"):
        shutil.copy2(ROOT / name, folder)
