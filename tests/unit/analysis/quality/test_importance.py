"""Rank correlations with importance against scipy's."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from filtershift.analysis.quality.importance import COMPARED, importance_correlations


@pytest.fixture
def quality(rng):
    """Layers of six models, of 12, 12, 12, 12, 2 and 1 layers, with ties and missing values."""
    model = np.repeat([5, 2, 9, 7, 1, 0], [12, 12, 12, 12, 2, 1])
    table = pd.DataFrame({name: rng.normal(size=len(model)).round(1) for name in COMPARED}).assign(model_id=model)
    table.loc[[1, 5, 30], "sparsity"] = np.nan
    return table.assign(rms_norm=1.0)


@pytest.fixture
def importance(quality, rng):
    values = quality["variance_entropy"] + rng.normal(0, 0.5, len(quality)).round(1)
    values[[0, 20]] = np.nan
    return values


def test_correlations_are_those_of_scipy(quality, importance):
    found = importance_correlations(quality, importance, 0, 0, 0.95).set_index("measure")
    assert found.index.tolist() == list(COMPARED)
    for name in set(COMPARED) - {"rms_norm"}:
        known = quality[name].notna() & importance.notna()
        mine, theirs = quality[known], importance[known]
        assert found.loc[name, "n_layers"] == known.sum()
        assert found.loc[name, "n_models"] == 6
        assert found.loc[name, "correlation"] == pytest.approx(spearmanr(mine[name], theirs)[0], rel=1e-12)
        own = [spearmanr(rows[name], theirs[rows.index])[0] for _, rows in mine.groupby("model_id") if len(rows) > 2]
        assert len(own) == 4
        assert found.loc[name, "within"] == pytest.approx(np.mean(own), rel=1e-12)
    assert found.loc["rms_norm", ["correlation", "within"]].isna().all()
    assert found[["low", "high", "within_low", "within_high"]].isna().all(axis=None)


def test_intervals_are_those_of_models_drawn_again(quality, importance):
    found = importance_correlations(quality, importance, 400, 3, 0.9).set_index("measure").loc["variance_entropy"]
    known = importance.notna()
    rng, drawn = np.random.default_rng(1), []
    parts = [(rows, importance[rows.index]) for _, rows in quality[known].groupby("model_id")]
    for _ in range(400):
        taken = [parts[k] for k in rng.integers(0, len(parts), len(parts))]
        values = np.concatenate([rows["variance_entropy"] for rows, _ in taken])
        drawn.append(spearmanr(values, np.concatenate([theirs for _, theirs in taken]))[0])
    assert [found["low"], found["high"]] == pytest.approx(np.quantile(drawn, [0.05, 0.95]), abs=0.06)
    assert found["low"] < found["correlation"] < found["high"]
    assert found["within_low"] < found["within"] < found["within_high"]


def test_equal_seeds_give_equal_results(quality, importance):
    one = importance_correlations(quality, importance, 50, 1, 0.95)
    pd.testing.assert_frame_equal(importance_correlations(quality, importance, 50, 1, 0.95), one)
    assert not importance_correlations(quality, importance, 50, 2, 0.95).equals(one)


def test_one_model_has_no_interval_and_none_no_correlation(quality, importance):
    one = importance_correlations(quality.assign(model_id=1), importance, 50, 1, 0.95)
    assert one["correlation"].notna().sum() == len(COMPARED) - 1
    assert one[["low", "within_high"]].isna().all(axis=None)
    none = importance_correlations(quality, importance * np.nan, 50, 1, 0.95)
    assert (none["n_layers"] == 0).all()
    assert none[["correlation", "low", "within", "within_low"]].isna().all(axis=None)
