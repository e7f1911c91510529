"""Two models layer by layer, of files and of a data set, and pairs of the models of a data set."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors.numpy import save_file

from filtershift.files import read_table
from running import Workflow, in_quotes
from small_dataset import small_filters


def test_a_model_of_the_data_set_and_its_changed_copy(copy: Workflow, tmp_path: Path) -> None:
    filters, meta = small_filters()
    own = [filters[layer] for layer in meta.index[meta["model_id"] == 4]]
    weights = [layer.reshape(-1, 4 if len(layer) % 4 == 0 else 1, 3, 3) for layer in own]
    changed = max(range(len(weights)), key=lambda k: len(weights[k]))
    noise = np.random.default_rng(0).normal(0, 0.3 * weights[changed].std(), weights[changed].shape)
    weights[changed] = (weights[changed] + noise).astype(np.float32)
    path = tmp_path / "it's mine.safetensors"
    save_file({f"conv{k}.weight": array for k, array in enumerate(weights)}, path)

    request = [f"layerwise.models=[net-4,{in_quotes(path)}]", "layerwise.name=mine", "layerwise.fail_above=0"]
    failed = copy.run("layerwise", overrides=request)
    assert failed.returncode != 0
    count = len(weights)
    assert f"error: layerwise.fail_above: 1 of {count} layers moved by more than D = 0 (scaled" in failed.stdout
    place = copy.results / "layerwise/mine"
    told = json.loads((place / "layerwise.json").read_text())
    assert (told["layers"], told["unchanged"], told["unmatched"]) == (count, count - 1, 0)
    layers = read_table(place / "layers.csv")
    assert set(layers["flag"]) == {"same", *(row["flag"] for row in told["moved"])}
    assert (layers.loc[layers["flag"] == "same", "shift"] == 0).all()
    assert "it&#39;s mine" in (place / "layerwise.html").read_text()

    done = copy.run("layerwise", overrides=[*request, "layerwise.fail_above=100"])
    assert done.returncode == 0, done.stdout
    again = read_table(place / "layers.csv")
    pd.testing.assert_frame_equal(layers, again, check_exact=True)
    assert copy.planned(*request[:2], targets=["layerwise"]) == set()
    # Two files need nothing of a data set.
    other = tmp_path / "other.safetensors"
    save_file({"conv.weight": weights[0]}, other)
    files = f"layerwise.models=[{in_quotes(path)},{in_quotes(other)}]"
    assert copy.planned("dataset.name=new", files, targets=["layerwise"]) == {"compare_models", "layerwise"}


def test_pairs_of_models(copy: Workflow) -> None:
    done = copy.run("layerwise", overrides=["layerwise.pairs={differ: Task, same: []}", "layerwise.name=tasks"])
    assert done.returncode == 0, done.stdout
    place = copy.results / "layerwise/pairs/tasks"
    depths, pairs = read_table(place / "depths.csv"), read_table(place / "pairs.csv")
    whole = depths[depths["depth"] == "all"]
    assert whole["n_pairs"].sum() == (pairs["depth"] == "all").sum() > 0
    assert (place / "scaled.png").stat().st_size > 5_000
    assert pairs["contrast"].iloc[0] in (place / "pairs.html").read_text()
