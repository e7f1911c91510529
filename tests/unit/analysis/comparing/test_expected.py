"""What is known of a data set, beside what was found."""

import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.comparing.expected import (
    COLUMNS,
    Expectation,
    check_expectations,
    compare_expected,
    find_quantities,
)
from filtershift.errors import FiltershiftError
from filtershift.passes.bases import pca

RATIO = "scaled_explained_variance_ratio"
RATIOS = [0.4, 0.2, 0.1, 0.08, 0.07, 0.05, 0.04, 0.03, 0.03]


def test_quantities_of_a_run() -> None:
    models = pd.DataFrame({"n_layers": [2, 3], "n_filters": [10, 1_464_797_146]})
    bases = pca(100, np.zeros(9), np.diag(RATIOS)), pca(100, np.zeros(9), np.eye(9))
    found = find_quantities(models, bases)
    assert [found[name] for name in ("filters", "layers", "models")] == [[1_464_797_156], [5], [2]]
    assert found[RATIO] == pytest.approx(RATIOS)
    assert found["unscaled_explained_variance_ratio"] == pytest.approx([1 / 9] * 9)


def test_what_agrees_and_what_differs() -> None:
    known = [Expectation("filters", 1_464_797_156, source="them"), Expectation("models", 3)]
    table = compare_expected(known, {"filters": [1_464_797_156], "models": [2]})
    assert tuple(table) == COLUMNS
    assert table.to_csv(index=False).splitlines()[1:] == [
        "filters,1464797156,1464797156,0.0,True,them",
        "models,3,2,0.0,False,",
    ]


def test_each_of_several_numbers_is_judged_within_the_tolerance() -> None:
    found = [0.4004, 0.1996, *RATIOS[2:8], 0.0306]
    table = compare_expected([Expectation(RATIO, RATIOS, 0.0005, "paper")], {RATIO: found})
    assert table["quantity"].tolist() == [f"{RATIO}_{k}" for k in range(9)]
    assert table["agrees"].tolist() == [True] * 8 + [False]
    assert set(table["source"]) == {"paper"}


def test_what_is_missing_agrees_with_nothing() -> None:
    table = compare_expected([Expectation(RATIO, RATIOS, 1.0)], {RATIO: [float("nan")] * 9})
    assert not table["agrees"].any()


def test_nothing_is_known() -> None:
    assert tuple(compare_expected([], {})) == COLUMNS


@pytest.mark.parametrize("found", [RATIOS[:8], [*RATIOS, 0.0]])
def test_another_length(found: list[float]) -> None:
    with pytest.raises(ValueError, match="zip"):
        compare_expected([Expectation(RATIO, RATIOS)], {RATIO: found})


@pytest.mark.parametrize(
    ("one", "part"),
    [
        (Expectation("filter", 1), "quantity must be one of filters, layers, models, scaled_"),
        (Expectation("filters", [1, 2]), "filters: value must be a number, not [1, 2]"),
        (Expectation("filters", "many"), "filters: value must be a number, not many"),
        (Expectation("filters"), "filters: value must be a number, not None"),
        (Expectation(RATIO, RATIOS[:8]), "value must be a list of 9 numbers"),
        (Expectation(RATIO, 0.4), "value must be a list of 9 numbers, not 0.4"),
        (Expectation("models", 1, -0.5), "models: tolerance must be 0 or more, not -0.5"),
        (Expectation("models", 1, float("nan")), "models: tolerance must be 0 or more, not nan"),
    ],
)
def test_mistakes(one: Expectation, part: str) -> None:
    check_expectations([Expectation("models", 1, 0.5), Expectation(RATIO, RATIOS)])
    with pytest.raises(FiltershiftError) as caught:
        check_expectations([one])
    assert str(caught.value).startswith("config: dataset.expected: ")
    assert part in str(caught.value)
