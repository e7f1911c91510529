"""A change reruns what depends on it and nothing else."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from running import Workflow

PASSES = {"moments", "extent", "histograms"}
READS = PASSES | {"weight_matrices", "pair_counts", "example_filters"}
FIGURES = {
    *("bivariate", "group_sizes", "grouping_figures", "maps", "quality_figures"),
    *("sensitivity_figure", "shift_boxes", "shift_matrix"),
}
PAPER = {"paper_cumulative", "paper_eigenfilters", "paper_same_figure", "paper_shift_matrices", "paper_skipped"}
CLAIMS = {"claims", "claims_page"}
ANALYSIS = CLAIMS | {
    *("basis", "groups", "phenotypes", "quality", "quality_summary"),
    *("shift", "uncertainty"),
}
END = {"skipped", "cost", "overview", "report"}
# What follows from the passes.
MEASURED = (ANALYSIS - {"groups"}) | (FIGURES - {"group_sizes"}) | PAPER | END | {"example_filters", "explorer"}
# What shows all groupings together.
OVERVIEWS = {
    *("configuration", "cost", "explorer", "group_sizes", "overview", "paper_same_figure", "quality_figures"),
    *("report", "sensitivity_figure", "shift_boxes"),
}


@contextmanager
def edited(path: Path, old: str, new: str) -> Iterator[None]:
    """A file with other content, put back afterwards with its times."""
    text, times = path.read_text(), path.stat()
    assert old in text
    try:
        path.write_text(text.replace(old, new, 1))
        yield
    finally:
        path.write_text(text)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@contextmanager
def moved_away(path: Path) -> Iterator[None]:
    away = path.with_suffix(".away")
    path.rename(away)
    try:
        yield
    finally:
        away.rename(path)


def own_jobs(grouping: str) -> set[str]:
    rules = ("groups", "shift", "uncertainty", "grouping_figures", "shift_matrix")
    return {f"{rule} {grouping}" for rule in rules}


def rules_of(jobs: set[str]) -> set[str]:
    return {job.split()[0] for job in jobs}


def test_a_second_run_has_nothing_to_do(alone: Workflow) -> None:
    times = {path: path.stat().st_mtime_ns for path in alone.results.rglob("*")}
    done = alone.run()
    assert done.returncode == 0, done.stdout
    assert "Nothing to be done" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in alone.results.rglob("*")} == times


def test_a_title_redraws_what_shows_it(alone: Workflow) -> None:
    with edited(alone.project / "config/grouping/task.yaml", "title: Task", "title: Purpose"):
        titled = {"maps task", "shift_matrix task", "grouping_figures task", "paper_shift_matrices", "paper_cumulative"}
        assert alone.planned() == OVERVIEWS | titled


def test_a_restriction_reruns_its_grouping(alone: Workflow) -> None:
    with edited(alone.project / "config/grouping/task.yaml", "by: Task", "by: Task\nwhere: {Name: [ResNet, U-Net]}"):
        planned = alone.planned()
    assert planned == own_jobs("task") | OVERVIEWS | CLAIMS | END | PAPER | {"maps task", "quality_summary"}


def test_a_new_file_runs_its_grouping(alone: Workflow) -> None:
    file = alone.project / "config/grouping/mine.yaml"
    file.write_text("title: Architecture\nby: Name\n")
    try:
        planned = alone.planned("grouping=[task,mine]")
    finally:
        file.unlink()
    # Figure 1 loses the row of the grouping "all".
    assert planned == own_jobs("mine") | OVERVIEWS | END | {"paper_eigenfilters", "paper_skipped", "quality_summary"}


def test_a_new_grouping_on_the_command_line_needs_no_filters(copy: Workflow) -> None:
    copy = replace(copy, overrides=(*copy.overrides, "+grouping.opset.by=op_set"))
    shown = ("figures/shift_matrix/opset.png", "figures/shift_boxes/groupings.csv")
    targets = [f"results/small/{variant}/{name}" for variant in ("scaled", "unscaled") for name in shown]
    with moved_away(copy.directory / copy.dataset):
        assert copy.planned() == own_jobs("opset") | OVERVIEWS | END | {"quality_summary"}
        done = copy.run(*targets)
        assert done.returncode == 0, done.stdout
        assert copy.planned(targets=targets) == set()
    for variant in ("scaled", "unscaled"):
        matrix = pd.read_csv(copy.results / variant / "shift/opset.csv", index_col=0, dtype={0: str})
        assert sorted(matrix.columns) == sorted(matrix.index) == ["11", "13"]
        assert (copy.results / variant / "figures/shift_matrix/opset.png").exists()
        compared = pd.read_csv(copy.results / variant / "figures/shift_boxes/groupings.csv")
        assert set(compared["grouping"]) == {"Task", "opset"}


def test_other_bins_need_the_last_pass_only(alone: Workflow) -> None:
    rules = {
        "configuration",
        "example_filters",
        "explorer",
        "histograms",
        "phenotypes",
        "pair_counts",
        "quality",
        "quality_summary",
        "shift",
        "uncertainty",
        *CLAIMS,
        *FIGURES,
        *PAPER,
        *END,
    } - {"group_sizes"}
    assert rules_of(alone.planned("bins=100")) == rules


def test_other_draws_need_what_shows_them(alone: Workflow) -> None:
    showing = {"maps", "paper_same_figure", "paper_shift_matrices", "shift_boxes", "shift_matrix"}
    rest = {"configuration", "explorer", *(END - {"skipped"})}
    assert rules_of(alone.planned("uncertainty.level=0.9")) == showing | rest | {"uncertainty"}
    # Without them figures are drawn without.
    assert rules_of(alone.planned("uncertainty.resamples=0")) == showing | rest
    clustered = alone.planned("uncertainty.cluster=Pretraining-Dataset")
    assert rules_of(clustered) == showing | rest | CLAIMS | {"uncertainty", "clusters"}


def test_other_variants_read_no_filters(alone: Workflow) -> None:
    planned = rules_of(alone.planned("variants=[scaled]"))
    assert {"shift", "uncertainty", "grouping_figures", "shift_matrix"} <= planned
    assert not planned & (READS | {"basis", "groups", "phenotypes", "quality"})


@pytest.mark.parametrize(
    ("module", "rules"),
    [
        ("figures/drawing/style.py", FIGURES | PAPER | END - {"skipped"}),
        ("passes/bases.py", MEASURED | {"extent", "histograms", "pair_counts"}),
        ("passes/kernels.py", MEASURED | PASSES | {"pair_counts", "clusters", "shapes"}),
        ("analysis/claims/judge.py", CLAIMS | END - {"skipped"}),
        (
            "dataset/layers.py",
            {"layers", "labels", "clusters", "shapes", "explorer"} | READS | ANALYSIS | FIGURES | PAPER | END,
        ),
    ],
)
def test_an_edited_module_reruns_what_imports_it(alone: Workflow, module: str, rules: set[str]) -> None:
    with edited(alone.project / "src/filtershift" / module, '"""', '"""Edited. '):
        assert rules_of(alone.planned()) == rules


def test_an_edited_comparison_reads_no_filters(alone: Workflow) -> None:
    with edited(alone.project / "src/filtershift/analysis/shifts/d_matrix.py", '"""', '"""Edited. '):
        assert not rules_of(alone.planned()) & READS


def test_a_touched_module_reruns_nothing(alone: Workflow) -> None:
    with edited(alone.project / "src/filtershift/figures/drawing/style.py", '"""', '"""'):
        assert alone.planned() == set()


def test_a_project_elsewhere_has_nothing_to_do(copy: Workflow) -> None:
    assert copy.planned() == set()
