"""What the explorer is given is what the run measured."""

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.shapes.statistics import shapes
from filtershift.passes.bases import global_bases
from filtershift.passes.example_filters import ExampleFilters
from filtershift.report.explorer.content import Histograms, ShownGrouping

Shown = Callable[..., dict[str, Any]]


def unpacked(text: str, dtype: str) -> np.ndarray:
    return np.frombuffer(gzip.decompress(base64.b64decode(text)), dtype)


def test_it_is_json(shown: Shown) -> None:
    text = json.dumps(shown(), allow_nan=False)
    assert json.loads(text)["name"] == "made"


def test_columns_are_those_with_something_to_say(shown: Shown) -> None:
    columns = {column["name"]: column for column in shown()["columns"]}
    assert {"model", "Task", "version", "conv_depth", "state"} <= set(columns)
    assert not {"same", "filter_ids", "model_id", "layer", "sparsity"} & set(columns)
    assert columns["Task"]["own"]
    assert not columns["state"]["own"]


def test_labels_are_texts_as_the_groupings_see_them(shown: Shown) -> None:
    columns = {column["name"]: column for column in shown()["columns"]}
    for name, texts in {"Task": ["a", "a", "unknown", "unknown"], "version": ["01", "1", "2", "2"]}.items():
        labels, code = columns[name]["labels"], unpacked(columns[name]["code"], "<i4")
        assert [labels[k] for k in code] == texts
    assert columns["version"]["numeric"]
    assert not columns["model"]["numeric"]


def test_a_model_is_always_there(shown: Shown, layers: pd.DataFrame) -> None:
    columns = [column["name"] for column in shown(layers=layers.assign(model="x"))["columns"]]
    assert "model" in columns


def test_numbers(shown: Shown) -> None:
    found = shown()
    assert unpacked(found["layer"], "<i4").tolist() == [3, 5, 8, 9]
    assert unpacked(found["n"], "<f8").tolist() == [10, 20, 30, 40]
    np.testing.assert_array_equal(unpacked(found["measures"]["sparsity"], "<f4"), np.float32([0, 0.5, np.nan, 1]))
    assert "orthogonality" not in found["measures"]


def test_layers_have_the_shapes_of_scaled_filters(shown: Shown, rng: np.random.Generator, moments_of: Callable) -> None:
    moments = moments_of([rng.normal(size=(n, 9)) for n in (10, 20, 30, 40)])
    found = shown(moments=moments)["measures"]
    expected = shapes(moments.n, moments.mean[:, 0], moments.scatter[:, 0])
    for name in ("high_frequency", "symmetry", "roughness"):
        np.testing.assert_array_equal(unpacked(found[name], "<f4"), np.float32(expected[name]))


def test_each_variant_has_its_own_moments(shown: Shown) -> None:
    counts = np.zeros((4, 9, 2), int)
    both = shown(histograms={variant: Histograms(counts, 0.0, 1.0) for variant in ("scaled", "unscaled")})["variants"]
    means = [unpacked(both[variant]["mean"], "<f8") for variant in ("scaled", "unscaled")]
    assert [len(mean) for mean in means] == [36, 36]
    assert not np.allclose(*means)
    assert unpacked(both["scaled"]["scatter"], "<f8").size == 4 * 45


@pytest.mark.parametrize(("dtype", "whole"), [(np.int64, True), (np.uint32, True), (np.float64, False)])
def test_counts_that_were_split_stay_fractions(shown: Shown, dtype: type, whole: bool) -> None:
    counts = (np.arange(4 * 9 * 7).reshape(4, 9, 7) / (1 if whole else 2)).astype(dtype)
    scaled = shown(histograms={"scaled": Histograms(counts, -1.5, 0.25)})["variants"]["scaled"]
    assert (scaled["whole"], scaled["bins"], scaled["low"], scaled["width"]) == (whole, 7, -1.5, 0.25)
    if not whole:
        np.testing.assert_array_equal(unpacked(scaled["counts"], "<f4"), counts.ravel())


def test_a_grouping_and_its_intervals(shown: Shown) -> None:
    intervals = pd.DataFrame({"a": ["two", "two"], "b": ["one", "three"], "flag": ["above", ""], "low": [1, np.nan]})
    intervals = intervals.assign(corrected=1.5, high=2, floor=[0.5, 2], null=0.25)
    grouping = ShownGrouping(
        "task", "Task", "shift", ["one", "two", "three"], np.array([0, 1, -1, 2]), {"scaled": intervals}
    )
    [found] = shown(groupings=[grouping])["groupings"]
    assert unpacked(found["code"], "<i4").tolist() == [0, 1, -1, 2]
    table = found["intervals"]["scaled"]
    assert unpacked(table["pairs"], "<i4").tolist() == [1, 1, 0, 2]
    assert [table["flags"][k] for k in unpacked(table["flag"], "i1")] == ["above", ""]
    assert set(table["numbers"]) == {"corrected", "low", "high", "floor", "null"}
    np.testing.assert_array_equal(unpacked(table["numbers"]["low"], "<f4"), np.float32([1, np.nan]))


def test_examples_and_marked_models(shown: Shown) -> None:
    assert shown()["examples"] is None
    weights = np.arange(4 * 18 * 9, dtype=np.float32).reshape(4, 18, 3, 3)
    found = shown(examples=ExampleFilters(np.arange(4), np.full((4, 18), -1), weights), marked=["y"])
    assert found["marked"] == ["y"]
    np.testing.assert_array_equal(unpacked(found["examples"]["weights"], "<f4"), weights.ravel())
    assert (unpacked(found["examples"]["row"], "<f8") == -1).all()


def test_axes_of_a_fixed_basis_have_names(shown: Shown, rng: np.random.Generator, moments_of: Callable) -> None:
    moments = moments_of([rng.normal(size=(n, 9)) for n in (10, 20, 30, 40)])
    histograms = {"scaled": Histograms(np.zeros((4, 9, 2), int), 0.0, 1.0)}
    fixed, pca = (
        shown(moments=moments, bases=global_bases(moments, kind), histograms=histograms)["variants"]["scaled"]
        for kind in ("dct", "pca")
    )
    assert fixed["axes"][8] == "DCT 22"
    assert "axes" not in pca
