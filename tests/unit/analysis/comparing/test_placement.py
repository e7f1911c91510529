import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy, percentileofscore

from filtershift.analysis.comparing.placement import below, place, placed_shifts
from filtershift.analysis.comparing.reference import Reference
from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.dataset.models.model import ConvLayer, ConvModel
from filtershift.errors import FiltershiftError
from filtershift.passes.histograms import Grid
from numpy_reference import made_basis

WIDTH, RATIO = 0.1, np.arange(9, 0, -1) / 45
DENSITY = float(np.finfo(np.float32).eps)


def histogram(rng: np.random.Generator) -> np.ndarray:
    return rng.multinomial(500, rng.dirichlet(np.ones(20)), 9)


def expected_shift(a: np.ndarray, b: np.ndarray, width: float = WIDTH) -> float:
    """The sum over components, with scipy's relative entropy both ways."""
    p, q = (np.where(counts == 0, DENSITY, counts / (counts.sum(axis=1, keepdims=True) * width)) for counts in (a, b))
    return float(sum(w * (entropy(x, y) + entropy(y, x)) for w, x, y in zip(RATIO, p, q, strict=True)))


def test_shifts_are_those_of_scipy_and_ranked_from_near_to_far() -> None:
    rng = np.random.default_rng(1)
    models = {name: histogram(rng) for name in ("mine", "other")}
    groups = {name: histogram(rng) for name in ("a", "b", "c", "d")}
    table = placed_shifts(models, groups, WIDTH, RATIO)
    assert table["model"].tolist() == ["mine"] * 4 + ["other"] * 4
    assert table["rank"].tolist() == [1, 2, 3, 4] * 2
    for row in table.itertuples():
        assert row.shift == pytest.approx(expected_shift(models[row.model], groups[row.group]), rel=1e-9)
    parts = table[[f"component_{i}" for i in range(9)]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(table["shift"].to_numpy())


def test_a_model_is_at_no_distance_from_itself_and_an_empty_one_at_none() -> None:
    rng = np.random.default_rng(2)
    groups = {"self": histogram(rng), "other": histogram(rng)}
    table = placed_shifts({"copy": groups["self"], "empty": np.zeros((9, 20), int)}, groups, WIDTH, RATIO)
    assert table.loc[0, ["group", "rank", "shift"]].tolist() == ["self", 1, 0]
    assert table.loc[2:, ["rank", "shift"]].isna().all(axis=None)


VALUES = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, np.nan]), min_size=1, max_size=20)


@given(VALUES, VALUES)
def test_percentiles_are_those_of_scipy(values: list[float], reference: list[float]) -> None:
    shares = below(np.array(values), np.array(reference))
    known = [value for value in reference if not np.isnan(value)]
    for value, share in zip(values, shares, strict=True):
        if np.isnan(value) or not known:
            assert np.isnan(share)
        else:
            assert share == pytest.approx(percentileofscore(known, value, "mean") / 100)


def model(*weights: np.ndarray) -> ConvModel:
    layers = tuple(
        ConvLayer(
            f"conv{k}",
            w.reshape(-1, 3, 3),
            w.shape[0],
            w.shape[1],
            1,
            "regular",
            k,
            k / max(len(weights) - 1, 1),
            "absorbed",
        )
        for k, w in enumerate(weights)
    )
    return ConvModel("", None, None, "order", {}, {}, layers, ())


def reference() -> Reference:
    grid = Grid(np.array([-2.0, 2.0]), 20, np.array([-1.0, 1.0]))
    counts = np.full((9, 20), 5)
    quality = pd.DataFrame(
        {"mean_range": [1.0, 2.0], "sparsity": [0.0, 0.5], "variance_entropy": [0.5, np.nan], "orthogonality": np.nan}
    )
    return Reference(
        bases=(made_basis(variance=RATIO),) * 2,
        grids=(grid, grid),
        variants=["scaled", "unscaled"],
        counts={("task", v): {"a": counts, "b": counts[:, ::-1]} for v in ("scaled", "unscaled")},
        layer_counts={v: np.stack([counts, counts[:, ::-1]] * 2) for v in ("scaled", "unscaled")},
        layers=pd.DataFrame({"model_id": [0, 0, 1, 1], "model": ["x", "x", "y", "y"], "n_filters": 50}),
        groups={"task": Membership(["a", "b"], [2, 2], {0: 0, 1: 1, 2: 0, 3: 1})},
        sizes={"task": pd.DataFrame({"group": ["a", "b"], "n_filters": 100, "n_layers": 2, "n_models": 2})},
        quality=quality,
        tasks={},
    )


def test_a_placement_names_what_is_wasted_and_what_lies_beyond_the_data_set() -> None:
    rng = np.random.default_rng(3)
    fine = rng.normal(0, 0.1, (16, 8, 3, 3)).astype(np.float32)
    dead = np.zeros((16, 16, 3, 3), np.float32)
    dead[0, 0] = 5.0
    placement = place({"mine": model(fine, dead), "empty": model()}, reference(), Resampling(50))
    assert placement.layers["layer_name"].tolist() == ["conv0", "conv1"]
    assert placement.layers["state"].tolist() == ["random-like", "degenerate"]
    assert placement.layers["outside"].tolist() == [False, True]
    assert placement.models.to_dict("records") == [
        {
            "model": "mine",
            "n_layers": 2,
            "n_filters": 384,
            "degenerate": 1,
            "random_like": 1,
            "wasted_filters": 384,
            "outside": 1,
            "depth_source": "order",
            "same_as": None,
        }
    ]
    assert placement.layers["sparsity_percentile"].tolist() == [25, 100]
    assert placement.layers["orthogonality_percentile"].isna().all()
    scaled = placement.shifts[(placement.shifts["variant"] == "scaled") & (placement.shifts["model"] == "mine")]
    coefficients = np.concatenate([fine, dead], axis=None).reshape(-1, 9)
    peak = np.abs(coefficients).max(axis=1, keepdims=True)
    coefficients = coefficients / np.where(peak == 0, 1, peak)
    edges = np.linspace(-2, 2, 21)
    # Zero is on an edge of the even number of bins, and counts in the upper one.
    counts = np.stack([np.histogram(coefficients[:, i], edges)[0] for i in range(9)])
    own = expected_shift(counts, np.full((9, 20), 5), 0.2)
    assert scaled["shift"].tolist() == pytest.approx([own, own])
    assert scaled["n_filters"].tolist() == [100, 100]
    assert (scaled["low"] <= scaled["corrected"]).all()
    assert (scaled["corrected"] <= scaled["high"]).all()
    assert scaled["flag"].notna().all()
    assert "empty" not in set(placement.shifts["model"])


def test_models_without_filters_are_refused() -> None:
    with pytest.raises(FiltershiftError, match="no 3×3 filters in mine"):
        place({"mine": model()}, reference(), Resampling(0))
