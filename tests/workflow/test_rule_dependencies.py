"""An edited module runs the rules whose script imports it, directly or not, and no others."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from modulefinder import ModuleFinder
from pathlib import Path

import pytest

from running import ROOT, Workflow, in_quotes

JOB = re.compile(r"^(?:local)?rule (\w+):\n    input: (.*?)\n(.*?)(?=\n\n|\n\[)", re.MULTILINE | re.DOTALL)
UPDATED = re.compile(r"Updated input files: ([^;\n]*)")


@cache
def imported(script: Path, source: Path) -> set[str]:
    """A script and the modules of the package that its bytecode imports, by Python's own finder."""
    finder = ModuleFinder(path=[str(source)], excludes=["filtershift.api"])
    finder.run_script(str(script))
    return {str(Path(module.__file__)) for module in finder.modules.values() if module.__file__}


@contextmanager
def all_edited(project: Path) -> Iterator[None]:
    """Every module of the package and every script of a project with one more line."""
    files = [path for folder in ("src", "workflow/scripts") for path in (project / folder).rglob("*.py")]
    texts = {path: path.read_bytes() for path in files}
    times = {path: path.stat() for path in files}
    try:
        for path, text in texts.items():
            path.write_bytes(text + b"\n# edited\n")
        yield
    finally:
        for path, text in texts.items():
            path.write_bytes(text)
            os.utime(path, ns=(times[path].st_atime_ns, times[path].st_mtime_ns))


def code_files(project: Path, text: str) -> set[str]:
    """The modules and scripts among the inputs that a message of Snakemake names."""
    return {str(project / path) for path in text.split(", ") if path.endswith(".py")}


def assert_depends_on_imports(project: Path, rule: str, files: set[str]) -> None:
    [script] = [path for path in files if "/workflow/scripts/" in path]
    assert files == imported(Path(script), project / "src"), rule


def test_each_edited_module_is_a_reason_to_run(copy: Workflow) -> None:
    with all_edited(copy.project):
        done = copy.run("--dry-run")
    reasons = {}
    for rule, _, rest in JOB.findall(done.stdout):
        updated = UPDATED.search(rest)
        if updated and (files := code_files(copy.project, updated[1])):
            reasons[rule] = files
    assert len(reasons) > 30, done.stdout
    for rule, files in reasons.items():
        assert_depends_on_imports(copy.project, rule, files)


@pytest.mark.parametrize(
    ("rules", "targets", "overrides"),
    [
        ({"clusters"}, [], ["uncertainty.cluster=Name"]),
        ({"download", "unpack"}, [], ["dataset=cnn_filter_db_v1", "dataset.path=null"]),
        ({"wheel", "zoo"}, [], ["dataset=zoo", "dataset.path=null"]),
        ({"synthetic"}, [], ["dataset=synthetic", "dataset.path=null"]),
        ({"own"}, [], ["dataset=own", "dataset.path=null", "dataset.name=mine", "dataset.models=[{model}]"]),
        ({"place", "placement_page"}, ["placement"], ["placement.models=[{model}]"]),
        ({"compare_passes", "compare_groups", "compare_page"}, ["compare"], ["compare.with={other}"]),
    ],
)
def test_rules_of_other_runs(copy: Workflow, rules: set[str], targets: list[str], overrides: list[str]) -> None:
    copy.results.with_name("other").symlink_to("small")
    places = {"model": in_quotes(ROOT / "tests/data/torch/state_dict.pt"), "other": "results/other"}
    done = copy.run("--dry-run", *targets, overrides=[override.format(**places) for override in overrides])
    assert done.returncode == 0, done.stdout
    inputs = {rule: code_files(copy.project, files) for rule, files, _ in JOB.findall(done.stdout)}
    for rule in rules:
        assert_depends_on_imports(copy.project, rule, inputs[rule])
