"""How the work is cut."""

import threading

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from filtershift.passes import blocks
from filtershift.passes.blocks import BLOCK, batches_of, in_order, in_shard, shard_of
from numpy_reference import row_ranges_of


@given(sizes=st.lists(st.integers(0, 10**9), max_size=40), shards=st.integers(1, 50))
@example(sizes=[5, 0], shards=2)
def test_every_layer_has_one_shard_and_shards_are_runs_of_layers(sizes, shards):
    shard = shard_of(np.array(sizes, np.int64), shards)
    assert ((shard >= 0) & (shard < shards)).all()
    assert (np.diff(shard) >= 0).all()
    layers = pd.DataFrame({"n_filters": np.array(sizes, np.int64)}, index=range(100, 100 + len(sizes)))
    parts = [in_shard(layers, f"{k}-of-{shards}").index.tolist() for k in range(1, shards + 1)]
    assert [layer for part in parts for layer in part] == layers.index.tolist()


def test_shards_have_about_equal_numbers_of_filters():
    sizes = np.random.default_rng(0).integers(1, 1000, 5000)
    share = np.bincount(shard_of(sizes, 8), sizes) / sizes.sum()
    np.testing.assert_allclose(share, 1 / 8, atol=1000 / sizes.sum())


@given(
    row_ranges=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 50)), max_size=8),
    block=st.integers(1, 20),
    span=st.integers(1, 100),
)
def test_units_cover_every_run_once_and_begin_where_it_does(row_ranges, block, span):
    starts = np.cumsum([0, *(length + gap for gap, length in row_ranges)])
    layers = [[(int(start), int(start) + length)] for start, (_, length) in zip(starts, row_ranges, strict=False)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", block)
        patch.setattr(blocks, "BATCH", span)
        batches = batches_of(row_ranges_of(*layers))
    flat = [one for batch in batches for one in batch]
    expected = [
        (layer, first, min(first + block, stop))
        for layer, [(start, stop)] in enumerate(layers)
        for first in range(start, stop, block)
    ]
    assert [tuple(one) for one in flat] == expected
    for batch in batches:
        assert sum(one.stop - one.start for one in batch[:-1]) < span


def test_a_layer_larger_than_a_unit_is_cut_from_its_beginning():
    [batch] = batches_of(row_ranges_of([(10, 10 + BLOCK + 5), (7_000_000, 7_000_003)]))
    assert [(u.start, u.stop) for u in batch] == [
        (10, 10 + BLOCK),
        (10 + BLOCK, 15 + BLOCK),
        (7_000_000, 7_000_003),
    ]


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_results_come_in_order_and_only_a_few_ahead(threads):
    later = threading.Event()
    begun, ahead = [], []

    def work(k):
        begun.append(k)
        if k == 0 and threads > 1:
            assert later.wait(10)  # others overtake the first one
        if k == 1:
            later.set()
        return k * k

    done = []
    for k, result in enumerate(in_order(work, range(40), threads, iter)):
        ahead.append(len(begun) - k)
        done.append(result)
    assert done == [k * k for k in range(40)]
    assert max(ahead) <= 2 * threads + 1


def test_an_error_in_the_work_is_raised():
    def work(k):
        if k == 3:
            raise OSError("block 3 cannot be read")
        return k

    with pytest.raises(OSError, match="block 3"):
        list(in_order(work, range(100), 2, iter))


def test_progress_sees_every_item():
    seen = []

    def progress(items):
        for item in items:
            seen.append(item)
            yield item

    assert list(in_order(str, [1, 2, 3], 1, progress)) == ["1", "2", "3"]
    assert seen == [1, 2, 3]
