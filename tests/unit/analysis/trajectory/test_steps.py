import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.shifts.d_matrix import component_shifts, probabilities
from filtershift.analysis.trajectory.chance import chance_shifts
from filtershift.analysis.trajectory.steps import step_shifts
from made_checkpoints import RATIO, WIDTH, histogram


def counted(*checkpoints: float) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    counts = np.stack([histogram(rng.normal(0.2 * k, 1, (300, 9))) for k in range(len(checkpoints))])
    return pd.DataFrame({"run": "a", "unit": 0, "checkpoint": checkpoints}), counts


def test_shifts_are_those_of_the_matrix() -> None:
    rows, counts = counted(1, 3, 10, 11)
    table = step_shifts(rows, counts, WIDTH, RATIO, 0.95)
    parts = component_shifts(probabilities(counts, WIDTH)) * RATIO[:, None, None]
    place = {checkpoint: k for k, checkpoint in enumerate(rows["checkpoint"])}
    for row in table.to_dict("records"):
        expected = parts[:, place[row["checkpoint"]], place[row["against"]]]
        assert [row[f"component_{i}"] for i in range(9)] == pytest.approx(expected.tolist(), rel=1e-9)
        assert row["shift"] == pytest.approx(expected.sum(), rel=1e-9)
        assert row["above"] == (row["shift"] > row["floor"])
    against = {kind: own.set_index("checkpoint")["against"].to_dict() for kind, own in table.groupby("compared")}
    assert against["first"] == {3: 1, 10: 1, 11: 1}
    assert against["previous"] == {3: 1, 10: 3, 11: 10}
    assert against["last"] == {1: 11, 3: 11, 10: 11}


def test_the_floor_is_stricter_the_more_checkpoints_there_are() -> None:
    rows, counts = counted(0, 1, 2, 3, 4)
    floor = step_shifts(rows, counts, WIDTH, RATIO, 0.95).query("compared == 'previous'")["floor"].to_numpy()
    expected = chance_shifts(counts[1:], counts[:-1], WIDTH, RATIO, np.full(4, 1 - 0.05 / 4))
    assert floor == pytest.approx(expected, rel=1e-9)


def test_runs_and_units_stay_apart() -> None:
    rows, counts = counted(1, 2)
    rows = pd.concat([rows, rows.assign(unit=1), rows.assign(run="b")])
    table = step_shifts(rows, np.concatenate([counts, counts[::-1], counts]), WIDTH, RATIO, 0.95)
    compared = table.groupby(["run", "unit"])["compared"].agg(list)
    assert compared.tolist() == [["last", "first", "previous"]] * 3
