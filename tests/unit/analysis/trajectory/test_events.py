import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.trajectory.events import changes, settling, summary


def to_last(*above: bool) -> pd.DataFrame:
    """A layer of one run, whether it is above noise at checkpoints 0, 1, …."""
    table = pd.DataFrame({"variant": "scaled", "run": "a", "layer": "x", "compared": "last", "above": above})
    return table.assign(checkpoint=range(len(above)), against=len(above), shift=1.0, floor=0.5)


def settles(*above: bool) -> float:
    return settling(to_last(*above))["settles"].iloc[0]


def test_a_layer_settles_where_it_stays_within_noise() -> None:
    assert settles(True, True, False, False) == 2
    assert settles(True, False, True, False) == 3
    assert settles(False, False) == 0
    assert settles(True, False) == 1


def test_a_layer_that_moves_to_the_end_does_not_settle() -> None:
    assert np.isnan(settles(False, False, True))
    assert np.isnan(settles(True))


def steps(shift, runs=3, floor=0.1) -> pd.DataFrame:
    """Steps of layers: shift (layers, steps), the same in all runs."""
    return pd.DataFrame(
        [
            {"variant": "scaled", "run": run, "layer": f"conv{k}", "checkpoint": t + 1.0, "against": float(t)}
            | {"compared": "previous", "shift": d, "floor": floor, "above": d > floor}
            for run in range(runs)
            for k, row in enumerate(shift)
            for t, d in enumerate(row)
        ]
    )


def test_a_layer_that_changes_alone_stands_before_larger_common_steps() -> None:
    common = 4.0 * 0.5 ** np.arange(12)
    shift = np.outer([1, 1.2, 0.8, 1.1], common)
    shift[2, 7] = 0.9
    first = changes(steps(shift), 0.95).iloc[0]
    assert (first["layer"], first["against"], first["checkpoint"]) == ("conv2", 7, 8)
    assert first["times"] > 5
    assert first["shift"] < shift.max()


def test_a_small_layer_that_changes_alone_is_sudden_though_within_noise() -> None:
    shift = np.full((4, 6), 0.02)
    shift[1, 4] = 0.09
    first = changes(steps(shift), 0.95).iloc[0]
    assert (first["layer"], first["checkpoint"], first["above"], first["sudden"]) == ("conv1", 5, False, True)
    assert first["times"] == pytest.approx(4.5)


def test_what_is_sudden_in_one_run_only_is_not() -> None:
    shift = np.full((4, 6), 0.02)
    table = steps(shift)
    table.loc[(table["run"] == 0) & (table["layer"] == "conv1") & (table["checkpoint"] == 5), "shift"] = 0.09
    assert not changes(table, 0.95)["sudden"].any()


def test_layers_that_stand_still_but_one() -> None:
    shift = np.zeros((3, 5))
    shift[2, 3] = 0.01
    table = changes(steps(shift), 0.95)
    assert (table["layer"][0], table["checkpoint"][0]) == ("conv2", 4)
    assert (table["times"][1:] == 0).all()
    assert not table["sudden"].any()  # a tenth of its floor


def test_steps_within_noise_come_last_and_are_not_above() -> None:
    table = changes(steps([[0.05, 0.2], [0.05, 0.09]]), 0.95)
    assert table["above"].tolist() == [True, False, False, False]
    assert table["n_above"].tolist() == [3, 0, 0, 0]


def test_above_in_less_than_half_of_the_runs_is_noise() -> None:
    table = steps([[0.05, 0.2]])
    table.loc[(table["run"] > 0) & (table["checkpoint"] == 2), ["shift", "above"]] = [0.05, False]
    assert not changes(table, 0.95)["above"].any()


def test_summary_counts_the_runs_that_settle() -> None:
    runs = [to_last(True, False, False), to_last(True, True, False), to_last(True, True, True)]
    settled = settling(pd.concat([own.assign(run=k) for k, own in enumerate(runs)]))
    places = pd.DataFrame({"layer": ["x"], "depth": ["(0, .1]"], "n_filters": [9]})
    moved = changes(steps([[0.05, 0.2, 0.4, 0.3]]).assign(layer="x"), 0.95)
    row = summary(moved, settled, places).iloc[0]
    assert (row["n_runs"], row["n_settled"], row["settles"], row["earliest"]) == (3, 2, 2, 1)
    assert np.isnan(row["latest"])
    assert (row["step_from"], row["step_to"]) == (2, 3)
    assert row["step"] == pytest.approx(0.4)
