"""Another finished run beside this one."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import reference
from filtershift.analysis.uncertainty.noise import above_noise
from filtershift.dataset.writer import write_dataset
from filtershift.files import read_table
from running import Workflow, in_quotes, snakemake
from small_dataset import TASKS, small_filters

NEEDED = ("config.yaml", "statistics/basis.h5", "groups/all.csv", "groups/task.csv")


BOTH = "compare.runs=[results/small,results/twin]"


def test_a_copy_is_at_no_distance(copy: Workflow) -> None:
    shutil.copytree(copy.results, copy.results.parent / "twin")
    done = copy.run("compare", overrides=["compare.with=results/twin"])
    assert done.returncode == 0, done.stdout
    # Two finished runs need no more than their folders, and have nothing left to do.
    planned = snakemake(copy.project, copy.directory, "compare", "--dry-run", "--config", f"overrides=[{BOTH}]")
    assert "Nothing to be done" in planned.stdout
    found = copy.results / "compare/twin"
    shifts = read_table(found / "shifts.csv", text=("group",))
    assert len(shifts) == 2 * len(set(TASKS))  # one more for all filters, one less for "unknown"
    assert (shifts["shift"] == 0).all()
    assert shifts["same_models"].all()
    assert not above_noise(shifts["flag"]).any()
    assert (read_table(found / "bases.csv")["angle"] == 0).all()
    assert read_table(found / "skipped.csv")["name"].tolist() == ["task: unknown"]
    assert (found / "shifts.png").stat().st_size > 5_000


def pruned(path: Path) -> dict[str, np.ndarray]:
    """The small data set with 30 % of its weights zero and one task renamed; its finite filters by task."""
    layers, meta = small_filters()
    least = np.nanquantile(np.abs(np.concatenate(layers)), 0.3)
    layers = [np.where(np.abs(filters) < least, np.float32(0), filters) for filters in layers]
    meta["Task"] = meta["Task"].replace("Object Detection", "Face Detection")
    write_dataset(path, layers, meta)
    return by_task(layers, meta["Task"])


def explored(page: Path) -> dict:
    """What the explorer on a page shows."""
    text = page.read_text()
    start = text.index('id="content"')
    return json.loads(text[text.index(">", start) + 1 : text.index("</script>", start)])


def by_task(layers: list[np.ndarray], tasks: pd.Series) -> dict[str, np.ndarray]:
    """The finite filters of each group."""
    names = tasks.fillna("unknown").replace("Semantic Segmentation", "Segmentation")
    return {
        name: np.concatenate([reference.finite(layers[k]) for k in names.index[names == name]]) for name in set(names)
    }


def test_before_and_after_pruning(copy: Workflow, tmp_path: Path) -> None:
    path = tmp_path / "it's [pruned].h5"
    there = pruned(path)
    targets = [f"results/pruned/{name}" for name in NEEDED]
    own = ["dataset.name=pruned", f"dataset.path={in_quotes(path)}", "shards=2"]
    done = copy.run(*targets, overrides=own)
    assert done.returncode == 0, done.stdout
    beside = f"compare.with={copy.directory}/results/pruned"
    done = copy.run("compare", overrides=[beside])
    assert done.returncode == 0, done.stdout

    layers, meta = small_filters()
    here = by_task(layers, meta["Task"])
    shifts = read_table(copy.results / "compare/pruned/shifts.csv", text=("group",)).set_index(["variant", "group"])
    for variant, of in (("scaled", reference.scaled), ("unscaled", lambda rows: rows)):
        sides = {
            f"{side} {task}": of(rows)
            for side, tasks in (("here", here), ("there", there))
            for task, rows in tasks.items()
        }
        labels, expected = reference.shift_matrix(sides)
        for task in here.keys() & there.keys() - {"unknown"}:
            shift = expected[labels.index(f"here {task}"), labels.index(f"there {task}")]
            assert shifts.loc[(variant, task), "shift"] == pytest.approx(shift, rel=1e-6)
    skipped = read_table(copy.results / "compare/pruned/skipped.csv")
    assert skipped["name"].tolist() == ["task: Object Detection", "task: Face Detection", "task: unknown"]
    assert skipped["reason"].tolist()[:2] == ["only in results/small", f"only in {copy.directory}/results/pruned"]
    assert "small beside pruned" in (copy.results / "compare/pruned/compare.html").read_text()
    shown = explored(copy.results / "compare/pruned/explorer.html")
    columns = {column["name"]: column["labels"] for column in shown["columns"]}
    assert columns["data set"] == ["small", "pruned"]
    assert len(columns["model"]) == 2 * meta["model"].nunique()
    assert set(shown["marked"]) == {f"{model} (small)" for model in meta["model"]}
    groups = {grouping["name"]: grouping["labels"] for grouping in shown["groupings"]}["task"]
    assert {f"Classification, {name}" for name in ("small", "pruned")} < set(groups)
    assert "Object Detection, pruned" not in groups
    assert copy.planned(beside, targets=["compare"]) == set()

    # A comparison that fails leaves the last one whole.
    found = copy.results / "compare/pruned"
    before = {file.name: file.read_bytes() for file in found.iterdir() if file.name != ".complete"}
    (copy.results / "groups/task.csv").write_text("no table\n")
    assert copy.run("compare", "--allowed-rules", "compare_groups", overrides=[beside]).returncode != 0
    assert {file.name: file.read_bytes() for file in found.iterdir()} == before


def test_no_other_run_is_one_line(finished: Workflow) -> None:
    done = finished.run("compare", "--dry-run")
    assert done.returncode != 0
    assert "config: compare.runs names no runs; write overrides=[compare.runs=[results/a,results/b]]" in done.stdout
    assert "Traceback" not in done.stdout


def test_no_group_of_the_same_name(copy: Workflow) -> None:
    other = copy.results.parent / "other"
    shutil.copytree(copy.results, other)
    for name in ("task.csv", "task.sizes.csv"):
        text = (other / "groups" / name).read_text()
        for task in ("Classification", "Segmentation", "GAN-Generator", "Object Detection"):
            text = text.replace(task, f"my {task}")
        (other / "groups" / name).write_text(text)
    done = copy.run("compare", overrides=["compare.with=results/other", "grouping=[task]"])
    assert done.returncode != 0
    assert "error: no group of task has the same name in results/small and results/other" in done.stdout
