"""Tables put together of several files of a run."""

import numpy as np
import pandas as pd
import pytest

from filtershift.report.tables import components_for, depth_ranges, own_bases, shift_pairs, shift_summary, trusted

FILTERS = pd.Series({"x": 10, "y": 200, "z": 3000}).rename_axis("group")


def pairs(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["a", "b", "shift"])


@pytest.mark.parametrize(
    ("ratio", "needed"), [([1, 0, 0], 1), ([0.9, 0.1, 0], 1), ([0.5, 0.3, 0.2], 3), ([0.5, 0.45, 0.05], 2)]
)
def test_components_for(ratio: list[float], needed: int) -> None:
    assert components_for(np.array(ratio)) == needed


def test_own_bases() -> None:
    """In the order of the groups; a group without a PCA of its own is missing."""
    rows = [("z", [0.95, 0.05, 0, 0, 0, 0, 0, 0, 0]), ("x", [np.nan] * 9), ("y", [0.4, 0.3, 0.1, 0.2, 0, 0, 0, 0, 0])]
    curve = pd.DataFrame(
        [(group, i, ratio) for group, ratios in rows for i, ratio in enumerate(ratios)],
        columns=["group", "component", "explained_variance_ratio"],
    )
    table = own_bases({"scaled": curve}, FILTERS)
    assert table["group"].tolist() == ["x", "y", "z"]
    assert table["filters"].tolist() == [10, 200, 3000]
    np.testing.assert_allclose(table.iloc[:, 2:], [[np.nan] * 3, [0.4, 0.8, 4], [0.95, 1, 1]])


def test_shift_summary_leaves_out_unknown_shifts_and_small_groups() -> None:
    of_groupings = {
        "task": pairs(("x", "y", 9.0), ("x", "z", np.nan), ("y", "z", 4.0), ("y", "w", 5.0)),
        "none": pairs(("x", "y", np.nan)),
        "one": pairs(),
    }
    titles = {"task": "Task", "none": "None", "one": "One"}
    few = {"task": ["x"], "none": [], "one": []}
    table = shift_summary({"scaled": of_groupings}, titles, few)
    assert table.to_numpy().tolist() == [["Task", "scaled", 2, 4.5, 5.0, "y", "w"]]
    flagged = {key: table.assign(flag="within null") for key, table in of_groupings.items()}
    flagged["task"].loc[2, "flag"] = "above, interval reaches 0"
    table = shift_summary({"scaled": flagged}, titles, few)
    assert table.to_numpy().tolist() == [["Task", "scaled", 2, 1, 4.5, 4.0, "y", "z"]]


def test_trusted_pairs() -> None:
    table = pairs(("x", "y", 1.0), ("x", "z", np.nan), ("y", "z", 4.0))
    assert trusted(table, [])["shift"].tolist() == [1, 4]
    assert trusted(table, ["z"])["shift"].tolist() == [1]


def test_shift_pairs_meet_whatever_their_order() -> None:
    """Those of small groups are last, and those above noise first."""
    scaled = pairs(("x", "y", 1.0), ("x", "z", 3.0), ("y", "z", 2.0))
    unscaled = pairs(("z", "y", 20.0), ("z", "x", 30.0), ("y", "x", 10.0))
    both = {"scaled": {"task": scaled}, "unscaled": {"task": unscaled}}
    table = shift_pairs(both, "task", FILTERS, few=0)
    assert list(table) == ["a", "b", "D, scaled", "D, unscaled", "filters_of_the_smaller"]
    assert table.to_numpy().tolist() == [["x", "z", 3, 30, 10], ["y", "z", 2, 20, 200], ["x", "y", 1, 10, 10]]
    assert shift_pairs(both, "task", FILTERS, few=11)["D, scaled"].tolist() == [2, 3, 1]
    flagged = {"scaled": {"task": scaled.assign(flag=["above", "within null", "below floor"])}}
    assert shift_pairs(flagged, "task", FILTERS, few=0)["D, scaled"].tolist() == [1, 3, 2]


def test_depth_ranges() -> None:
    """In the order of depth, without deciles that no model has."""
    ranges = pd.DataFrame({"group": ["late", "early", "late", "late"], "mean_range": [3.0, 9.0, 1.0, 2.0]})
    table = depth_ranges(ranges.assign(model=list("abca")), pd.Series(["early", "middle", "late"]))
    assert table.to_numpy().tolist() == [["early", 1, 9, 9, 9], ["late", 3, 1, 2, 3]]
