"""The extent of all filters from few layers is that of a whole pass, bit for bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filtershift.passes.bases import Bases, global_bases
from filtershift.passes.extent import LayerExtent, measure_extent
from filtershift.passes.moments import measure_moments
from filtershift.passes.outermost import outermost_extent, reachable
from numpy_reference import InMemory, made_basis, row_ranges_of


class Reading(InMemory):
    """Filters, and how many were read."""

    rows = 0

    def read(self, start: int, stop: int):
        self.rows += stop - start
        return super().read(start, stop)


def ends(extent: LayerExtent) -> list[bytes]:
    return [extent.low.min(axis=0, initial=np.inf).tobytes(), extent.high.max(axis=0, initial=-np.inf).tobytes()]


def layers_of(seed: int, count: int, kind: type[np.floating]):
    """Filters of layers of many kinds, with all that can be wrong with some of them, and their row ranges."""
    rng = np.random.default_rng(seed)
    layers = []
    for _ in range(count):
        n = int(rng.integers(1, 60))
        filters = rng.standard_t(3, (n, 9)) @ rng.normal(size=(9, 9)) * 10.0 ** rng.integers(-3, 3)
        change = rng.integers(0, 9)
        if change == 0:
            filters[:] = 1e-30 * filters if rng.random() < 0.5 else 0
        elif change == 1:
            filters[:, :] = filters[:, :1]  # all along the mean direction
        elif change == 2:
            filters = np.sign(filters)
        elif change == 3:
            filters[rng.random(n) < 0.5, rng.integers(0, 9)] = rng.choice([np.nan, np.inf, -np.inf])
        elif change == 4:
            filters[rng.integers(0, n)] *= 1e6
        elif change == 5:
            filters += 10 * rng.normal()
        elif change == 6 and layers:
            filters = layers[-1].copy()
        layers.append(filters)
    stops = np.cumsum([len(filters) for filters in layers])
    ranges = row_ranges_of(*([(stop - len(filters), stop)] for filters, stop in zip(layers, stops, strict=True)))
    return np.concatenate(layers).astype(kind), ranges


def some_bases(moments, seed: int) -> list[Bases]:
    """The global bases, fixed ones, and any: the bounds hold in all of them."""
    rng = np.random.default_rng(seed)
    turned = [made_basis(np.linalg.qr(rng.normal(size=(9, 9)))[0], rng.normal(size=9)) for _ in range(2)]
    return [*(global_bases(moments, kind) for kind in ("pca", "symmetry", "dct")), (turned[0], turned[1])]


@given(st.integers(0, 10**6), st.integers(1, 12), st.sampled_from([np.float32, np.float64]))
def test_the_extent_of_few_layers_is_that_of_all(seed, count, kind):
    filters, row_ranges = layers_of(seed, count, kind)
    source = InMemory(filters)
    moments = measure_moments(source, row_ranges)
    for bases in some_bases(moments, seed):
        whole = measure_extent(source, row_ranges, bases, moments)
        assert ends(outermost_extent(source, row_ranges, bases, moments, threads=2)) == ends(whole)
        reached = np.stack([-whole.low, whole.high], axis=-1).reshape(-1, 4)
        assert (reachable(moments, bases) >= reached).all()


def test_that_of_hostile_filters_too(hostile):
    filters, row_ranges = hostile
    source = InMemory(filters)
    moments = measure_moments(source, row_ranges)
    for bases in some_bases(moments, 0):
        whole = measure_extent(source, row_ranges, bases, moments)
        assert ends(outermost_extent(source, row_ranges, bases, moments)) == ends(whole)


@pytest.fixture
def alike(rng):
    """A hundred layers of filters whose weights are alike, one of which holds filters that are far out."""
    filters = rng.normal(size=(100 * 50, 1)) + 0.5 * rng.normal(size=(100 * 50, 9))
    filters[700:702] = [[40.0], [-40.0]]
    return filters, row_ranges_of(*([(k, k + 50)] for k in range(0, 5000, 50)))


def test_only_layers_that_can_decide_are_read(alike):
    filters, row_ranges = alike
    source = Reading(filters)
    moments = measure_moments(InMemory(filters), row_ranges)
    extent = outermost_extent(source, row_ranges, global_bases(moments), moments)
    assert 14 in extent.layer
    assert source.rows == 50 * len(extent.layer) < 0.1 * len(filters)


def test_where_all_can_decide_all_are_read_once(alike):
    filters, row_ranges = alike
    source = Reading(np.sign(filters))
    moments = measure_moments(source, row_ranges)
    source.rows, bases = 0, global_bases(moments)
    extent = outermost_extent(source, row_ranges, bases, moments)
    assert source.rows == len(filters)
    assert ends(extent) == ends(measure_extent(source, row_ranges, bases, moments))


def test_nothing_is_read_where_no_filter_is_finite():
    source, row_ranges = Reading(np.full((3, 9), np.nan)), row_ranges_of([(0, 1)], [(1, 3)])
    moments = measure_moments(source, row_ranges)
    source.rows = 0
    assert outermost_extent(source, row_ranges, global_bases(moments), moments).layer.size == source.rows == 0
