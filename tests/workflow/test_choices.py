"""Shifts of other choices than the papers', through the workflow."""

from dataclasses import replace

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


def test_other_choices_have_intervals_of_their_own(copy: Workflow) -> None:
    chosen = ("choices.divergence=js", "choices.weighting=model", "uncertainty.resamples=100", "variants=[scaled]")
    assert {"shift task", "uncertainty task"} <= copy.planned("choices.divergence=js")
    copy = replace(copy, overrides=(*copy.overrides, *chosen))
    folder = copy.results / "scaled/shift"
    done = copy.run(str((folder / "task.intervals.csv").relative_to(copy.directory)))
    assert done.returncode == 0, done.stdout
    intervals = pd.read_csv(folder / "task.intervals.csv")
    known = intervals["low"].notna()
    assert known.any()
    assert (intervals["low"] <= intervals["high"])[known].all()
    # No more than the largest Jensen-Shannon divergence, as no symmetric Kullback-Leibler divergence need be.
    assert (intervals[["shift", "null", "floor"]].max() < np.log(2)).all()
    matrix = pd.read_csv(folder / "task.csv", index_col=0)
    np.testing.assert_allclose(intervals["shift"], [matrix.loc[a, b] for a, b in intervals[["a", "b"]].to_numpy()])
