from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.comparing.twins import own_shares, twins
from filtershift.analysis.groups.membership import Membership

COUNTS = np.random.default_rng(0).integers(0, 9, (5, 9, 20))


@pytest.fixture
def reference() -> Any:
    """Three models of layers 0 and 1; 2 and 3; and 4, which is like layer 0. They are numbered from 10."""
    counts = COUNTS.copy()
    counts[4] = counts[0]
    return SimpleNamespace(
        layers=pd.DataFrame({"model_id": [7, 7, 8, 8, 9], "n_filters": [10, 30, 20, 20, 60]}, [10, 11, 12, 13, 14]),
        layer_counts={"scaled": counts, "unscaled": counts + 1},
        groups={"task": Membership(["a", "b"], [2, 2], {10: 0, 12: 0, 11: 1, 13: 1, 14: 1})},
    )


def of_both(counts: np.ndarray) -> dict[str, np.ndarray]:
    return {"scaled": counts, "unscaled": counts + 1}


def test_a_model_with_the_same_layers_is_found_in_any_order(reference: Any) -> None:
    assert twins(of_both(COUNTS[[1, 0]]), reference) == [7]
    assert twins(of_both(COUNTS[[0]]), reference) == [9]


def test_other_layers_are_not_the_same(reference: Any) -> None:
    """Neither a part of a model, nor one with a layer twice, nor one that is the same in one variant only."""
    assert twins(of_both(COUNTS[[1]]), reference) == []
    assert twins(of_both(COUNTS[[0, 1, 1]]), reference) == []
    assert twins({"scaled": COUNTS[:2], "unscaled": COUNTS[:2]}, reference) == []


def test_the_share_of_a_group_that_is_the_model_itself(reference: Any) -> None:
    assert own_shares([7], "task", reference) == pytest.approx({"a": 10 / 30, "b": 30 / 110})
    assert own_shares([], "task", reference) == {"a": 0, "b": 0}
