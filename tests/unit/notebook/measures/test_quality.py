"""The quality of layers."""

import numpy as np
import pytest
from scipy.stats import entropy
from sklearn.decomposition import PCA

import filtershift
from filtershift import FiltershiftError
from filtershift.passes import histograms
from six_layers import LAYERS


def test_quality_of_weights_and_of_bare_filters() -> None:
    weights = {"conv1": LAYERS[0], "dead": np.zeros((8, 4, 3, 3)), "bare": LAYERS[1].reshape(-1, 9)}
    table = filtershift.quality(filtershift.from_arrays(weights))
    assert table["layer_name"].tolist() == list(weights)
    assert table["state"].tolist()[1] == "degenerate"
    assert table["orthogonality"].notna().tolist() == [True, True, False]
    flat = LAYERS[0].reshape(-1, 9).astype(float)
    ratio = PCA().fit(flat).explained_variance_ratio_
    assert table["variance_entropy"][0] == pytest.approx(entropy(ratio) / np.log(10))


def test_histograms_are_not_counted(dataset, monkeypatch) -> None:
    monkeypatch.delattr(histograms, "measure_histograms")
    filtershift.quality(dataset)


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (np.full((5, 9), np.nan), "5 filters of 1 layers> of .*: none is finite"),
        ([np.zeros((0, 9))] * 2, "0 filters of 2 layers> of .*: none is finite"),
    ],
)
def test_nothing_to_measure(filters, said) -> None:
    with pytest.raises(FiltershiftError, match=said):
        filtershift.quality(filters)


def test_quality_in_any_order_and_without_empty_layers() -> None:
    """Each value stands at its layer."""
    filters = filtershift.from_arrays({"a": LAYERS[0], "none": np.zeros((0, 3, 3)), "b": LAYERS[1]})
    table = filtershift.quality(filters)
    assert table["layer_name"].tolist() == ["a", "b"]
    turned = filtershift.quality(filters[::-1]).sort_index()
    assert turned["layer_name"].tolist() == ["a", "b"]
    assert turned["variance_entropy"].tolist() == table["variance_entropy"].tolist()
