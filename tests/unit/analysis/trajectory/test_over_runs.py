import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.trajectory.over_runs import over_runs


def test_students_t() -> None:
    table = pd.DataFrame({"run": ["a", "b", "c"], "epoch": 1, "shift": [1.0, 2.0, 6.0]})
    row = over_runs(table, ["epoch"], ["shift"], 0.95).iloc[0]
    reach = 4.302653 * np.std([1, 2, 6], ddof=1) / np.sqrt(3)
    assert (row["n_runs"], row["shift"]) == (3, 3)
    assert row["shift_high"] == pytest.approx(3 + reach)
    assert row["shift_low"] == 0  # 3 - reach is negative, and a shift is not


def test_one_run_has_no_interval_and_missing_runs_do_not_count() -> None:
    table = pd.DataFrame({"run": ["a", "a", "b"], "epoch": [1, 2, 2], "shift": [1.0, 2.0, -4.0]})
    found = over_runs(table, ["epoch"], ["shift"], 0.95).set_index("epoch")
    assert found["n_runs"].tolist() == [1, 2]
    assert found["shift"].tolist() == [1, -1]
    assert np.isnan(found.loc[1, ["shift_low", "shift_high"]].astype(float)).all()
    assert found.loc[2, "shift_low"] < -4


def test_coverage_with_three_runs() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(5, 1, (1000, 3))
    table = pd.DataFrame({"run": np.tile(range(3), 1000), "case": np.repeat(range(1000), 3), "shift": values.ravel()})
    found = over_runs(table, ["case"], ["shift"], 0.95)
    assert 0.93 <= ((found["shift_low"] <= 5) & (found["shift_high"] >= 5)).mean() <= 0.97
