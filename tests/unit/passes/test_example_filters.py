"""Filters to look at: of each kind as many as there are, none twice, found again in the data set."""

import numpy as np
import pandas as pd
import pytest

from filtershift.passes.all_passes import measure
from filtershift.passes.example_filters import EACH, READ, ExampleFilters, example_filters
from filtershift.passes.filter_array import FilterArray
from filtershift.passes.histograms import compared_counts

BINS = 70


def examples(source: FilterArray, row_ranges: pd.DataFrame) -> ExampleFilters:
    found = measure(source, row_ranges, BINS)
    counts = np.stack([compared_counts(of_layer[0], BINS) for _, of_layer in found.counted])
    return example_filters(source, row_ranges, found.bases[0], found.grids[0], counts)


@pytest.fixture
def layers() -> list[np.ndarray]:
    """Layers of 3 and of 40 filters, and one larger than what is read."""
    rng = np.random.default_rng(1)
    layers = [rng.normal(size=(n, 9)).astype(np.float32) for n in (3, 40, 5 * READ)]
    layers[1][:4] = 0
    layers[1][4, 2] = np.nan
    return layers


def test_examples_are_filters_of_their_layer(layers: list[np.ndarray]) -> None:
    source = FilterArray(layers)
    found = examples(source, source.row_ranges)
    every = np.concatenate(layers)
    for k, (start, stop) in enumerate(zip(source.row_ranges["start"], source.row_ranges["stop"], strict=True)):
        rows = found.row[k][found.row[k] >= 0]
        assert len(set(rows.tolist())) == len(rows) == min(stop - start, 3 * EACH)
        assert ((rows >= start) & (rows < stop)).all()
        np.testing.assert_array_equal(found.weights[k][found.row[k] >= 0].reshape(-1, 9), every[rows])
        assert np.isnan(found.weights[k][found.row[k] < 0]).all()
    assert not set(range(3, 8)) & set(found.row[1].tolist())


def test_typical_ones_are_in_the_crowd_and_extreme_ones_are_not() -> None:
    rng = np.random.default_rng(2)
    crowd = np.tile(rng.normal(size=9), (300, 1)) + 0.05 * rng.normal(size=(300, 9))
    odd = rng.normal(size=(EACH, 9))
    source = FilterArray(
        [np.concatenate([crowd, odd]).astype(np.float32), rng.normal(size=(900, 9)).astype(np.float32)]
    )
    found = examples(source, source.row_ranges)
    assert (found.row[0, :EACH] < 300).all()
    assert sorted(found.row[0, EACH : 2 * EACH].tolist()) == list(range(300, 300 + EACH))


def test_the_same_again_and_from_scattered_rows(layers: list[np.ndarray]) -> None:
    source = FilterArray([np.concatenate(layers[1:])])
    cut = [0, 20, 40, 1000, 40 + 5 * READ]
    row_ranges = pd.DataFrame({"layer": [0, 1, 0, 1], "start": cut[:-1], "stop": cut[1:]})
    row_ranges = row_ranges.sort_values("layer", kind="stable").reset_index(drop=True)
    found, again = examples(source, row_ranges), examples(source, row_ranges)
    np.testing.assert_array_equal(found.row, again.row)
    for layer, rows in zip(found.layer, found.row, strict=True):
        own = row_ranges[row_ranges["layer"] == layer]
        inside = [any(a <= row < b for a, b in zip(own["start"], own["stop"], strict=True)) for row in rows]
        assert all(inside)
