"""The functions for notebooks, against scikit-learn, numpy and scipy on all filters at once."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import entropy
from sklearn.decomposition import PCA

import filtershift
from filtershift.dataset.writer import write_dataset
from filtershift.errors import FiltershiftError
from filtershift.passes import kernels

RNG = np.random.default_rng(7)
LAYERS = [
    RNG.normal(0.01 * k, 0.1, (40 + k, 5, 3, 3)).astype(np.float32) @ np.diag([1, 2, 0.5]).astype(np.float32)
    for k in range(6)
]
GROUP = ["a", "b", "a", "c", "b", "a"]


def scaled(filters: np.ndarray) -> np.ndarray:
    filters = filters.reshape(-1, 9).astype(float)
    return filters / np.abs(filters).max(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> filtershift.Filters:
    path = tmp_path_factory.mktemp("data") / "dataset.h5"
    stops = np.cumsum([layer.size // 9 for layer in LAYERS])
    meta = pd.DataFrame(
        {
            "model_id": [0, 0, 1, 1, 2, 2],
            "conv_depth": [0, 1] * 3,
            "conv_depth_norm": [0.0, 1.0] * 3,
            "model": ["x", "x", "y", "y", "z", "z"],
            "Task": GROUP,
            "filter_ids": [f"{stop - layer.size // 9}:{stop - 1}" for stop, layer in zip(stops, LAYERS, strict=True)],
        }
    )
    write_dataset(path, (layer.reshape(-1, 3, 3) for layer in LAYERS), meta)
    return filtershift.open_dataset(path)


def reference_shift(groups: dict[str, np.ndarray], bins: int) -> pd.DataFrame:
    """D by scikit-learn, numpy and scipy."""
    fitted = PCA().fit(np.concatenate(list(groups.values())))
    coefficients = {label: fitted.transform(filters) for label, filters in groups.items()}
    ends = [f(c) for f, c in zip((np.min, np.max), [np.concatenate(list(coefficients.values()))] * 2, strict=True)]
    eps = float(np.finfo(np.float32).eps)
    densities = {
        label: [np.histogram(c[:, i], bins, ends, density=True)[0] for i in range(9)]
        for label, c in coefficients.items()
    }
    p = {label: [np.where(d == 0, eps, d) for d in rows] for label, rows in densities.items()}
    weights = fitted.explained_variance_ratio_
    d = {
        a: {b: sum(w * (entropy(x, y) + entropy(y, x)) for w, x, y in zip(weights, p[a], p[b], strict=True)) for b in p}
        for a in p
    }
    return pd.DataFrame(d)


@pytest.mark.parametrize("variant", ["scaled", "unscaled"])
def test_shift_by_a_column_is_that_of_independent_libraries(dataset, variant) -> None:
    prepare = scaled if variant == "scaled" else lambda filters: filters.reshape(-1, 9).astype(float)
    groups = {
        label: np.concatenate([prepare(layer) for layer, own in zip(LAYERS, GROUP, strict=True) if own == label])
        for label in "abc"
    }
    expected = reference_shift(groups, bins=31)
    found = filtershift.shift(dataset, by="Task", variant=variant, bins=31)
    pd.testing.assert_frame_equal(found.loc[list("abc"), list("abc")], expected, rtol=1e-6, atol=1e-9)
    assert found.mean().is_monotonic_increasing


def test_groups_given_by_label_are_those_of_a_column(dataset) -> None:
    by_label = {
        "a": dataset.where(Task="a"),
        "b": np.concatenate([LAYERS[1].reshape(-1, 9), LAYERS[4].reshape(-1, 9)]),
        "c": [LAYERS[3]],
    }
    by_column = filtershift.shift(dataset, by="Task")
    found = filtershift.shift(by_label)
    pd.testing.assert_frame_equal(found, by_column.loc[found.index, found.columns], rtol=1e-9)


def test_pca_is_that_of_scikit_learn_and_transforms(dataset) -> None:
    filters = np.concatenate([scaled(layer) for layer in LAYERS])
    expected, found = PCA().fit(filters), filtershift.pca(dataset)
    for name in ("components_", "mean_", "explained_variance_", "explained_variance_ratio_", "singular_values_"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-6, atol=1e-9, err_msg=name)
    np.testing.assert_allclose(found.transform(filters), expected.transform(filters), atol=1e-8)
    np.testing.assert_allclose(found.inverse_transform(found.transform(filters)), filters, atol=1e-12)


def test_layers_are_read_by_number_and_in_turn(dataset) -> None:
    assert len(dataset) == 6
    assert repr(dataset) == f"<{sum(layer.size // 9 for layer in LAYERS):,} filters of 6 layers>"
    for own, filters in zip(LAYERS, dataset, strict=True):
        np.testing.assert_array_equal(filters, own.reshape(-1, 3, 3))
    np.testing.assert_array_equal(dataset.where(Task="c")[3], LAYERS[3].reshape(-1, 3, 3))
    with pytest.raises(FiltershiftError, match="there is no layer 6"):
        dataset[6]


def test_quality_of_weights_and_of_bare_filters() -> None:
    weights = {"conv1": LAYERS[0], "dead": np.zeros((8, 4, 3, 3)), "bare": LAYERS[1].reshape(-1, 9)}
    table = filtershift.quality(filtershift.from_arrays(weights))
    assert table["layer_name"].tolist() == list(weights)
    assert table["state"].tolist()[1] == "degenerate"
    assert table["orthogonality"].notna().tolist() == [True, True, False]
    flat = LAYERS[0].reshape(-1, 9).astype(float)
    ratio = PCA().fit(flat).explained_variance_ratio_
    assert table["variance_entropy"][0] == pytest.approx(entropy(ratio) / np.log(10))


@pytest.mark.parametrize(
    ("function", "unneeded"), [(filtershift.pca, ("extent", "histograms")), (filtershift.quality, ("histograms",))]
)
def test_no_pass_runs_that_is_not_needed(dataset, function, unneeded, monkeypatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a pass runs that is not needed")

    for name in unneeded:
        monkeypatch.setattr(kernels, name, never)
    function(dataset)
    with pytest.raises(AssertionError, match="not needed"):
        filtershift.shift(dataset, by="Task")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (filtershift.shift, "name the column"),
        (lambda data: filtershift.shift(data, by="task"), "no column 'task'; theirs are: model_id"),
        (lambda data: filtershift.shift(data, by="Task", variant="raw"), "scaled or unscaled, not 'raw'"),
        (lambda data: filtershift.shift({}), "no group given"),
        (lambda data: filtershift.from_arrays(np.zeros((4, 5, 5))), r"shape \(4, 5, 5\)"),
        (lambda data: filtershift.from_arrays([]), "no layer given"),
        (lambda data: filtershift.from_arrays(np.zeros((4, 9), complex)), "has type complex128; expected real numbers"),
        (lambda data: filtershift.shift(data, by="Task", bins=0), "from 1 to 10,000, not 0"),
        (lambda data: filtershift.shift(data, by="Task", bins=2.5), "from 1 to 10,000, not 2.5"),
        (lambda data: filtershift.shift(data, by=["Task"]), "no column"),
        (lambda data: filtershift.pca(np.zeros((0, 9))), "0 filters of 1 layers>: none is finite"),
        (lambda data: filtershift.pca(np.full((5, 9), np.nan)), "none is finite"),
        (lambda data: filtershift.quality(np.full((5, 9), np.nan)), "5 filters of 1 layers>: none is finite"),
        (lambda data: filtershift.quality([np.zeros((0, 9))] * 2), "0 filters of 2 layers>: none is finite"),
        (
            lambda data: filtershift.quality(filtershift.Filters(data.source, data.layers, data.row_ranges[:0])),
            "finite",
        ),
        (lambda data: data.where(Task="d"), "no layer has Task='d'; there is"),
        (lambda data: data[[1, 2]], "there is no layer"),
        (lambda data: filtershift.open_dataset("nowhere.h5"), "nowhere.h5"),
        (lambda data: filtershift.read_model("nowhere.onnx"), "nowhere.onnx"),
    ],
)
def test_mistakes_are_one_line(dataset, wrong, said) -> None:
    with pytest.raises((FiltershiftError, OSError), match=said) as error:
        wrong(dataset)
    assert "\n" not in str(error.value)


def test_the_package_imports_nothing_heavy_by_itself() -> None:
    code = "import sys, filtershift; sys.exit(' '.join({'numpy', 'pandas', 'sklearn', 'numba'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr == "\n"


def test_every_name_is_there_and_documented() -> None:
    for name in filtershift.__all__:
        assert getattr(filtershift, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'shifts'"):
        filtershift.shifts  # noqa: B018
    assert Path(filtershift.__file__).name == "__init__.py"
