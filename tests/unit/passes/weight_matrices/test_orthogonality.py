"""Orthogonality against numpy, and whoever computes it the same bit for bit."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from filtershift.passes import blocks
from filtershift.passes.stored.layers import load, save
from filtershift.passes.weight_matrices import matrix as weight_matrix
from filtershift.passes.weight_matrices.measure import LayerMatrices, measure_weight_matrices
from numpy_reference import InMemory, assert_identical, owned, row_ranges_of

EXACT = {"float32": 1e-7, "float64": 1e-13}


def orthogonality_of(filters, out_channels):
    """1 - sum |W Wᵀ - I| / (n (n - 1)) in numpy, all at once."""
    weights = filters.reshape(out_channels, -1).astype(np.longdouble)
    norm = np.sqrt((weights**2).sum(axis=1, keepdims=True))
    block = np.divide(weights, norm, out=np.zeros_like(weights), where=norm > 0)
    apart = np.abs((block[:, None] * block[None]).sum(axis=2) - np.eye(out_channels)).sum()
    return float(1 - apart / (out_channels * (out_channels - 1)))


def table_of(*shapes):
    """The layer table of layers with (filters, output channels, input channels, groups), numbered 0, 1, …"""
    columns = ["n_filters", "out_channels", "in_channels", "groups"]
    return pd.DataFrame(shapes, columns=columns, index=pd.RangeIndex(len(shapes), name="layer"))


def one_layer(weights, *row_ranges):
    """The orthogonality of a layer with these weights, (out_channels, in_channels, 9)."""
    rows, columns = weights.shape[:2]
    filters = weights.reshape(-1, 9)
    table = table_of((rows * columns, rows, columns, 1))
    return measure_weight_matrices(
        InMemory(filters), table, row_ranges_of(list(row_ranges) or [(0, len(filters))])
    ).orthogonality[0]


class Unreadable:
    def read(self, start, stop):
        raise AssertionError("nothing is to be read")


@pytest.fixture(params=[np.float32, np.float64], ids=["float32", "float64"])
def several(request, rng):
    """Filters, table and runs of six layers: regular in three runs, grouped, depthwise, wide, zero and zero in part."""
    table = table_of((60, 10, 6, 1), (24, 8, 9, 3), (40, 40, 40, 40), (5000, 50, 100, 1), (12, 4, 3, 1), (30, 6, 5, 1))
    row_ranges = row_ranges_of(
        [(0, 7), (100, 150), (160, 163)], [(7, 31)], [(40, 80)], [(200, 5200)], [(80, 92)], [(5200, 5230)]
    )
    filters = rng.standard_t(3, (5230, 9)) * rng.choice([1e-3, 1, 50], (5230, 1)) + 0.1
    filters[80:92] = filters[5205:5210] = 0
    return filters.astype(request.param), table, row_ranges


def test_orthogonality_is_that_of_the_weight_matrix(several):
    filters, table, row_ranges = several
    result = measure_weight_matrices(InMemory(filters), table, row_ranges)
    assert result.layer.tolist() == list(range(6))
    expected = [orthogonality_of(owned(filters, row_ranges, k), int(table["out_channels"][k])) for k in range(6)]
    np.testing.assert_allclose(result.orthogonality, expected, rtol=0, atol=EXACT[filters.dtype.name])


@given(rows=st.integers(2, 30), columns=st.integers(1, 12), offset=st.floats(-2, 2), seed=st.integers(0, 2**32 - 1))
def test_any_shape(rows, columns, offset, seed):
    weights = np.random.default_rng(seed).normal(offset, 1, (rows, columns, 9))
    value = one_layer(weights)
    assert value == pytest.approx(orthogonality_of(weights, rows), abs=1e-13)
    assert 0 <= value <= 1
    # Neither the scales nor the signs of output channels matter.
    scales = (
        np.random.default_rng(seed + 1).uniform(0.1, 10, (rows, 1, 1))
        * np.where(np.arange(rows) % 2, -1, 1)[:, None, None]
    )
    assert one_layer(weights * scales) == pytest.approx(value, abs=1e-13)


def test_from_parallel_to_orthogonal_rows(rng):
    assert one_layer(np.outer([1, -2, 3], rng.normal(size=18)).reshape(3, 2, 9)) == pytest.approx(0, abs=1e-15)
    assert one_layer(np.eye(9).reshape(9, 1, 9) * 7) == 1
    basis = np.linalg.qr(rng.normal(size=(18, 18)))[0].reshape(18, 2, 9)
    assert one_layer(basis) == pytest.approx(1, abs=1e-15)


def test_a_row_of_zeros_costs_one():
    weights = np.eye(9).reshape(9, 1, 9).copy()
    weights[:4] = 0
    assert one_layer(weights) == pytest.approx(1 - 4 / (9 * 8), abs=1e-15)
    assert one_layer(np.zeros((9, 1, 9))) == pytest.approx(1 - 1 / 8, abs=1e-15)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_any_size_of_weight(rng, kind):
    weights = np.rint(rng.uniform(-9, 9, (5, 4, 9))).astype(kind)
    limits = np.finfo(kind)
    for size in (limits.smallest_subnormal, limits.tiny, limits.tiny**0.6, limits.max**0.6, limits.max / 20):
        assert one_layer(weights * kind(size)) == pytest.approx(one_layer(weights), abs=EXACT[weights.dtype.name])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("strip", [512, 1])
def test_one_weight_that_is_not_finite_leaves_it_unknown(several, bad, kind, strip, monkeypatch):
    monkeypatch.setattr(weight_matrix, "STRIP_ROWS", strip)
    filters, table, row_ranges = several
    filters = filters.astype(kind)
    whole = measure_weight_matrices(InMemory(filters), table, row_ranges).orthogonality
    filters[130, 4] = bad
    result = measure_weight_matrices(InMemory(filters), table, row_ranges).orthogonality
    assert np.isnan(result[0])
    np.testing.assert_array_equal(result[1:], whole[1:])


def test_layers_of_one_row_or_of_another_shape_are_unknown(rng):
    shapes = [
        (12, 4, 4, 1),  # sixteen
        (12, 3, 4, 2),  # six
        (12, 24, 1, 2),  # half a filter a row
        (12, 2.5, 4.8, 1),
        (12, 0, 3, 1),
        (12, 4, 3, 0),
        (12, -4, -3, 1),
        (12, np.nan, 3, 1),
        (12, np.inf, 3, np.inf),
        (12, 1e300, 1e300, 1),
    ]
    result = measure_weight_matrices(Unreadable(), table_of(*shapes), row_ranges_of(*[[(0, 12)]] * len(shapes)))
    assert result.layer.tolist() == list(range(len(shapes)))
    for found in (result.orthogonality, result.stable_rank, result.effective_rank, result.percentiles):
        assert np.isnan(found).all()


def test_one_row_has_a_rank_and_percentiles_but_no_orthogonality(rng):
    filters = rng.normal(size=(12, 9))
    result = measure_weight_matrices(InMemory(filters), table_of((12, 1, 12, 1)), row_ranges_of([(0, 12)]))
    assert np.isnan(result.orthogonality).all()
    assert (result.stable_rank[0], result.effective_rank[0]) == pytest.approx((1, 1))
    assert result.percentiles[0].tolist() == pytest.approx(np.percentile(filters, [0, 25, 50, 75, 100]).tolist())


def test_nothing_is_read_without_the_columns_of_shapes(several):
    _, table, row_ranges = several
    for columns in (["n_filters"], ["n_filters", "out_channels", "groups"]):
        result = measure_weight_matrices(Unreadable(), table[columns], row_ranges)
        assert result.layer.tolist() == list(range(6))
        assert np.isnan(result.orthogonality).all()


def test_shapes_may_be_text_as_in_the_layer_table_read_back(several):
    filters, table, row_ranges = several
    table = table.astype({"out_channels": str, "in_channels": str, "groups": str})
    table.loc[1, "groups"] = np.nan
    table.loc[2, "in_channels"] = "forty"
    result = measure_weight_matrices(InMemory(filters), table, row_ranges)
    assert np.isnan(result.orthogonality).tolist() == [False, True, True, False, False, False]


@pytest.mark.parametrize(("rows", "weights"), [(512, 1), (3, 1 << 21), (7, 1800), (64, 900)])
def test_strips_are_the_whole(several, rows, weights, monkeypatch):
    filters, table, row_ranges = several
    whole = measure_weight_matrices(InMemory(filters), table, row_ranges)
    monkeypatch.setattr(weight_matrix, "STRIP_ROWS", rows)
    monkeypatch.setattr(weight_matrix, "STRIP_WEIGHTS", weights)
    strips = measure_weight_matrices(InMemory(filters), table, row_ranges, threads=2)
    np.testing.assert_allclose(strips.orthogonality, whole.orthogonality, rtol=0, atol=EXACT[filters.dtype.name])
    np.testing.assert_allclose(strips.stable_rank, whole.stable_rank, rtol=1e-12)
    np.testing.assert_allclose(strips.effective_rank, whole.effective_rank, rtol=1e-12)
    np.testing.assert_array_equal(strips.percentiles, whole.percentiles)


def test_no_more_than_two_strips_are_held(monkeypatch):
    monkeypatch.setattr(weight_matrix, "STRIP_WEIGHTS", 900)
    filters = np.random.default_rng(0).normal(size=(4000, 9))
    reads = []

    class Source:
        def read(self, start, stop):
            reads.append(stop - start)
            return filters[start:stop]

    measure_weight_matrices(Source(), table_of((4000, 200, 20, 1)), row_ranges_of([(0, 4000)]))
    assert max(reads) * 9 <= 900


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_do_not_matter(several, threads, monkeypatch):
    monkeypatch.setattr(weight_matrix, "STRIP_ROWS", 7)
    filters, table, row_ranges = several
    one = measure_weight_matrices(InMemory(filters), table, row_ranges)
    assert_identical(measure_weight_matrices(InMemory(filters), table, row_ranges, threads), one)


def test_threads_of_the_linear_algebra_library_do_not_matter(monkeypatch):
    monkeypatch.setattr(weight_matrix, "STRIP_ROWS", 300)
    filters = np.random.default_rng(3).normal(9, 1, (600 * 57, 9))
    table, row_ranges = table_of((600 * 57, 600, 57, 1)), row_ranges_of([(0, 600 * 57)])
    results = []
    for threads in (1, 2):
        with threadpool_limits(limits=threads, user_api="blas"):
            results.append(measure_weight_matrices(InMemory(filters), table, row_ranges))
    assert_identical(*results)


@pytest.mark.parametrize("shards", [1, 2, 4, 9])
def test_shards_do_not_matter(several, shards, tmp_path):
    filters, table, row_ranges = several
    whole = measure_weight_matrices(InMemory(filters), table, row_ranges)
    paths = []
    for k in range(1, shards + 1):
        part = blocks.in_shard(table, f"{k}-of-{shards}")
        mine = row_ranges[row_ranges["layer"].isin(part.index)]
        paths.append(tmp_path / f"{k}.h5")
        save(paths[-1], measure_weight_matrices(InMemory(filters), part, mine))
    assert_identical(load(paths[::-1], LayerMatrices), whole)


def test_progress_sees_every_layer(several):
    filters, table, row_ranges = several
    seen = []

    def progress(items):
        for item in items:
            seen.append(item)
            yield item

    measure_weight_matrices(InMemory(filters), table, row_ranges, 1, progress)
    assert len(seen) == 6
