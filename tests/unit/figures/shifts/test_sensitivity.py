import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.shifts.sensitivity import CONFIGURED
from filtershift.figures.shifts.sensitivity import RATIO, TAU, sensitivity

ROWS = [("weighting", "layer"), ("weighting", "model"), ("divergence", "wasserstein"), ("bins", "35")]


def tables(n_pairs, tau, ratio):
    """One table per column of tau and ratio (4, groupings)."""
    choice, value = zip((CONFIGURED, ""), *ROWS, strict=True)
    return [
        pd.DataFrame({"choice": choice, "value": value, "kendall_tau": [1, *t], "median_ratio": [1, *r], "n_pairs": n})
        for n, t, r in zip(n_pairs, np.transpose(tau), np.transpose(ratio), strict=True)
    ]


@pytest.mark.parametrize("groupings", [1, 2, 15])
def test_legible(groupings, labels_of, rng, assert_legible):
    titles = labels_of(groupings)
    tau, ratio = rng.uniform(-1, 1, (4, groupings)), 10 ** rng.uniform(-9, 9, (4, groupings))
    ratio[2] = np.nan
    assert_legible(sensitivity(titles, tables([10**6] * groupings, tau, ratio)))


def test_every_cell_has_its_number_and_every_row_its_names(texts_of):
    tau = np.array([[1.0, -0.25], [0.5, np.nan], [0.625, 0.75], [0.004, 0]])
    ratio = np.array([[1.0, 2.5], [0.001, 1234.5], [np.nan, np.nan], [25000, 9.999]])
    texts = texts_of(sensitivity(["Task", "Model"], tables([21, 1234], tau, ratio)))
    assert {TAU, RATIO, "weighting", "layer", "model", "wasserstein", "bins", "35"} <= set(texts)
    assert {"Task (21)", "Model (1,234)"} <= set(texts)
    assert {"1.00", "−0.25", "0.50", "0.75", "<.01", "0.00", "2.50", "1,234", "2e4", "10"} <= set(texts)
    assert texts.count("weighting") == 1


def test_what_is_missing_is_grey_and_1_is_white():
    tau, ratio = np.ones((4, 1)), np.ones((4, 1))
    ratio[2] = np.nan
    images = [axes.images[0] for axes in sensitivity(["Task"], tables([3], tau, ratio)).axes if axes.images]
    shades = [image.to_rgba(image.get_array())[0, 0, :3].round(2).tolist() for image in images]
    # Two panels for each of three choices; the second is the divergence.
    assert shades == [[1, 1, 1]] * 3 + [[0.8, 0.8, 0.8]] + [[1, 1, 1]] * 2


def test_tables_of_groupings_are_columns_without_the_configured_row(texts_of):
    table = pd.DataFrame(
        {
            "choice": [CONFIGURED, "weighting", "divergence"],
            "value": [None, "layer", "tv"],
            "n_pairs": [1234] * 3,
            "kendall_tau": [1.0, 0.75, 0.5],
            "median_ratio": [1.0, 1.25, None],
        }
    )
    texts = texts_of(sensitivity(["Task", "Model"], [table, table.assign(n_pairs=3, kendall_tau=-0.25)]))
    assert {"Task (1,234)", "Model (3)", "weighting", "layer", "divergence", "tv"} <= set(texts)
    assert CONFIGURED not in texts
    assert [texts.count(number) for number in ("0.75", "0.50", "−0.25", "1.25")] == [1, 1, 2, 2]
