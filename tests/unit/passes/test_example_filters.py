"""Example filters are filters of their layer, each shown once, the typical more likely than the extreme."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from filtershift.passes.bases import Basis
from filtershift.passes.example_filters import EACH, KINDS, READ, RUN, ExampleFilters, example_filters
from filtershift.passes.histograms import Grid

BASIS = Basis(np.eye(9), np.zeros(9), np.ones(9), np.full(9, 1 / 9), 1)
GRID = Grid(np.array([-1.0, 1.0]), 20, np.array([-1.0, 1.0]))
ALL = EACH * len(KINDS)


class Source:
    """Filters in memory; remembers which rows were read."""

    def __init__(self, filters: np.ndarray) -> None:
        self.filters = filters
        self.rows: list[int] = []

    def read(self, start: int, stop: int) -> np.ndarray:
        self.rows += range(start, stop)
        return self.filters[start:stop]


def scaled(filters: np.ndarray) -> np.ndarray:
    return filters / np.abs(filters).max(axis=1, keepdims=True)


def histograms(filters: np.ndarray) -> np.ndarray:
    """(9, 200) of the scaled weights of usable filters: the basis is the identity."""
    usable = scaled(filters[np.isfinite(filters).all(axis=1) & filters.any(axis=1)])
    return np.array([np.histogram(column, 200, (-1, 1))[0] for column in usable.T])


def chosen(source: Source, ranges: Sequence[tuple[int, int, int]]) -> ExampleFilters:
    """The examples of layers with these (layer, start, stop)."""
    table = pd.DataFrame(ranges, columns=["layer", "start", "stop"])
    rows = {
        layer: np.concatenate([np.r_[a:b] for _, a, b in own.itertuples(index=False)])
        for layer, own in table.groupby("layer")
    }
    counts = np.array([histograms(source.filters[own]) for own in rows.values()])
    return example_filters(source, table, BASIS, GRID, counts)


@pytest.fixture
def filters(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=(5000, 9)).astype(np.float32)


def test_each_is_a_filter_of_its_layer_and_shown_once(filters: np.ndarray) -> None:
    found = chosen(Source(filters), [(4, 0, 300), (7, 300, 400)])
    assert found.layer.tolist() == [4, 7]
    for rows, start, stop in zip(found.row, (0, 300), (300, 400), strict=True):
        assert len(set(rows.tolist())) == ALL
        assert start <= rows.min() <= rows.max() < stop
    np.testing.assert_array_equal(found.weights, filters[found.row].reshape(2, ALL, 3, 3))


def test_typical_ones_are_like_the_others_and_extreme_ones_are_not(rng: np.random.Generator) -> None:
    usual = np.array([0.1, 0.2, 0.1, 0.2, 1, 0.2, 0.1, 0.2, 0.1]) + rng.normal(0, 0.01, (300, 9))
    usual[[17, 130, 250]] = -usual[[17, 130, 250]]
    found = chosen(Source(usual), [(0, 0, 300)])
    assert {17, 130, 250} <= set(found.row[0, EACH : 2 * EACH].tolist())
    assert not {17, 130, 250} & set(found.row[0, :EACH].tolist())


@pytest.mark.parametrize(
    ("n", "each"), [(1, (1, 0, 0)), (2, (1, 1, 0)), (5, (2, 2, 1)), (17, (6, 6, 5)), (18, (6, 6, 6))]
)
def test_a_small_layer_is_shown_whole(filters: np.ndarray, n: int, each: tuple[int, ...]) -> None:
    found = chosen(Source(filters), [(0, 10, 10 + n)])
    parts = found.row[0].reshape(len(KINDS), EACH)
    assert tuple((parts >= 0).sum(axis=1)) == each
    assert sorted(parts[parts >= 0].tolist()) == list(range(10, 10 + n))
    assert np.isnan(found.weights[0, parts.ravel() < 0]).all()


def test_a_large_layer_is_read_in_few_runs(filters: np.ndarray) -> None:
    source = Source(filters)
    found = chosen(source, [(0, 100, 5000)])
    assert len(source.rows) == READ
    assert (source.rows[0], source.rows[-1]) == (100, 4999)
    assert (np.diff(source.rows) > 1).sum() == READ // RUN - 1
    assert set(found.row[0].tolist()) <= set(source.rows)


def test_a_layer_in_pieces(filters: np.ndarray) -> None:
    """Rows of a layer may be scattered; runs of a large one do not go beyond a piece."""
    source = Source(filters)
    pieces = [(0, 0, 30), (0, 1000, 2500), (0, 4000, 4700)]
    found = chosen(source, pieces)
    inside = {row for _, start, stop in pieces for row in range(start, stop)}
    assert set(source.rows) <= inside
    assert len(source.rows) <= READ
    assert len(set(source.rows)) == len(source.rows)
    np.testing.assert_array_equal(found.weights[0].reshape(ALL, 9), filters[found.row[0]])


def test_zero_and_non_finite_filters_are_left_out(filters: np.ndarray) -> None:
    filters[:40:2] = 0
    filters[1, 3], filters[3, 0] = np.nan, np.inf
    found = chosen(Source(filters), [(0, 0, 40), (1, 0, 1)])
    assert not {1, 3, *range(0, 40, 2)} & set(found.row[0].tolist())
    assert (found.row[0] >= 0).sum() == 18
    assert (found.row[1] == -1).all()
    assert np.isnan(found.weights[1]).all()


def test_the_same_every_time_and_whatever_other_layers_there_are(filters: np.ndarray) -> None:
    alone = chosen(Source(filters), [(1, 200, 900)])
    among = chosen(Source(filters), [(0, 0, 200), (1, 200, 900)])
    np.testing.assert_array_equal(alone.row[0], among.row[1])
