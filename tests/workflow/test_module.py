"""Another Snakefile uses the workflow as a module: that of docs/module.md, and others."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import reference
from running import ROOT, Done, Workflow, snakemake
from small_dataset import small_filters

[DOCUMENTED] = re.findall(r"```snakemake\n(.*?)```", (ROOT / "docs/module.md").read_text(), re.DOTALL)
GATHER = f"""
import sys
from pathlib import Path

sys.path.insert(0, {str(Path(__file__).parent)!r})
from small_dataset import write_small

write_small(Path(sys.argv[1]))
"""
MODULE = """
module {name}:
    snakefile:
        "{project}/Snakefile"
    {more}config:
        {{"overrides": ["dataset=synthetic", "dataset.name={name}", "dataset.filters={filters}", "dataset.models=6",
            "dataset.layers=40", "grouping=[all,task]", "shards={shards}"]}}


use rule * from {name} as {name}_*
"""


def written(name: str, filters: int = 20_000, shards: int = 1, more: str = "") -> str:
    return MODULE.format(name=name, project=ROOT, filters=filters, shards=shards, more=more)


class Outer:
    """Another project, whose Snakefile takes the workflow in."""

    def __init__(self, folder: Path, snakefile: str) -> None:
        self.folder = folder
        (folder / "Snakefile").write_text(snakefile)
        (folder / "gather.py").write_text(GATHER)

    def run(self, *arguments: str) -> Done:
        return snakemake(self.folder, self.folder, *arguments)


def rules(done: Done) -> list[str]:
    """The rules that a run names."""
    assert done.returncode == 0, done.stdout
    return re.findall(r"^(?:local)?rule (\w+):$", done.stdout, re.MULTILINE)


def test_the_documented_module(tmp_path: Path) -> None:
    """A file made by a rule of the other workflow is measured, and another of its rules goes on with the shifts."""
    outer = Outer(tmp_path, DOCUMENTED.replace("/path/to/filtershift", str(ROOT)))
    ran = rules(outer.run())
    assert {"gather", "filtershift_moments", "filtershift_shift", "nearest", "all"} <= set(ran)
    said = re.search(r"only what that needs: (\d+) jobs", (ROOT / "docs/module.md").read_text())
    assert said
    assert len([rule for rule in ran if rule.startswith("filtershift_")]) == int(said[1])
    layers, meta = small_filters()
    of = meta["Task"].fillna("unknown").replace("Semantic Segmentation", "Segmentation")
    members = {task: [reference.finite(layers[k]) for k in rows.index] for task, rows in meta.groupby(of)}
    scaled = {task: reference.scaled(np.concatenate(filters)) for task, filters in members.items()}
    labels, shift = reference.shift_matrix(scaled)
    expected = pd.DataFrame(shift, labels, labels)["Classification"].drop("Classification").sort_values()
    nearest = pd.read_csv(tmp_path / "nearest.csv", index_col=0)["Classification"]
    assert nearest.index.tolist() == expected.index.tolist()
    assert nearest.tolist() == pytest.approx(expected.tolist())
    assert {path.name for path in (tmp_path / "results").iterdir()} == {"mine"}
    assert "Nothing to be done" in outer.run("--dry-run").stdout


def test_two_modules_and_one_rule_changed(tmp_path: Path) -> None:
    changed = "\nuse rule layers from one as one_layers with:\n    message:\n        'changed'\n"
    outer = Outer(tmp_path, written("one", shards=3) + written("two", filters=30_000) + changed)
    targets = [f"results/{name}/groups/task.sizes.csv" for name in ("one", "two")]
    done = outer.run(*targets)
    assert {"one_synthetic", "two_synthetic", "one_groups", "two_groups"} <= set(rules(done))
    assert "changed" in done.stdout
    assert [pd.read_csv(tmp_path / target)["n_filters"].sum() for target in targets] == [20_000, 30_000]
    planned = rules(outer.run("one_all", "two_all", "--dry-run"))
    assert (planned.count("one_moments"), planned.count("two_moments")) == (3, 1)
    assert {"one_report", "two_report"} <= set(planned)


def test_report_of_a_module(finished: Workflow, tmp_path: Path) -> None:
    """It is that of the module's data set, and so is its text."""
    overrides = (
        replace(finished, dataset=finished.directory / finished.dataset).words([], [])[-1].removeprefix("overrides=")
    )
    outer = Outer(
        tmp_path,
        f"module small:\n    snakefile: '{finished.project}/Snakefile'\n    config: {{'overrides': {overrides}}}\n"
        "use rule * from small as small_*\n",
    )
    shutil.copytree(finished.results, tmp_path / "results/small")
    (tmp_path / "results/small/report.html").unlink()
    assert outer.run("small_all", "--touch").returncode == 0
    ran = rules(outer.run("results/small/report.html"))
    assert ran == ["small_report"]
    page = (tmp_path / "results/small/report.html").read_text()
    assert "convolution filters of the data set <strong>small</strong>" in page


def test_no_prefix(tmp_path: Path) -> None:
    """Not half of the files elsewhere."""
    done = Outer(tmp_path, written("one", more='prefix: "elsewhere"\n    ')).run("--dry-run")
    assert done.returncode != 0
    assert "filtershift takes no prefix" in done.stdout
