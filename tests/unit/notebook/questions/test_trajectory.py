"""Checkpoints of training in a notebook."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file

import filtershift
from filtershift import FiltershiftError


def weights(step: float, seed: int = 0) -> dict[str, np.ndarray]:
    """A net of two layers, of which the second moves with each step, and a matrix that is left out."""
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=(2, 32, 30, 3, 3)).astype(np.float32)
    return {"conv0.weight": first, "conv1.weight": second + np.float32(step), "head.weight": np.ones((3, 24))}


class Net:
    """What a network has that training calls with."""

    def state_dict(self) -> dict[str, np.ndarray]:
        return weights(1)


def first_change(found: filtershift.Trajectory) -> tuple:
    row = found.changes.iloc[0]
    return row["layer"], row["against"], row["checkpoint"], row["above"]


def test_arrays_networks_and_files(tmp_path) -> None:
    path = tmp_path / "last.safetensors"
    save_file({name: array.astype(np.float32) for name, array in weights(1).items()}, path)
    found = filtershift.trajectory({0: weights(0), 1: weights(0), 2.5: Net(), 3: filtershift.read_model(path), 4: path})
    assert first_change(found) == ("conv1", 1, 2.5, True)
    assert found.checkpoints["checkpoint"].tolist() == [0, 1, 2.5, 3, 4]
    assert found.summary.set_index("layer")["settles"].to_dict() == {"conv0": 0, "conv1": 2.5}
    assert repr(found) == "<trajectory of 5 checkpoints of 1 run>"
    assert "conv1" in found._repr_html_()
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.by = "epoch"


def test_shifts_are_those_of_shift() -> None:
    first, last = weights(0), weights(1)
    found = filtershift.trajectory({0: first, 9: last})
    matrix = filtershift.shift({"first": first, "last": last})
    whole = found.shifts.query("depth == 'all' and compared == 'last'")
    assert whole["shift"].tolist() == pytest.approx([matrix.loc["first", "last"]])


def test_runs_by_name_and_columns_of_a_data_set() -> None:
    runs = {f"seed {k}": {0: weights(0, k), 1: weights(0, k), 2: weights(1, k)} for k in range(2)}
    found = filtershift.trajectory(runs, variants=["scaled", "unscaled"])
    assert first_change(found) == ("conv1", 1, 2, True)
    assert found.changes["n_above"].iloc[0] == 2
    assert set(found.shifts["variant"]) == {"scaled", "unscaled"}

    parts = [filtershift.from_arrays(own) for run in runs.values() for own in run.values()]
    for part, (seed, epoch) in zip(parts, [(s, e) for s in "ab" for e in range(3)], strict=True):
        part.layers["seed"], part.layers["epoch"] = seed, epoch
    same = filtershift.trajectory(sum(parts), by="epoch", within="seed", variants=["scaled", "unscaled"])
    pd.testing.assert_frame_equal(same.changes, found.changes)
    assert same.by == "epoch"


@pytest.mark.parametrize("kind", ["layers", "shifts", "quality", "shapes"])
def test_plots(kind) -> None:
    figure = filtershift.trajectory({0: weights(0), 1: weights(1)}).plot(kind)
    assert figure._repr_png_().startswith(b"\x89PNG")


@pytest.mark.slow
def test_the_page_and_all_files_are_in_one_folder(tmp_path) -> None:
    found = filtershift.trajectory({0: weights(0), 1: weights(1)})
    page = found.save(tmp_path / "moved")
    assert "No change is sudden. The most sudden one above noise" in page.read_text()
    files = {path.name for path in page.parent.iterdir()}
    assert {"changes.csv", "summary.csv", "layers-scaled.png", "quality.pdf", "shifts.over_runs.csv"} <= files
    (tmp_path / "other").mkdir()
    (tmp_path / "other/mine.txt").touch()
    with pytest.raises(FiltershiftError, match="other is not empty"):
        found.save(tmp_path / "other")
    assert (tmp_path / "other/mine.txt").exists()


@pytest.mark.parametrize(
    ("checkpoints", "keys", "said"),
    [
        ({}, {}, "expects checkpoints by number"),
        ([1, 2], {}, "expects checkpoints by number"),
        ({0: weights(0)}, {}, r"no run has two checkpoints \(run run: has one checkpoint"),
        ({0: weights(0), "best": weights(1)}, {}, "a checkpoint's number must be a number, not 'best'"),
        ({"a": weights(0)}, {}, "a checkpoint's number must be a number, not 'conv0.weight'"),
        ({0: weights(0), 1: {"x": np.ones(3)}}, {}, "checkpoint 1 of run: layer 'x' has shape"),
        ({0: weights(0), 1: weights(1)}, {"by": "epoch"}, "by and within go with Filters"),
        ({0: weights(0), 1: weights(1)}, {"variants": "raw"}, "variants must be some of scaled, unscaled, not 'raw'"),
        (filtershift.from_arrays(weights(0)), {}, "name the column that numbers checkpoints"),
    ],
)
def test_mistakes_are_one_line(checkpoints, keys, said) -> None:
    with pytest.raises(FiltershiftError, match=said):
        filtershift.trajectory(checkpoints, **keys)


def test_only_known_kinds_and_variants_are_drawn() -> None:
    found = filtershift.trajectory({0: weights(0), 1: weights(1)})
    with pytest.raises(FiltershiftError, match="kind must be one of layers, shifts, quality, shapes, not 'curves'"):
        found.plot("curves")
    with pytest.raises(FiltershiftError, match="'unscaled' filters were not followed"):
        found.plot("layers", "unscaled")
