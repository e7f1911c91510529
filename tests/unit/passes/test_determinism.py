"""Who computes what never shows: results are the same bit for bit."""

import numpy as np
import pytest

from filtershift.passes import blocks
from filtershift.passes.all_passes import measure
from filtershift.passes.extent import LayerExtent
from filtershift.passes.histograms import measure_histograms
from filtershift.passes.moments import LayerMoments, measure_moments
from filtershift.passes.stored.histograms import group_counts, load_grid, save_histograms
from filtershift.passes.stored.layers import load, save
from numpy_reference import InMemory, assert_identical, layer_table
from taken import taken


def all_passes(filters, row_ranges, threads=1):
    return taken(measure(InMemory(filters), row_ranges, threads=threads))


def assert_same(first, second):
    assert_identical(first.moments, second.moments)
    assert_identical(first.extent, second.extent)
    for one, other in zip(first.grids, second.grids, strict=True):
        np.testing.assert_array_equal(one.window, other.window)
        np.testing.assert_array_equal(one.extent, other.extent)
    for one, other in zip(first.counted, second.counted, strict=True):
        assert one.layer == other.layer
        np.testing.assert_array_equal(one.counts, other.counts)


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_do_not_matter(hostile, threads):
    assert_same(all_passes(*hostile), all_passes(*hostile, threads=threads))


@pytest.mark.parametrize("span", [1, 1000, 1 << 17])
def test_bundles_do_not_matter(hostile, span, monkeypatch):
    whole = all_passes(*hostile)
    monkeypatch.setattr(blocks, "BATCH", span)
    assert_same(whole, all_passes(*hostile, threads=2))


@pytest.mark.parametrize("rows", [1, 255, 257, 4097])
def test_what_surrounds_a_layer_in_the_file_does_not_matter(hostile, rows):
    filters, row_ranges = hostile
    longer = np.concatenate([np.full((rows, 9), 7, filters.dtype), filters])
    moved = row_ranges.assign(start=row_ranges["start"] + rows, stop=row_ranges["stop"] + rows)
    assert_identical(measure_moments(InMemory(filters), row_ranges), measure_moments(InMemory(longer), moved))


@pytest.mark.parametrize("shards", [1, 2, 3, 5, 20])
def test_shards_do_not_matter(hostile, shards, tmp_path):
    filters, row_ranges = hostile
    source, layers = InMemory(filters), layer_table(row_ranges)
    whole = all_passes(filters, row_ranges)
    grids, histograms = whole.grids, {one.layer: one.counts for one in whole.counted}
    names = [f"{k}-of-{shards}" for k in range(1, shards + 1)]

    def files(kind):
        return [tmp_path / f"{kind}.{name}.h5" for name in names]

    parts = [row_ranges[row_ranges["layer"].isin(blocks.in_shard(layers, name).index)] for name in names]
    for part, path in zip(parts, files("moments"), strict=True):
        save(path, measure_moments(source, part))
    assert_identical(load(files("moments"), LayerMoments), whole.moments)
    # A folder lists its files in any order.
    assert_identical(load(files("moments")[::-1], LayerMoments), whole.moments)

    for part, scaled, unscaled, extent in zip(parts, *map(files, ("scaled", "unscaled", "extent")), strict=True):
        counted = measure_histograms(source, part, whole.bases, grids, whole.moments)
        save(extent, save_histograms((scaled, unscaled), grids, counted))
    assert_identical(load(files("extent")[::-1], LayerExtent), whole.extent)

    group_of = {layer: layer for layer in histograms}
    for v, variant in enumerate(("scaled", "unscaled")):
        paths = files(variant)
        assert load_grid(paths[0]).edges.tobytes() == grids[v].edges.tobytes()
        for kind, stored in (("extent", slice(0, 560)), ("window", slice(560, None))):
            expected = np.stack([counts[v][:, stored] for counts in histograms.values()])
            np.testing.assert_array_equal(group_counts(paths, kind, group_of, len(histograms)), expected)
