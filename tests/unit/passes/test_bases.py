"""Principal components from moments against scikit-learn on the filters."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from filtershift.errors import FiltershiftError
from filtershift.passes.axes import FIXED
from filtershift.passes.bases import basis_table, global_bases, global_basis, group_bases, pca, stacked
from filtershift.passes.filter_array import FilterArray
from filtershift.passes.moments import measure_moments


def moments(filters):
    mean = filters.mean(axis=0)
    return len(filters), mean, (filters - mean).T @ (filters - mean)


def assert_identical(one, other):
    for name, values in vars(one).items():
        np.testing.assert_array_equal(values, vars(other)[name])


def assert_is_pca_of(filters, basis):
    """The basis of scikit-learn, up to what squared weights keep of it."""
    fitted = PCA(svd_solver="full").fit(filters)
    rank = min(9, len(filters) - 1)
    variance = fitted.explained_variance_[:rank]
    assert basis.n_filters == len(filters)
    np.testing.assert_allclose(basis.mean, fitted.mean_, atol=1e-12)
    np.testing.assert_allclose(basis.explained_variance[:rank], variance, rtol=0, atol=1e-12 * variance[0])
    np.testing.assert_allclose(basis.explained_variance[rank:], 0, atol=1e-12 * variance[0])
    np.testing.assert_allclose(
        basis.explained_variance_ratio[:rank], fitted.explained_variance_ratio_[:rank], atol=1e-11
    )
    np.testing.assert_allclose(basis.components @ basis.components.T, np.eye(9), atol=1e-12)
    # Where two variances are close, directions are known less well.
    steps = -np.diff([np.inf, *variance, 0.0 if rank < 9 else -np.inf])
    blur = 1e-11 * variance[0] / np.minimum(steps[:-1], steps[1:])
    assert (np.abs(basis.components[:rank] - fitted.components_[:rank]).max(axis=1) < blur).all()


@given(n=st.integers(2, 300), offset=st.sampled_from([0.0, 1.0, -50.0]), seed=st.integers(0, 2**32 - 1))
def test_pca_equals_that_of_scikit_learn(n, offset, seed):
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.normal(size=(9, 9)))[0]
    filters = offset + rng.normal(size=(n, 9)) * 0.6 ** np.arange(9) @ turn
    assert_is_pca_of(filters, pca(*moments(filters)))


def test_each_group_has_the_pca_of_its_filters(layers_of_filters, moments_of):
    measured = moments_of(layers_of_filters)
    groups = [[3, 4], [0, 6, 7, 1], [10]]
    group_of = {10 * layer: k for k, members in enumerate(groups) for layer in members}
    for variant, factor in ((0, 1), (1, 2)):
        bases = group_bases(measured, variant, group_of, 3)
        for basis, members in zip(bases, groups, strict=True):
            assert_is_pca_of(factor * np.concatenate([layers_of_filters[layer] for layer in members]), basis)
        assert_is_pca_of(factor * np.concatenate(layers_of_filters), global_basis(measured, variant))


def test_the_bases_of_both_variants_and_stacked(layers_of_filters, moments_of):
    measured = moments_of(layers_of_filters)
    bases = global_bases(measured)
    for variant, basis in enumerate(bases):
        assert_identical(basis, global_basis(measured, variant))
    components, mean = stacked(bases)
    assert (components.shape, mean.shape) == ((2, 9, 9), (2, 9))
    for array, name in ((components, "components"), (mean, "mean")):
        assert array.dtype == np.float64
        assert array.flags.c_contiguous
        np.testing.assert_array_equal(array, [vars(basis)[name] for basis in bases])


def test_a_group_without_a_layer_is_undefined(layers_of_filters, moments_of):
    first, second = group_bases(moments_of(layers_of_filters), 0, {0: 1}, 2)
    assert (first.n_filters, second.n_filters) == (0, 1)
    for basis in (first, second):
        assert np.isnan(basis.explained_variance).all()
        assert np.isnan(basis.explained_variance_ratio).all()
        np.testing.assert_array_equal(basis.components, np.eye(9))
    np.testing.assert_array_equal(second.mean, layers_of_filters[0][0])


def test_weights_that_float64_cannot_square_are_named(layers_of_filters, moments_of):
    with np.errstate(over="ignore", invalid="ignore"):
        moments = moments_of([1e300 * filters if k == 1 else filters for k, filters in enumerate(layers_of_filters)])
    with pytest.raises(
        FiltershiftError, match=r"^layer 10 has weights as large as \S+e\+299; expected less than 1e150"
    ):
        global_basis(moments, 1)


def test_without_variance_the_ratio_is_undefined_but_there_is_a_basis():
    basis = pca(100, np.ones(9), np.zeros((9, 9)))
    np.testing.assert_array_equal(basis.explained_variance, 0)
    assert np.isnan(basis.explained_variance_ratio).all()
    np.testing.assert_allclose(basis.components @ basis.components.T, np.eye(9), atol=1e-12)


def test_variances_rounded_below_zero_are_zero():
    direction = np.arange(1.0, 10)
    basis = pca(50, np.zeros(9), np.outer(direction, direction) - 1e-14 * np.eye(9))
    assert (basis.explained_variance >= 0).all()
    assert basis.explained_variance_ratio.sum() == pytest.approx(1)


@pytest.mark.parametrize("flip", [-1, 1])
@pytest.mark.parametrize("seed", range(8))
def test_of_equal_largest_loadings_the_first_is_positive(flip, seed):
    turn = np.eye(9)
    turn[0, :2] = np.array([1, -1]) * flip / np.sqrt(2)
    turn[1, :2] = flip / np.sqrt(2)
    uneven = 1e-13 * np.random.default_rng(seed).normal(size=(9, 9))
    scatter = turn.T @ np.diag(np.arange(9.0, 0, -1)) @ turn + uneven + uneven.T
    components = pca(2, np.zeros(9), scatter).components
    np.testing.assert_allclose(components[0, :2], [np.sqrt(0.5), -np.sqrt(0.5)], atol=1e-9)
    np.testing.assert_allclose(components[1, :2], [np.sqrt(0.5), np.sqrt(0.5)], atol=1e-9)


def test_bases_as_a_table(layers_of_filters, moments_of):
    measured = moments_of(layers_of_filters)
    bases = [(f"label {k}", vars(basis)) for k, basis in enumerate(group_bases(measured, 0, {40: 0, 60: 1}, 2))]
    table = basis_table(bases)
    assert table.columns.tolist() == [
        "group",
        "component",
        "explained_variance_ratio",
        "cumulative_ratio",
        *(f"w{p}" for p in range(9)),
    ]
    assert table["group"].tolist() == ["label 0"] * 9 + ["label 1"] * 9
    assert table["component"].tolist() == [*range(9)] * 2
    second = bases[1][1]
    rows = table[table["group"] == "label 1"]
    np.testing.assert_array_equal(rows["explained_variance_ratio"], second["explained_variance_ratio"])
    np.testing.assert_allclose(rows["cumulative_ratio"].iloc[-1], 1)
    np.testing.assert_array_equal(rows.filter(regex="^w").to_numpy(), second["components"])
    assert isinstance(table.index, pd.RangeIndex)


@pytest.mark.parametrize("kind", FIXED)
@pytest.mark.parametrize("variant", [0, 1])
def test_a_fixed_basis_has_the_variance_of_the_coefficients_along_it(kind, variant, rng):
    filters = rng.normal(size=(300, 9)) @ rng.normal(size=(9, 9)) + 1
    source = FilterArray([filters])
    basis = global_bases(measure_moments(source, source.row_ranges), kind)[variant]
    np.testing.assert_allclose(basis.components @ basis.components.T, np.eye(9), atol=1e-12)
    assert not basis.mean.any()
    scaled = filters / np.abs(filters).max(axis=1, keepdims=True)
    variance = ((filters if variant else scaled) @ basis.components.T).var(axis=0, ddof=1)
    np.testing.assert_allclose(basis.explained_variance, variance, rtol=1e-9)
    np.testing.assert_allclose(basis.explained_variance_ratio, variance / variance.sum(), rtol=1e-9)
    assert basis.n_filters == 300
