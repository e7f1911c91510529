"""The rule for noise, the flags that say so, and what matrices and boxes mark."""

import numpy as np
import pandas as pd

from filtershift.analysis.uncertainty.noise import above_noise, flags, noise_cells, noise_level


def test_flags_say_what_a_shift_exceeds():
    shift, floor = np.array([3, 2, 1, 1, 3, 3, np.nan, 3]), np.array([1, 1, 1, 2, 3, 1, 1, np.nan])
    null = np.array([2, 2, 2, 0, 1, 3, 1, 1.0])
    expected = ["above", *["within null"] + ["below floor"] * 3, "within null", *["too small"] * 2]
    assert flags(shift, floor, null, np.array([1.0, *[0] * 7])).tolist() == expected


def test_flags_say_if_the_interval_alone_would_decide_otherwise():
    shift, floor, null = np.array([3, 2, 1, 3.0]), np.array([1, 1, 1, np.nan]), np.array([2, 2, 2, 2.0])
    reaching, apart = np.zeros(4), np.full(4, 0.5)
    assert flags(shift, floor, null, reaching).tolist() == [
        *("above, interval reaches 0", "within null", "below floor", "too small")
    ]
    assert flags(shift, floor, null, apart).tolist() == [
        *("above", "within null, interval above 0", "below floor, interval above 0", "too small")
    ]


def test_the_interval_changes_nothing_in_what_is_above_noise():
    shift, floor, null = np.array([3, 2, 1, 3.0]), np.array([1, 1, 1, np.nan]), np.array([2, 2, 2, 2.0])
    for low in (0.0, 0.5):
        assert above_noise(flags(shift, floor, null, np.full(4, low))).tolist() == [True, False, False, False]
    assert above_noise(pd.Series(["above", None], dtype=object)).tolist() == [True, False]
    assert not above_noise(pd.Series([np.nan, np.nan])).any()


def test_cells_that_are_noise():
    flag = ["above", "below floor, interval above 0", "within null", "above", "too small", "above, interval reaches 0"]
    a, b = np.triu_indices(4, 1)
    labels = ["w", "x", "y", "z"]
    intervals = pd.DataFrame({"a": np.take(labels, a), "b": np.take(labels, b), "flag": flag})
    noise = pd.DataFrame(noise_cells(intervals, ["z", "x", "w", "y"]), ["z", "x", "w", "y"], ["z", "x", "w", "y"])
    marked = {(i, j) for i in labels for j in labels if noise.loc[i, j]}
    assert marked == {("w", "y"), ("y", "w"), ("w", "z"), ("z", "w"), ("x", "z"), ("z", "x")}
    # A group that is not shown marks no other.
    assert not noise_cells(intervals, ["x", "w"]).any()
    assert not noise_cells(intervals, ["y", "x"]).any()


def test_the_level_of_noise_of_a_grouping():
    intervals = pd.DataFrame(
        {
            "floor": [1, 5, 2, np.nan],
            "null": [3, 1, 1, 9.0],
            "flag": [*["above"] * 2, "above, interval reaches 0", "too small"],
        }
    )
    assert noise_level(intervals) == (3.0, 3)
    level, above = noise_level(intervals.iloc[:0])
    assert (np.isnan(level), above) == (True, 0)
