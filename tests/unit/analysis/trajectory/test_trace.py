from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.quality.summaries import DEPTHS
from filtershift.analysis.shapes.statistics import shapes
from filtershift.analysis.trajectory.steps import parts_of_shifts
from filtershift.analysis.trajectory.trace import Trajectory, trace
from made_checkpoints import RATIO, WIDTH, Checkpoints, histogram, layer_table, measured, seeds

THIRTEEN = {f"seed {k}": list(map(float, range(13))) for k in range(3)}


def traced(checkpoints: Checkpoints) -> Trajectory:
    return trace(layer_table(checkpoints), *measured(checkpoints), "epoch", ["seed"])


def test_a_planted_change_is_named_first_with_its_epoch() -> None:
    found = traced(seeds(THIRTEEN, change=("conv2", 7)))
    first = found.changes.iloc[0]
    assert (first["layer"], first["against"], first["checkpoint"]) == ("conv2", 6, 7)
    assert first["n_above"] == 3
    assert set(found.changes.loc[found.changes["above"], "layer"]) == {"conv2"}
    summary = found.summary[found.summary["variant"] == "scaled"].set_index("layer")
    assert summary["settles"].to_dict() == {"conv0": 0, "conv1": 0, "conv2": 7, "conv3": 0}
    assert summary["step_to"]["conv2"] == 7


def test_false_alarms_and_layers_that_are_settled_from_the_start() -> None:
    runs = {f"seed {k}": list(map(float, range(8))) for k in range(10)}
    found = traced(seeds(runs, layers=6, n=300))
    one = found.layers[(found.layers["variant"] == "scaled") & (found.layers["compared"] == "previous")]
    assert one.groupby(["run", "layer"])["above"].any().mean() <= 0.05
    assert (found.settled["settles"] == 0).mean() >= 0.95


def test_runs_of_unequal_length_with_gaps() -> None:
    checkpoints = seeds({"a": [0, 1, 2, 3], "b": [0, 2], "c": [5]}, layers=2, n=60)
    found = traced(checkpoints)
    assert found.skipped[["kind", "name"]].to_numpy().tolist() == [["run", "c"]]
    means = found.over_runs["shifts"].query("variant == 'scaled' and depth == 'all' and compared == 'previous'")
    assert means.set_index("checkpoint")["n_runs"].to_dict() == {1: 1, 2: 2, 3: 1}
    of_b = found.layers[(found.layers["run"] == "b") & (found.layers["variant"] == "scaled")]
    assert of_b[["checkpoint", "compared", "against"]].drop_duplicates().to_numpy().tolist() == [
        [0, "last", 2],
        [2, "first", 0],
        [2, "previous", 0],
    ]


def test_tables_by_direct_computation() -> None:
    checkpoints = seeds({"a": [0, 4]}, layers=3, n=90, change=("conv1", 4))
    found = traced(checkpoints)
    before, after = ({k: histogram(own) for k, own in layers.items()} for layers in checkpoints.values())

    def shift(names) -> float:
        pair = (sum(side[name] for name in names)[None] for side in (before, after))
        return float(parts_of_shifts(*pair, WIDTH, RATIO).sum())

    last = found.shifts.query("variant == 'unscaled' and compared == 'last'").set_index("depth")["shift"]
    assert last.index.tolist() == ["all", "first layer", "(.4, .5]", "(.9, 1]"]
    assert last.tolist() == pytest.approx([shift(before), *(shift([name]) for name in before)])
    layer = found.layers.query("variant == 'scaled' and compared == 'first' and layer == 'conv1'")
    assert layer["shift"].tolist() == pytest.approx([shift(["conv1"])])

    whole = found.quality[found.quality["depth"] == "all"].set_index("checkpoint")
    assert whole["sparsity"].to_dict() == pytest.approx({0: 1 / 6, 4: 4 / 6})
    assert whole["entropy_ratio"].tolist() == pytest.approx([2 / 3] * 2)
    assert whole["diverse"].tolist() == [1, 1]
    every = np.concatenate(list(checkpoints["a", 4].values()))
    apart = every - every.mean(axis=0)
    expected = shapes(np.array([len(every)]), every.mean(axis=0)[None], (apart.T @ apart)[None]).iloc[0]
    own = found.shapes.query("variant == 'scaled' and depth == 'all' and checkpoint == 4").iloc[0]
    names = ["high_frequency", "symmetry", "roughness"]
    assert own[names].tolist() == pytest.approx(expected[names].tolist())


def test_depths_are_in_order_and_all_tables_have_a_name() -> None:
    found = traced(seeds({"a": [0, 1]}, layers=5, n=30))
    known = ["all", *DEPTHS]
    places = [known.index(depth) for depth in found.quality["depth"]]
    assert places == sorted(places)
    assert all(isinstance(table, pd.DataFrame) for table in found.tables.values())
    assert {"changes", "summary", "shifts.over_runs"} <= set(found.tables)


def test_a_diverged_checkpoint_is_listed_and_the_others_are_followed() -> None:
    checkpoints = seeds({"a": [0, 1, 2]}, layers=2, n=60)
    histograms, moments, quality = measured(checkpoints)
    diverged = replace(moments, n=np.where(moments.layer >= 4, 0, moments.n))
    found = trace(layer_table(checkpoints), histograms, diverged, quality, "epoch", ["seed"])
    assert found.skipped[["name", "reason"]].to_numpy().tolist() == [
        [f"a@2, conv{k}", "no filter is finite"] for k in range(2)
    ]
    assert found.checkpoints["checkpoint"].tolist() == [0, 1]
    assert len(found.summary) == 4
