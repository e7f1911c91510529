"""Per-layer results as files."""

from dataclasses import fields

import h5py
import numpy as np
import pytest

from filtershift.passes.extent import LayerExtent
from filtershift.passes.histograms import REFINE, WINDOW_BINS, Grid
from filtershift.passes.stored.histograms import (
    BATCH,
    group_counts,
    layer_counts,
    layer_sizes,
    load_grid,
    save_histograms,
    stored_layers,
)
from filtershift.passes.stored.layers import load, save
from numpy_reference import made_extent
from taken import without_extents

BINS = 3
STORED = BINS * REFINE


@pytest.fixture
def grids(rng):
    def grid(high):
        window = np.sort(rng.uniform(-1, high, 2))
        return Grid(np.array([-1 / 3, high]), BINS, window)

    return grid(0.1), grid(2.0)


def random_counts(rng, layers):
    """Histograms of layers, as pass 2 yields them."""
    return without_extents((layer, rng.integers(0, 1000, (2, 9, STORED + WINDOW_BINS))) for layer in layers)


def test_a_grid_is_read_back_exactly(grids, tmp_path, rng):
    paths = tmp_path / "scaled.h5", tmp_path / "unscaled.h5"
    save_histograms(paths, grids, random_counts(rng, [4, 7]))
    for path, grid in zip(paths, grids, strict=True):
        read = load_grid(path)
        assert read.bins == BINS
        assert read.extent.tobytes() == grid.extent.tobytes()
        assert read.window.tobytes() == grid.window.tobytes()
        assert read.edges.tobytes() == grid.edges.tobytes()


def test_layers_are_read_in_batches_as_they_are_stored(grids, tmp_path, rng):
    shards = [random_counts(rng, range(BATCH + 3)), random_counts(rng, []), random_counts(rng, [200, 150])]
    paths = []
    for k, counted in enumerate(shards):
        paths.append(tmp_path / f"scaled.{k}.h5")
        save_histograms((paths[-1], tmp_path / "unscaled.h5"), grids, counted)
    counted = [layer for shard in shards for layer in shard]
    for kind, part in (("extent", slice(0, STORED)), ("window", slice(STORED, None))):
        batches = list(stored_layers(paths, kind))
        assert [len(numbers) for numbers, _ in batches] == [BATCH, 3, 2]
        assert np.concatenate([numbers for numbers, _ in batches]).tolist() == [layer for layer, _, _ in counted]
        expected = [counts[0][:, part] for _, counts, _ in counted]
        np.testing.assert_array_equal(np.concatenate([counts for _, counts in batches]), expected)
    assert layer_sizes(paths) == {layer: counts[0, 0, :STORED].sum() for layer, counts, _ in counted}


def test_group_counts_add_up_the_layers_of_all_shards(grids, tmp_path, rng):
    shards = [random_counts(rng, range(300)), random_counts(rng, range(300, 310))]
    paths = []
    for k, counted in enumerate(shards):
        paths.append((tmp_path / f"scaled.{k}.h5", tmp_path / f"unscaled.{k}.h5"))
        save_histograms(paths[-1], grids, iter(counted))
    group_of = {layer: layer % 3 for layer in range(310) if layer % 7}
    for v in range(2):
        for kind, part in (("extent", slice(0, STORED)), ("window", slice(STORED, None))):
            expected = np.zeros((4, 9, STORED if kind == "extent" else WINDOW_BINS), np.int64)
            for layer, counts, _ in shards[0] + shards[1]:
                if layer in group_of:
                    expected[group_of[layer]] += counts[v][:, part]
            result = group_counts([pair[v] for pair in paths], kind, group_of, 4)
            assert result.dtype == np.int64
            np.testing.assert_array_equal(result, expected)
            assert not result[3].any()


