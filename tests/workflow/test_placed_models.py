"""One's own models beside a finished data set."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file

from filtershift.analysis.uncertainty.noise import above_noise
from filtershift.files import read_table
from running import Workflow, in_quotes
from small_dataset import small_filters


def write_model(path: Path, model_id: int) -> int:
    """One of the data set's models as a file of tensors; how many layers it has."""
    filters, meta = small_filters()
    layers = meta.index[meta["model_id"] == model_id]
    save_file({f"conv{k}.weight": filters[layer].reshape(-1, 1, 3, 3) for k, layer in enumerate(layers)}, path)
    return len(layers)


def test_a_model_of_the_data_set_is_nearest_to_itself(copy: Workflow, tmp_path: Path) -> None:
    copy = replace(copy, overrides=("grouping=[all,task,model]", "maps=[task]"))
    path = tmp_path / "it's mine.safetensors"
    layers = write_model(path, model_id=4)
    models = [f"placement.models=[{in_quotes(path)}]", "placement.name=mine"]
    done = copy.run("placement", overrides=models)
    assert done.returncode == 0, done.stdout
    shifts = read_table(copy.results / "placement/mine/shifts.csv", text=("model", "group"))
    nearest = shifts[(shifts["grouping"] == "model") & (shifts["rank"] == 1)]
    assert nearest["group"].tolist() == ["net-4"] * 2
    assert nearest["shift"].tolist() == pytest.approx([0, 0], abs=1e-12)
    assert set(shifts["grouping"]) == {"task", "model"}
    assert not above_noise(shifts["flag"][nearest.index]).any()

    own = read_table(copy.results / "placement/mine/layers.csv")
    there = read_table(copy.results / "quality/layers.csv")
    there = there[there["model"] == "net-4"]
    assert len(own) == layers
    same = ["n_filters", "sparsity", "variance_entropy", "mean_range", "state"]
    pd.testing.assert_frame_equal(own[same], there[same].reset_index(drop=True), check_exact=False)
    assert not own["outside"].any()
    page = (copy.results / "placement/mine/placement.html").read_text()
    assert "it&#39;s mine" in page
    for name in ("nearest", "layers"):
        assert (copy.results / f"placement/mine/{name}.png").stat().st_size > 5_000
    assert '<a href="explorer.html">' in page
    text = (copy.results / "placement/mine/explorer.html").read_text().partition('id="content">')[2]
    among = json.loads(text.partition("</script>")[0])
    assert among["marked"] == ["it's mine (yours)"]
    names = next(column["labels"] for column in among["columns"] if column["name"] == "model")
    assert names == [*(f"net-{k}" for k in range(6)), "it's mine (yours)"]
    assert among["count"] == len(small_filters()[0]) + layers
    assert copy.planned(*models, targets=["placement"]) == set()

    # Other models have a folder of their own; a request that fails leaves the last answer whole, and is tried again.
    before = contents(copy.results / "placement/mine")
    save_file({"conv.weight": np.ones((4, 4, 1, 1), np.float32)}, path)
    for request in (models, models[:1]):
        failed = copy.run("placement", overrides=request)
        assert failed.returncode != 0
        assert "it's mine: no readable 3×3 convolution" in failed.stdout
        assert contents(copy.results / "placement/mine") == before
    assert copy.planned(*models, targets=["placement"]) == {"place", "placement"}


def contents(folder: Path) -> dict[str, bytes]:
    """The files of an answer that people see."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name != ".complete"}


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ([], "placement.models names no model; write"),
        (["placement.models=[Snakefile]", "placement.groupings=[op_set]"], "none of placement.groupings is configured"),
    ],
)
def test_mistakes_are_one_line(finished: Workflow, tmp_path: Path, overrides: list[str], said: str) -> None:
    model = tmp_path / "my.safetensors"
    write_model(model, model_id=0)
    words = [word.replace("Snakefile", str(model)) for word in overrides]
    done = finished.run("placement", "--dry-run", overrides=words)
    assert done.returncode != 0
    last = done.stdout.splitlines()[-1]
    assert last.startswith("error: config: ")
    assert said in last
