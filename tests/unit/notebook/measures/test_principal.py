"""Principal components and coefficients, against scikit-learn on all filters at once."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA

import filtershift
from filtershift import FiltershiftError
from filtershift.passes import kernels
from six_layers import LAYERS, scaled


def test_pca_is_that_of_scikit_learn_and_transforms(dataset) -> None:
    filters = np.concatenate([scaled(layer) for layer in LAYERS])
    expected, found = PCA().fit(filters), filtershift.pca(dataset)
    for name in ("components_", "mean_", "explained_variance_", "explained_variance_ratio_", "singular_values_"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-6, atol=1e-9, err_msg=name)
    np.testing.assert_allclose(found.transform(filters), expected.transform(filters), atol=1e-8)
    np.testing.assert_allclose(found.transform(filters.reshape(-1, 3, 3)), expected.transform(filters), atol=1e-8)
    np.testing.assert_allclose(found.inverse_transform(found.transform(filters)), filters, atol=1e-12)
    assert isinstance(clone(found), PCA)


@pytest.mark.parametrize("variant", ["scaled", "unscaled"])
def test_coefficients(dataset, variant) -> None:
    filters = [scaled(layer) if variant == "scaled" else layer.reshape(-1, 9) for layer in LAYERS]
    expected = PCA().fit(np.concatenate(filters))
    all_of_them = filtershift.coefficients(dataset, variant=variant)
    np.testing.assert_allclose(all_of_them, expected.transform(np.concatenate(filters)), atol=1e-6)
    for basis in (filtershift.pca(dataset, variant), dataset):
        found = filtershift.coefficients(dataset.where(Task="c"), basis, variant)
        np.testing.assert_allclose(found, expected.transform(filters[3]), atol=1e-6)


def test_coefficients_of_zero_and_of_filters_that_are_not_finite(dataset) -> None:
    odd = np.zeros((4, 9))
    odd[1, 3], odd[2, 4] = np.nan, np.inf
    basis = filtershift.pca(dataset)
    found = filtershift.coefficients(odd, basis)
    assert np.isnan(found).all(axis=1).tolist() == [False, True, True, False]
    np.testing.assert_allclose(found[0], -basis.mean_ @ basis.components_.T)


def test_only_the_first_pass_runs(dataset, monkeypatch) -> None:
    monkeypatch.delattr(kernels, "coefficients")
    filtershift.pca(dataset)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda data: filtershift.pca(data, variant="raw"), "scaled or unscaled, not 'raw'"),
        (lambda data: filtershift.pca(data, variant=["scaled"]), "scaled or unscaled"),
        (lambda data: filtershift.pca(np.zeros((0, 9))), "0 filters of 1 layers> of .*: none is finite"),
        (lambda data: filtershift.pca(np.full((5, 9), np.nan)), "none is finite"),
        (lambda data: filtershift.pca(data).transform(np.zeros((3, 5))), r"\(n, 9\) or \(n, 3, 3\), not \(3, 5\)"),
        (lambda data: filtershift.pca(data).transform([[np.nan] * 9]), "NaN or infinity"),
        (lambda data: filtershift.pca(data).transform("a.h5"), "transform takes arrays, not 'a.h5'"),
        (lambda data: filtershift.pca(data).transform(data), "see filtershift.coefficients"),
        (lambda data: filtershift.pca(data).transform([[1], [2, 3]]), "transform: what is given is no array"),
        (lambda data: filtershift.coefficients(data, filtershift.pca(data), "unscaled"), "is one of scaled filters"),
        (lambda data: filtershift.coefficients(data, PCA().fit(LAYERS[0].reshape(-1, 9))), "made by filtershift.pca"),
        (lambda data: filtershift.coefficients(data, "basis.h5"), "'basis.h5' is a path"),
    ],
)
def test_mistakes_are_one_line(dataset, wrong, said) -> None:
    with pytest.raises(FiltershiftError, match=said) as error:
        wrong(dataset)
    assert "\n" not in str(error.value)
