"""Shifts of other choices than the papers', through the workflow."""

import numpy as np
import pandas as pd
from running import Workflow


def test_the_table_of_sensitivity_is_of_the_configured_shifts(finished: Workflow) -> None:
    for variant in ("scaled", "unscaled"):
        shift = finished.results / variant / "shift"
        parts, table = pd.read_csv(shift / "task.components.csv"), pd.read_csv(shift / "task.sensitivity.csv")
        assert table["choice"].iloc[0] == "configured"
        assert (table["n_pairs"] == len(parts)).all()
        shares = parts.filter(like="component_").div(parts["shift"], axis=0).mean()
        np.testing.assert_allclose(table.filter(like="share_").iloc[0], shares, rtol=1e-9)


def test_other_choices_go_without_intervals(finished: Workflow) -> None:
    done = finished.run("--dry-run", overrides=("choices.divergence=js",))
    assert done.returncode != 0
    assert "choices.divergence=js goes with uncertainty.resamples=0" in done.stdout
