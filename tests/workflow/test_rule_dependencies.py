"""Rules have as inputs the modules that their script imports, directly or not, and no others.

So an edited module runs the rules that use it: `test_reruns.py` edits some. Only `--verbose` shows them.
"""

import re
import shutil
from functools import cache
from modulefinder import ModuleFinder
from pathlib import Path

import pytest

from made_bundle import make_bundle, make_results
from running import ROOT, Workflow, in_quotes

JOB = re.compile(r"^(?:local)?rule (\w+):\n    input: (.*?)\n(.*?)(?=\n\n|\n\[)", re.MULTILINE | re.DOTALL)


@cache
def imported(script: Path, source: Path) -> set[str]:
    """A script and the modules of the package that its bytecode imports, by Python's own finder."""
    finder = ModuleFinder(path=[str(source)], excludes=["filtershift.notebook"])
    finder.run_script(str(script))
    return {str(Path(module.__file__)) for module in finder.modules.values() if module.__file__}


def code_files(project: Path, text: str) -> set[str]:
    """The modules and scripts among the inputs that a message of Snakemake names."""
    return {str(project / path) for path in text.split(", ") if path.endswith(".py")}


def assert_depends_on_imports(project: Path, rule: str, files: set[str]) -> None:
    [script] = [path for path in files if "/workflow/scripts/" in path]
    assert files == imported(Path(script), project / "src"), rule


def test_rules_of_a_run(finished: Workflow) -> None:
    done = finished.run("--dry-run", "--forceall", "--verbose")
    inputs = {rule: code_files(finished.project, files) for rule, files, _ in JOB.findall(done.stdout)}
    scripted = {rule: files for rule, files in inputs.items() if files}
    assert set(inputs) - set(scripted) == {"all", "paper_same_figure"}
    assert len(scripted) > 30
    for rule, files in scripted.items():
        assert_depends_on_imports(finished.project, rule, files)


@pytest.mark.parametrize(
    ("rules", "targets", "overrides"),
    [
        ({"clusters"}, [], ["uncertainty.cluster=Name"]),
        ({"download", "unpack"}, [], ["dataset=cnn_filter_db_v1", "dataset.path=null"]),
        ({"package", "zoo"}, [], ["dataset=zoo", "dataset.path=null"]),
        ({"synthetic"}, [], ["dataset=synthetic", "dataset.path=null"]),
        ({"own"}, [], ["dataset=own", "dataset.path=null", "dataset.name=mine", "dataset.models=[{model}]"]),
        ({"place"}, ["placement"], ["placement.models=[{model}]"]),
        ({"follow"}, ["trajectory"], ["trajectory.by=op_set"]),
        (
            {"compare_models", "layerwise_limit"},
            ["layerwise"],
            ["layerwise.models=[net-0,{model}]", "layerwise.fail_above=1"],
        ),
        ({"compare_pairs"}, ["layerwise"], ["layerwise.pairs=[Task]"]),
        ({"pack"}, ["bundle"], []),
        ({"statistics"}, [], ["dataset=bundle", "dataset.name=theirs", "dataset.path={bundle}", "bins=20"]),
        ({"compare_passes", "compare_groups"}, ["compare"], ["compare.with={other}"]),
    ],
)
def test_rules_of_other_runs(copy: Workflow, rules: set[str], targets: list[str], overrides: list[str]) -> None:
    shutil.copytree(copy.results, copy.results.with_name("other"))
    make_results(copy.directory / "six")
    bundle = make_bundle(copy.directory / "six", copy.directory / "six.zip")
    places = {
        "model": in_quotes(ROOT / "tests/data/torch/state_dict.pt"),
        "other": "results/other",
        "bundle": in_quotes(bundle),
    }
    done = copy.run("--dry-run", "--verbose", *targets, overrides=[override.format(**places) for override in overrides])
    assert done.returncode == 0, done.stdout
    inputs = {rule: code_files(copy.project, files) for rule, files, _ in JOB.findall(done.stdout)}
    for rule in rules:
        assert_depends_on_imports(copy.project, rule, inputs[rule])