def test_layers_are_read_over_the_compared_bins_in_any_order(grids, tmp_path, rng):
    shards = [random_counts(rng, range(0, 400, 2)), random_counts(rng, range(1, 21, 2))]
    paths = []
    for k, counted in enumerate(shards):
        paths.append((tmp_path / f"scaled.{k}.h5", tmp_path / f"unscaled.{k}.h5"))
        save_histograms(paths[-1], grids, iter(counted))
    stored = {layer: counts for layer, counts, _ in shards[0] + shards[1]}
    for layers in ([17, 398, 0, 5, 130], rng.permutation(list(stored)).tolist()):
        for v in range(2):
            expected = [stored[layer][v][:, :STORED].reshape(9, BINS, REFINE).sum(axis=2) for layer in layers]
            found = layer_counts([pair[v] for pair in paths], layers)
            assert found.dtype == np.int32
            np.testing.assert_array_equal(found, expected)
    with pytest.raises(ValueError, match="no histogram of 1 of 2 layers"):
        layer_counts([pair[0] for pair in paths], [0, 21])


def test_sums_beyond_32_bits_are_exact(grids, tmp_path):
    largest = np.full((2, 9, STORED + WINDOW_BINS), 2**31 - 1)
    paths = tmp_path / "scaled.h5", tmp_path / "unscaled.h5"
    save_histograms(paths, grids, without_extents((k, largest) for k in range(3)))
    assert (group_counts(paths[:1], "extent", dict.fromkeys(range(3), 0), 1) == 3 * (2**31 - 1)).all()


def test_a_shard_without_layers_is_a_file_like_the_others(grids, tmp_path, rng):
    empty, some = [(tmp_path / f"scaled.{k}.h5", tmp_path / f"unscaled.{k}.h5") for k in range(2)]
    save_histograms(empty, grids, [])
    save_histograms(some, grids, random_counts(rng, [5]))
    assert load_grid(empty[0]).edges.tobytes() == grids[0].edges.tobytes()
    for paths in ([empty[0], some[0]], [some[0], empty[0]]):
        assert group_counts(paths, "extent", {5: 0}, 1).shape == (1, 9, STORED)


def test_no_file_appears_when_the_pass_fails(grids, tmp_path, rng):
    def counted():
        yield from random_counts(rng, [0])
        raise OSError("the disk is gone")

    paths = tmp_path / "scaled.h5", tmp_path / "unscaled.h5"
    with pytest.raises(OSError, match="the disk is gone"):
        save_histograms(paths, grids, counted())
    assert list(tmp_path.iterdir()) == []


def test_files_are_the_same_byte_for_byte(grids, tmp_path, rng):
    counted = random_counts(rng, [0, 1])
    extent = made_extent(np.arange(2), rng.normal(size=(2, 2)), rng.normal(size=(2, 2)), np.arange(2))
    contents = []
    for folder in (tmp_path / "first", tmp_path / "second"):
        save_histograms((folder / "scaled.h5", folder / "unscaled.h5"), grids, counted)
        save(folder / "extent.h5", extent)
        contents.append([path.read_bytes() for path in sorted(folder.iterdir())])
    assert contents[0] == contents[1]


def test_results_of_shards_are_read_back_in_the_order_of_layers(tmp_path, rng):
    def shard(layers):
        size = len(layers)
        return made_extent(
            np.array(layers, np.int64), rng.normal(size=(size, 2)), rng.normal(size=(size, 2)), np.arange(size)
        )

    first, second = shard([3, 8]), shard([1, 5, 9])
    save(tmp_path / "a.h5", first)
    save(tmp_path / "b.h5", second)
    result = load([tmp_path / "a.h5", tmp_path / "b.h5"], LayerExtent)
    assert result.layer.tolist() == [1, 3, 5, 8, 9]
    np.testing.assert_array_equal(result.low, np.concatenate([first.low, second.low])[[2, 0, 3, 1, 4]])
    assert result.sparse.tolist() == [0, 0, 1, 1, 2]
    with h5py.File(tmp_path / "a.h5") as file:
        assert set(file) == {field.name for field in fields(LayerExtent)}
