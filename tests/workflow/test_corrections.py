"""Corrected labels are seen by every table and grouping, and the filters are not read again for them."""

from dataclasses import replace

import pandas as pd

from running import Workflow

READ_FILTERS = {"moments", "extent", "histograms", "weight_matrices", "pair_counts"}
CORRECTIONS = "+dataset.corrections={net-1:{Task:Object Detection,Visual Category:medical mri},nobody:{Task:any}}"


def test_labels_are_corrected(copy: Workflow) -> None:
    written = replace(copy, overrides=(*copy.overrides, CORRECTIONS))
    assert written.planned() == {"configuration", "cost", "overview", "report"}
    used = replace(written, overrides=(*written.overrides, "dataset.corrected=true"))
    rules = {job.split()[0] for job in used.planned()}
    assert {"labels", "groups", "shift", "quality", "claims", "report"} <= rules
    assert not rules & {"layers", "basis", "phenotypes", "bivariate", *READ_FILTERS}

    (copy.directory / copy.dataset).unlink()
    before = pd.read_csv(copy.results / "models.csv")
    done = used.run("results/small/skipped.csv", "results/small/groups/task.sizes.csv")
    assert done.returncode == 0, done.stdout
    models = pd.read_csv(copy.results / "models.csv")
    assert list(models) == list(before)
    assert (models != before).where(models.notna() | before.notna(), False).sum().sum() == 2
    assert models.loc[1, ["Task", "Visual Category"]].tolist() == ["Object Detection", "medical mri"]
    assert set(pd.read_csv(copy.results / "layers.csv").query("model == 'net-1'")["Task"]) == {"Object Detection"}
    sizes = pd.read_csv(copy.results / "groups/task.sizes.csv").set_index("group")
    assert sizes.loc["Object Detection", "n_models"] == 2
    assert "Segmentation" not in sizes.index
    unused = pd.read_csv(copy.results / "skipped.csv").query("kind == 'correction'")
    assert unused[["name", "reason"]].to_numpy().tolist() == [["nobody: Task", "the data set has no such model"]]
