"""Two models of two layers each, as the explorer shows them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.shifts.choices import Choices
from filtershift.passes.bases import Basis
from filtershift.passes.moments import LayerMoments
from filtershift.report.explorer.content import Histograms, content


@pytest.fixture
def layers() -> pd.DataFrame:
    table = {
        "model_id": [0, 0, 1, 1],
        "model": ["x", "x", "y", "y"],
        "conv_depth": [0, 1, 0, 1],
        "n_filters": [10, 20, 30, 40],
        "filter_ids": ["0:9", "10:29", "30:59", "60:99"],
        "Task": ["a", "a", None, None],
        "version": ["01", "1", "2", "2"],
        "same": ["one"] * 4,
    }
    return pd.DataFrame(table, index=pd.Index([3, 5, 8, 9], name="layer"))


@pytest.fixture
def shown(layers: pd.DataFrame) -> Callable[..., dict[str, Any]]:
    """The content of the page of these layers; arguments replace those of `content`."""

    def make(**others: Any) -> dict[str, Any]:
        rng, zeros, n = np.random.default_rng(1), np.zeros(4, int), layers["n_filters"].to_numpy()
        scatter = np.einsum("lvij,lvkj->lvik", *[rng.normal(size=(4, 2, 9, 9))] * 2)
        moments = LayerMoments(
            *(layers.index.to_numpy(), n, rng.normal(size=(4, 2, 9)), scatter, zeros + 1.0, zeros + 1.0, zeros, zeros),
            reach=np.zeros((4, 2, 4)),
        )
        basis = Basis(np.eye(9), np.zeros(9), np.ones(9), np.full(9, 1 / 9), 100)
        given: dict[str, Any] = {
            "name": "made",
            "layers": layers,
            "quality": pd.DataFrame(
                {"model": ["x", "x", "y", "y"], "sparsity": [0, 0.5, np.nan, 1], "state": list("abab")}
            ),
            "moments": moments,
            "bases": (basis, basis),
            "histograms": {"scaled": Histograms(rng.integers(0, 9, (4, 9, 7)), -1.5, 0.25)},
            "choices": Choices(),
        }
        return content(**{**given, **others})

    return make
