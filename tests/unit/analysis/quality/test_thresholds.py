"""States for every threshold, against counting layers one by one."""

import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.quality.layers import layer_state, random_threshold, variance_entropy
from filtershift.analysis.quality.thresholds import USED, sweep
from filtershift.passes.all_passes import measure
from numpy_reference import InMemory, row_ranges_of
from taken import taken


@pytest.fixture(scope="module")
def layers():
    """Layers: random, of few patterns, half and mostly small at different sizes, zero, of two filters."""
    rng = np.random.default_rng(5)
    made = [rng.normal(size=(200, 9)) * decay ** np.arange(9) for decay in (1, 0.95, 0.9, 0.7, 0.3, 0.1)]
    made += [rng.normal(size=(200, 9)) * np.where(rng.random((200, 1)) < 0.6, size, 1) for size in (0.02, 2e-3, 2e-4)]
    return [*made, np.zeros((20, 9)), rng.normal(size=(2, 9))]


@pytest.fixture(scope="module")
def swept(layers):
    stop = np.cumsum([len(filters) for filters in layers])
    ranges = row_ranges_of(*([(end - len(filters), end)] for filters, end in zip(layers, stop, strict=True)))
    found = taken(measure(InMemory(np.concatenate(layers)), ranges))
    quality = pd.DataFrame({"n_filters": found.moments.n, "non_finite_filters": 0, "zero_filters": found.moments.zeros})
    entropy = variance_entropy(found.moments.scatter[:, 1], least=1e-20)
    quality = quality.assign(
        sparsity=found.extent.sparse / found.moments.n,
        variance_entropy=entropy,
        entropy_ratio=entropy / random_threshold(found.moments.n),
    )
    return quality, sweep(quality, found.extent).set_index("threshold")


def shares_of(state):
    known = [s for s in state if s is not None]
    return [sum(s == kind for s in known) / len(known) for kind in ("degenerate", "random-like", "diverse")]


def test_sparse_filters_are_counted_at_every_size(layers, swept):
    quality, table = swept
    rows = table.loc["sparse_weight"]
    largest = [np.abs(filters).max(axis=1) for filters in layers]
    for row in rows.iloc[::7].itertuples():
        sparse = [peak < row.value * peak.max() for peak in largest]
        assert row.meeting == pytest.approx(np.concatenate(sparse).mean(), rel=1e-12)
        sparsity = np.array([mine.mean() for mine in sparse])
        state = layer_state(quality["n_filters"], quality["zero_filters"], sparsity, quality["variance_entropy"])
        assert [row.degenerate, row.random_like, row.diverse] == pytest.approx(shares_of(state))
    assert rows["value"].is_monotonic_increasing
    assert rows["degenerate"].iloc[-1] > rows["degenerate"].iloc[0]


@pytest.mark.parametrize(
    ("name", "column", "beyond"),
    [
        ("sparse_share", "sparsity", lambda values, at: values > at),
        ("variance_entropy", "variance_entropy", lambda values, at: values < at),
        ("entropy_ratio", "entropy_ratio", lambda values, at: values >= at),
    ],
)
def test_layers_beyond_a_threshold_are_counted(swept, name, column, beyond):
    quality, table = swept
    values = quality.loc[quality["n_filters"] > (0 if name == "sparse_share" else 2), column].to_numpy()
    for row in table.loc[name].itertuples():
        assert row.meeting == pytest.approx(beyond(values, row.value).mean())
        assert row.degenerate + row.random_like + row.diverse == pytest.approx(1)


def test_moving_a_threshold_moves_its_state(swept):
    _, table = swept
    assert table.loc["sparse_share", "degenerate"].is_monotonic_decreasing
    assert table.loc["variance_entropy", "degenerate"].is_monotonic_increasing
    assert table.loc["entropy_ratio", "random_like"].is_monotonic_decreasing
    assert all(table.loc[name, "diverse"].nunique() > 2 for name in USED)


def test_the_thresholds_used_give_the_states_of_layers(swept):
    quality, table = swept
    used = table[table["used"]]
    assert used.index.tolist() == list(USED)
    assert used["value"].tolist() == list(USED.values())
    state = layer_state(*(quality[name] for name in ("n_filters", "zero_filters", "sparsity", "variance_entropy")))
    for row in used.itertuples():
        assert [row.degenerate, row.random_like, row.diverse] == pytest.approx(shares_of(state))
        assert row.n_judged == len(quality) - 1


def test_without_a_layer_shares_are_missing(swept):
    quality, _ = swept
    found = taken(measure(InMemory(np.full((1, 9), np.nan)), row_ranges_of([(0, 1)])))
    table = sweep(quality.iloc[:1].assign(n_filters=0, variance_entropy=np.nan, sparsity=np.nan), found.extent)
    assert (table["n_judged"] == 0).all()
    assert table[["degenerate", "random_like", "diverse"]].isna().all(axis=None)
