"""Layer quality against the filters."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.quality.layers import (
    STATES,
    clean_variance_entropy,
    layer_quality,
    layer_state,
    model_ranges,
    non_finite,
    random_threshold,
    rms_norm,
    variance_entropy,
)
from filtershift.passes.all_passes import measure
from filtershift.passes.weight_matrices.measure import LayerMatrices
from numpy_reference import InMemory, made_extent, row_ranges_of
from taken import taken


def entropy_of(filters):
    """-sum p log10 p from the singular values of the column-centred weight matrix."""
    variance = np.linalg.svd(filters - filters.mean(axis=0), compute_uv=False) ** 2
    return -sum(p * np.log10(p) for p in variance / variance.sum() if p > 0)


def scatter_of(filters):
    centred = filters - filters.mean(axis=0)
    return centred.T @ centred


@given(n=st.integers(2, 60), decay=st.floats(0.1, 1), seed=st.integers(0, 2**32 - 1))
def test_entropy_equals_that_of_the_weight_matrix(n, decay, seed):
    filters = np.random.default_rng(seed).normal(size=(n, 9)) * decay ** np.arange(9) + 1
    assert variance_entropy(scatter_of(filters)[None])[0] == pytest.approx(entropy_of(filters), abs=1e-9)


def test_entropy_from_one_direction_to_nine():
    direction = np.outer(np.arange(9.0), np.arange(9.0))
    assert variance_entropy(np.stack([direction, np.eye(9), 1e-60 * np.eye(9)])) == pytest.approx(
        [0, np.log10(9), np.log10(9)], abs=1e-12
    )


def test_entropy_without_variance_is_undefined():
    assert np.isnan(variance_entropy(np.zeros((2, 9, 9)))).all()
    assert variance_entropy(np.zeros((0, 9, 9))).shape == (0,)


@pytest.mark.parametrize("n", [3, 4, 5, 8, 64, 1000, 10**6, 10**9])
def test_the_random_threshold_is_the_authors_sigmoid(n):
    scale, x0, k, b = 1.2618047, 2.30436435, 0.88767525, -0.31050834
    expected = scale / (1 + np.exp(-k * (np.log2(n) - x0))) + b
    assert random_threshold(np.array([n]))[0] == pytest.approx(expected, rel=1e-12)
    assert 0 < expected < 0.954


def test_one_or_two_filters_have_no_threshold():
    assert np.isnan(random_threshold(np.array([0, 1, 2]))).all()
    assert 1.2618047 / (1 + np.exp(-0.88767525 * (1 - 2.30436435))) - 0.31050834 <= 0  # that of two


@pytest.fixture
def quality(rng, moments_of):
    """Layers: random, of one pattern, all zero, of two filters, of one, with no finite filter; with their filters."""
    pattern = rng.normal(size=(200, 1)) * np.arange(9.0) + 1e-6 * rng.normal(size=(200, 9))
    filters = [rng.normal(size=(900, 9)), pattern, np.zeros((30, 9)), rng.normal(size=(2, 9)), np.ones((1, 9))]
    filters.append(np.empty((0, 9)))
    measured = moments_of([f / 2 for f in filters])  # its second variant doubles them
    measured.mean_range[:] = [2 * r for r in measured.mean_range]
    measured.peak[:] *= 2
    measured.non_finite[-1] = 44
    sparse = np.array([9, 0, 0, 1, 0, 0])
    n_filters = [*(len(f) for f in filters[:-1]), 44]
    layers = pd.DataFrame(
        {
            "model_id": [1, 1, 2, 2, 3, 3],
            "model": ["a", "a", "b", "b", "c", "c"],
            "conv_depth": [0, 1, 0, 1, 0, 1],
            "conv_depth_norm": [0.0, 1, 0, 1, 0, 1],
            "n_filters": n_filters,
            "Task": "other",
        },
        index=pd.Index(measured.layer, name="layer"),
    )
    extent = made_extent(measured.layer, np.zeros((6, 2)), np.zeros((6, 2)), sparse)
    matrices = LayerMatrices(
        measured.layer, np.array([0.9, 0.1, 0.5, np.nan, np.nan, np.nan]), np.arange(6.0), np.ones(6), np.eye(6)[:, :5]
    )
    return layer_quality(layers, measured, extent, matrices), filters


def test_quality_of_every_layer(quality):
    table, filters = quality
    assert table.index.tolist() == [0, 10, 20, 30, 40, 50]
    assert table["n_filters"].tolist() == [900, 200, 30, 2, 1, 44]
    assert table["zero_filters"].tolist() == [0, 0, 30, 0, 0, 0]
    assert table["non_finite_filters"].tolist() == [0, 0, 0, 0, 0, 44]
    np.testing.assert_allclose(table["largest_weight"], [*(np.abs(f).max() for f in filters[:-1]), np.nan])
    np.testing.assert_allclose(table["mean_range"], [*(np.ptp(f, axis=1).mean() for f in filters[:-1]), np.nan])
    np.testing.assert_allclose(table["sparsity"], [0.01, 0, 0, 0.5, 0, np.nan])
    entropies = [entropy_of(f) for f in filters[:2]]
    np.testing.assert_allclose(table["variance_entropy"], [*entropies, np.nan, 0, np.nan, np.nan], atol=1e-9)
    assert table["random_threshold"].isna().tolist() == [False, False, False, True, True, True]
    norms = [np.sqrt((f**2).sum(axis=1).mean()) for f in filters[:-1]]
    np.testing.assert_allclose(table["rms_norm"], [*norms, np.nan], rtol=1e-12)
    np.testing.assert_array_equal(table["orthogonality"], [0.9, 0.1, 0.5, np.nan, np.nan, np.nan])
    np.testing.assert_allclose(
        table["weight_mean"], [*(f.mean() for f in filters[:-1]), np.nan], rtol=1e-12, atol=1e-15
    )
    np.testing.assert_allclose(table["weight_variance"], [*(f.var() for f in filters[:-1]), np.nan], rtol=1e-12)
    assert table["stable_rank"].tolist() == [0, 1, 2, 3, 4, 5]
    assert table["weight_75"].tolist() == [0, 0, 0, 1, 0, 0]
    assert table["state"].fillna("-").tolist() == ["random-like", "degenerate", "degenerate", "-", "-", "-"]


def test_clean_entropy_is_that_of_the_filters_that_are_not_sparse(rng):
    """As torchconvquality defines it for raw filters, and CVPRW 2022 for scaled ones."""
    layers = [rng.normal(size=(n, 9)) * 0.7 ** np.arange(9) + 0.2 for n in (400, 400, 400, 70_000, 30)]
    for filters, sparse in zip(layers, (0, 100, 398, 69_000, 29), strict=True):
        filters[rng.permutation(len(filters))[:sparse]] *= 1e-3
    stop = np.cumsum([len(filters) for filters in layers])
    row_ranges = row_ranges_of(*([(end - len(filters), end)] for filters, end in zip(layers, stop, strict=True)))
    found = taken(measure(InMemory(np.concatenate(layers)), row_ranges))
    result = {v: clean_variance_entropy(found.moments, found.extent, v) for v in ("unscaled", "scaled")}
    for k, filters in enumerate(layers):
        largest = np.abs(filters).max(axis=1)
        clean = filters[largest >= largest.max() / 100]
        scaled = clean / np.abs(clean).max(axis=1, keepdims=True)
        for variant, rows in (("unscaled", clean), ("scaled", scaled)):
            expected = entropy_of(rows) if len(rows) > 1 else np.nan
            assert result[variant][k] == pytest.approx(expected, rel=1e-12, abs=2e-11, nan_ok=True), (k, variant)
    assert result["unscaled"][0] == variance_entropy(found.moments.scatter[:1, 1])[0]


def test_clean_filters_that_are_all_equal_have_no_entropy(rng):
    filters = np.tile(rng.normal(size=9), (50, 1))
    filters[:20] = 1e-4 * rng.normal(size=(20, 9))
    found = taken(measure(InMemory(filters), row_ranges_of([(0, 50)])))
    assert np.isnan(clean_variance_entropy(found.moments, found.extent, "unscaled")).all()
    assert np.isnan(clean_variance_entropy(found.moments, found.extent, "scaled")).all()


def test_only_a_layer_with_entropy_and_threshold_is_random_like_or_not(quality):
    table, _ = quality
    assert table["random_like"].iloc[:2].tolist() == [True, False]
    assert table["random_like"].isna().tolist() == [False, False, True, True, True, True]


@pytest.mark.parametrize("offset", [0, -3, 1e4])
@pytest.mark.parametrize("size", [1e-30, 1, 1e30])
def test_the_norm_is_that_of_the_filters(rng, moments_of, offset, size):
    layers = [size * rng.normal(offset, 1, (n, 9)) for n in (1, 2, 500)]
    norms = [np.sqrt((np.linalg.norm(filters, axis=1) ** 2).mean()) for filters in layers]
    # The second variant of these moments, that of raw filters, doubles them.
    assert rms_norm(moments_of([filters / 2 for filters in layers])) == pytest.approx(norms, rel=1e-12)


def state_of(filters):
    """The state of a layer with these filters, sparse ones counted here."""
    n = np.array([len(filters)])
    sparse = (np.abs(filters).max(axis=1) < np.abs(filters).max() / 100).mean()
    zeros = (filters == 0).all(axis=1).sum()
    entropy = variance_entropy(scatter_of(filters)[None], least=1e-20 * np.square(filters).sum())
    return layer_state(n, np.array([zeros]), np.array([sparse]), entropy)[0]


def patterns(rng, shares, n=4000):
    """Filters of independent normal patterns that carry these shares of the variance."""
    return rng.normal(size=(n, 9)) * np.sqrt([*shares, *[0] * (9 - len(shares))]) + 0.3


def test_states_of_layers(rng):
    assert state_of(rng.normal(size=(600, 9))) == "random-like"
    assert state_of(patterns(rng, [4, 2, 1, 1, 1, 0.5, 0.2, 0.1, 0.1])) == "diverse"
    assert state_of(patterns(rng, [1])) == "degenerate"
    assert state_of(np.zeros((5, 9))) == "degenerate"
    assert state_of(np.full((5, 9), 0.7)) == "degenerate"  # all equal


def test_two_patterns_are_the_fewest(rng):
    assert state_of(patterns(rng, [1, 1])) == "degenerate"  # never quite alike in a sample
    assert state_of(patterns(rng, [1, 1, 0.05])) == "diverse"
    assert state_of(patterns(rng, [0.9, *[0.1 / 8] * 8])) == "degenerate"
    assert state_of(patterns(rng, [0.8, *[0.2 / 8] * 8])) == "diverse"


@pytest.mark.parametrize(("sparse", "state"), [(300, "random-like"), (301, "degenerate"), (590, "degenerate")])
@pytest.mark.parametrize("size", [0, 1e-4])
def test_more_than_half_sparse_is_degenerate_however_random_the_rest(rng, sparse, state, size):
    filters = rng.normal(size=(600, 9))
    filters[:sparse] *= size
    sparsity = np.array([sparse / 600])
    assert layer_state(np.array([600]), np.array([0]), sparsity, np.array([0.952]))[0] == state
    assert (state_of(filters) == "degenerate") == (sparse > 300)


def test_few_random_filters_are_not_degenerate_for_being_few(rng):
    for n in range(3, 12):
        states = [state_of(rng.normal(size=(n, 9))) for _ in range(200)]
        assert states.count("random-like") > 190, n


def test_fewer_than_three_filters_cannot_be_judged_unless_zero(rng):
    for n in (1, 2):
        assert state_of(rng.normal(size=(n, 9))) is None
        assert state_of(np.ones((n, 9))) is None
        assert state_of(np.zeros((n, 9))) == "degenerate"
    nothing = np.array([0])
    assert layer_state(nothing, nothing, np.array([np.nan]), np.array([np.nan]))[0] is None


@given(
    n=st.integers(0, 10**7),
    zeros=st.integers(0, 10**7),
    sparsity=st.floats(0, 1) | st.just(np.nan),
    entropy=st.floats(0, np.log10(9)) | st.just(np.nan),
)
def test_a_state_agrees_with_random_like(n, zeros, sparsity, entropy):
    state = layer_state(np.array([n]), np.array([zeros]), np.array([sparsity]), np.array([entropy]))[0]
    assert state in {*STATES, None}
    assert (state is None) <= (n < 3)
    if state in {"random-like", "diverse"}:
        assert (state == "random-like") == (entropy >= random_threshold(np.array([n]))[0])


def test_layers_with_filters_that_are_not_finite_are_listed(quality):
    listed = non_finite(quality[0])
    assert listed.columns.tolist() == ["kind", "name", "reason", "count"]
    [(kind, name, reason, count)] = listed.itertuples(index=False)
    assert (kind, count) == ("filters", 44)
    assert "c" in name
    assert "50" in name
    assert "NaN" in reason


def test_nothing_is_listed_where_all_filters_are_finite(quality):
    listed = non_finite(quality[0].iloc[:5])
    assert listed.empty
    assert listed.columns.tolist() == ["kind", "name", "reason", "count"]


def test_the_range_of_a_model_weighs_its_layers_by_their_finite_filters():
    quality = pd.DataFrame(
        {
            "layer": [0, 1, 2, 3, 4, 5],
            "model": ["a", "a", "a", "b", "b", "c"],
            "n_filters": [10, 30, 5, 7, 4, 9],
            "non_finite_filters": [0, 10, 5, 0, 0, 0],
            "mean_range": [1.0, 4.0, np.nan, 2.0, 8.0, 3.0],
        }
    )
    groups = Membership(["x", "y"], [2, 1], {0: 0, 1: 0, 2: 0, 3: 0, 4: 1})
    ranges = model_ranges(quality, groups)
    assert ranges.columns.tolist() == ["group", "model", "n_filters", "mean_range"]
    assert ranges.to_dict("list") == {
        "group": ["x", "x", "y"],
        "model": ["a", "b", "b"],
        "n_filters": [30, 7, 4],
        "mean_range": [(10 * 1 + 20 * 4) / 30, 2, 8],
    }


def test_a_model_without_finite_filters_has_no_range():
    quality = pd.DataFrame(
        {"layer": [0], "model": ["a"], "n_filters": [3], "non_finite_filters": [3], "mean_range": [np.nan]}
    )
    assert model_ranges(quality, Membership(["x"], [1], {0: 0})).empty
