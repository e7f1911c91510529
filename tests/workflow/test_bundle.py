"""A finished run as a bundle, and what follows from that alone."""

import shutil
from dataclasses import replace
from pathlib import Path

from running import Workflow
from test_placed_models import write_model

TABLES = ("skipped.csv", "quality/layers.csv", "shapes/layers.csv", "scaled/shift/task.intervals.csv", "claims.csv")


def test_a_bundle_gives_what_the_run_gave(copy: Workflow, tmp_path: Path) -> None:
    copy = replace(copy, overrides=(*copy.overrides, "placement.groupings=[task]"))
    for _ in ("packed", "already there"):
        done = copy.run("bundle")
        assert done.returncode == 0, done.stdout
        assert done.stdout.splitlines()[-1] == "the bundle is results/small/bundle.zip"
    theirs = tmp_path / "moved.zip"
    shutil.move(copy.results / "bundle.zip", theirs)
    (copy.directory / copy.dataset).unlink()

    # All that follows from the passes, in another folder of results.
    bundled = ("dataset=bundle", "dataset.name=theirs", f"dataset.path={theirs}")
    targets = [f"results/theirs/{table}" for table in TABLES]
    done = copy.run(*targets, overrides=bundled)
    assert done.returncode == 0, done.stdout
    for table in TABLES:
        assert (copy.directory / f"results/theirs/{table}").read_bytes() == (copy.results / table).read_bytes(), table
    planned = copy.planned(*bundled)
    assert not {"layers", "moments", "extent", "histograms", "weight_matrices", "example_filters"} & planned
    done = copy.run("compare", "--dry-run", overrides=[*bundled, "compare.with=results/small"])
    assert f"compare reads filters again, and the bundle {theirs} has none" in done.stdout

    # A placement, beside the finished run and beside the bundle of it.
    model = tmp_path / "mine.safetensors"
    write_model(model, model_id=4)
    request = [f"placement.models=[{model}]", "placement.name=mine"]
    answers = []
    for more in ([], [f"placement.reference={theirs}"]):
        done = copy.run("placement", overrides=[*request, *more])
        assert done.returncode == 0, done.stdout
        folder = copy.results / "placement/mine"
        answers.append({path.name: path.read_bytes() for path in folder.iterdir()})
        shutil.rmtree(folder)
    assert answers[0] == answers[1]
    assert len(answers[0]) == 11
