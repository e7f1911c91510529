"""Filters read in ranges, whatever their layout, and clear words for files that are none."""

import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import h5py
import numpy as np
import pytest

from filtershift.dataset.filters import FilterFile
from filtershift.errors import FiltershiftError

DATA = Path(__file__).parents[2] / "data"
FILTERS = np.random.default_rng(0).standard_normal((1000, 9))
LAYOUTS = {
    "contiguous": {},
    "chunked": {"chunks": (64, 9)},
    "gzip": {"chunks": (100, 9), "compression": "gzip", "shuffle": True},
}


def write(path, filters, name="filters", userblock_size=0, **layout):
    if filters.ndim == 3 and "chunks" in layout:
        layout["chunks"] = (layout["chunks"][0], 3, 3)
    with h5py.File(path, "w", userblock_size=userblock_size) as file:
        file.create_dataset(name, data=filters, **layout)
    return path


@pytest.mark.parametrize("name", ["filters", "filter"])
@pytest.mark.parametrize("shape", [(-1, 9), (-1, 3, 3)])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["<f2", ">f2", "<f4", ">f4", "<f8", ">f8"])
def test_every_layout_gives_the_same_filters(tmp_path, dtype, layout, shape, name):
    stored = FILTERS.astype(dtype)
    path = write(tmp_path / "d.h5", stored.reshape(shape), name, **LAYOUTS[layout])
    expected = np.float64 if dtype.endswith("8") else np.float32
    with FilterFile(path) as filters:
        assert (filters.n_filters, filters.dtype, filters.contiguous) == (1000, expected, layout == "contiguous")
        assert filters.bytes_per_filter == 9 * int(dtype[-1])
        for start, stop in [(0, 1000), (37, 605), (999, 1000), (5, 5)]:
            block = filters.read(start, stop)
            assert block.dtype == expected
            assert block.dtype.isnative
            assert block.flags.c_contiguous
            assert not block.flags.writeable
            assert np.array_equal(block, stored[start:stop].astype(expected))


@pytest.mark.parametrize("dtype", ["=f4", "=f8"])
def test_native_contiguous_filters_are_views_of_the_file(tmp_path, dtype):
    with FilterFile(write(tmp_path / "d.h5", FILTERS.astype(dtype))) as filters:
        assert np.shares_memory(filters.read(0, 10), filters.read(5, 20))


def test_views_outlive_the_file(tmp_path):
    with FilterFile(write(tmp_path / "d.h5", FILTERS)) as filters:
        block = filters.read(10, 20)
    assert np.array_equal(block, FILTERS[10:20])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_user_blocks_shift_the_data(tmp_path, layout):
    path = write(tmp_path / "d.h5", FILTERS, userblock_size=512, **LAYOUTS[layout])
    with FilterFile(path) as filters:
        assert np.array_equal(filters.read(0, 1000), FILTERS)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_several_threads_may_read(tmp_path, layout):
    with (
        FilterFile(write(tmp_path / "d.h5", FILTERS, **LAYOUTS[layout])) as filters,
        ThreadPoolExecutor(4) as pool,
    ):
        blocks = pool.map(lambda start: filters.read(start, start + 10), range(0, 1000, 10))
        assert np.array_equal(np.concatenate(list(blocks)), FILTERS)


@pytest.mark.parametrize("name", ["v0_tiny", "v1_tiny", "v1table_tiny", "csv_tiny"])
def test_fixtures(name):
    with FilterFile(DATA / f"{name}.h5") as filters, h5py.File(DATA / f"{name}.h5") as file:
        assert np.array_equal(filters.read(0, filters.n_filters), file["filters"][:].reshape(-1, 9))


def refused(path, *words):
    with pytest.raises(FiltershiftError) as error:
        FilterFile(path)
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)
    for word in words:
        assert word in str(error.value)


def test_missing_file(tmp_path):
    refused(tmp_path / "none.h5", "no such file")
    refused(tmp_path, "no such file")


def test_not_hdf5(tmp_path):
    path = tmp_path / "d.h5"
    path.write_text("filters, meta\n")
    refused(path, "not an HDF5 file")


@pytest.mark.parametrize("share", [0.00001, 0.001, 0.5, 0.999])
def test_truncated(tmp_path, share):
    path = tmp_path / "d.h5"
    whole = (DATA / "v1_tiny.h5").read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    refused(path, "get it again")


def test_missing_node_lists_those_found(tmp_path):
    refused(write(tmp_path / "d.h5", FILTERS, "weights"), "no /filters or /filter", "found /weights")
    with h5py.File(tmp_path / "d.h5", "w"):
        pass
    refused(tmp_path / "d.h5", "found nothing")


@pytest.mark.parametrize("shape", [(0, 9), (9,), (10, 8), (10, 3, 4), (2, 5, 3, 3), (90, 1)])
def test_wrong_shape(tmp_path, shape):
    refused(write(tmp_path / "d.h5", np.zeros(shape)), f"has shape {shape}", "(N, 9) or (N, 3, 3)")


@pytest.mark.parametrize("dtype", ["i4", "u1", "S3", "c8", "f16"])
def test_wrong_type(tmp_path, dtype):
    refused(write(tmp_path / "d.h5", np.zeros((10, 9)).astype(dtype)), "float16, float32 or float64")


def test_types_numpy_has_not(tmp_path):
    bfloat16 = h5py.h5t.IEEE_F32LE.copy()
    bfloat16.set_fields(15, 7, 8, 0, 7)
    bfloat16.set_size(2)
    with h5py.File(tmp_path / "d.h5", "w") as file:
        h5py.h5d.create(file.id, b"filters", bfloat16, h5py.h5s.create_simple((1000, 9)))
    refused(tmp_path / "d.h5", "/filters has a type that numpy does not have")


def test_what_is_no_array_in_place_of_filters(tmp_path):
    with h5py.File(tmp_path / "group.h5", "w") as file:
        file.create_group("filters")
    refused(tmp_path / "group.h5", "/filters is a group")
    with h5py.File(tmp_path / "empty.h5", "w") as file:
        file["filters"] = h5py.Empty("f4")
    refused(tmp_path / "empty.h5", "has shape None")
    with h5py.File(tmp_path / "type.h5", "w") as file:
        file["filters"] = np.dtype("f4")
    refused(tmp_path / "type.h5", "/filters is a named data type")


@pytest.mark.parametrize("layout", [{}, {"chunks": (1024, 9)}, {"chunks": (1024, 9), "compression": "gzip"}])
def test_sizes_that_are_declared_and_not_stored(tmp_path, layout):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        filters = file.create_dataset("filters", (10**12, 9), "f4", **layout)
        if layout:
            filters[:1024] = 1
    refused(tmp_path / "d.h5", "declares the shape (1000000000000, 9) but")


def test_blocks_are_kept_while_their_layers_are_read(tmp_path):
    path = tmp_path / "d.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("filters", (300_000, 9), "f4", chunks=(300_000, 9), compression="gzip")[:] = 1
    with FilterFile(path) as filters:
        assert filters._rows.id.get_access_plist().get_chunk_cache()[1] >= 300_000 * 36
        assert filters.read(299_998, 300_000).tolist() == [[1] * 9] * 2


def test_blocks_that_take_too_much_memory(tmp_path):
    """HDF5 would decompress gigabytes for each layer."""
    with h5py.File(tmp_path / "d.h5", "w") as file:
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk((10_000_000, 9))
        plist.set_deflate(1)
        space = h5py.h5s.create_simple((10_000_000, 9))
        filters = h5py.h5d.create(file.id, b"filters", h5py.h5t.IEEE_F32LE, space, plist)
        filters.write_direct_chunk((0, 0), bytes(100_000))
    refused(tmp_path / "d.h5", "/filters is stored in blocks of 360,000,000 bytes; expected at most 268,435,456")


@pytest.mark.parametrize("size", [0, 3, 4, 2**20, 2**32 - 1])
def test_blocks_of_a_size_that_cannot_be(tmp_path, size):
    """HDF5 2.0 reads far beyond a block that is smaller than its checksum, and dies."""
    path = write(tmp_path / "d.h5", FILTERS, chunks=(100, 9), fletcher32=True)
    change_first_block(path, 100 * 9 * 8 + 4, (size, 0, 0))
    refused(path, "/filters has 10 blocks, some missing or damaged; get the file again")


@pytest.mark.parametrize("place", [(0, 9), (1000, 0)])
def test_blocks_that_lie_outside(tmp_path, place):
    path = write(tmp_path / "d.h5", FILTERS, chunks=(100, 9))
    change_first_block(path, 100 * 9 * 8, (100 * 9 * 8, *place))
    refused(path, "/filters has 10 blocks, some missing or damaged")


def change_first_block(path, size, entry):
    """In the index of blocks, which holds their stored bytes, what was left out, and where in the array they begin."""
    content = path.read_bytes()
    first = struct.pack("<IIQQQ", size, 0, 0, 0, 0)
    assert content.count(first) == 1
    path.write_bytes(content.replace(first, struct.pack("<IIQQQ", entry[0], 0, *entry[1:], 0)))


def test_blocks_never_written(tmp_path):
    """They would read as zeros."""
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file.create_dataset("filters", (1000, 9), "f4", chunks=(100, 9))[:900] = 1
    refused(tmp_path / "d.h5", "/filters has 10 blocks, some missing or damaged")


def test_other_compression_is_refused(tmp_path):
    path = write(tmp_path / "d.h5", FILTERS, scaleoffset=3)
    refused(path, "/filters is compressed with 'scaleoffset'; expected zlib, lzf or none")


def test_data_of_another_file_are_not_read(tmp_path):
    other = write(tmp_path / "other.h5", FILTERS)
    with h5py.File(tmp_path / "link.h5", "w") as file:
        file["filters"] = h5py.ExternalLink(str(other), "/filters")
    with h5py.File(tmp_path / "soft.h5", "w") as file:
        file["far"] = h5py.ExternalLink(str(other), "/")
        file["filters"] = h5py.SoftLink("/far/filters")
    with h5py.File(tmp_path / "raw.h5", "w") as file:
        file.create_dataset("filters", (10, 9), "f4", external=[(str(other), 0, 360)])
    with h5py.File(tmp_path / "virtual.h5", "w") as file:
        layout = h5py.VirtualLayout((1000, 9), "f8")
        layout[:] = h5py.VirtualSource(str(other), "filters", (1000, 9))
        file.create_virtual_dataset("filters", layout)
    with h5py.File(tmp_path / "gone.h5", "w") as file:
        file["filters"] = h5py.ExternalLink(str(tmp_path / "none.h5"), "/filters")
    for name in ("link", "soft", "raw", "virtual", "gone"):
        refused(tmp_path / f"{name}.h5", "/filters is a link or lies in another file")


def test_damaged_block(tmp_path):
    path = write(tmp_path / "d.h5", FILTERS, **LAYOUTS["gzip"])
    with h5py.File(path) as file:
        block = file["filters"].id.get_chunk_info(3)
    content = bytearray(path.read_bytes())
    content[block.byte_offset + 10 : block.byte_offset + 50] = bytes(40)
    path.write_bytes(content)
    with FilterFile(path) as filters:
        assert np.array_equal(filters.read(0, 300), FILTERS[:300])
        with pytest.raises(FiltershiftError, match="filters 300 to 399 cannot be read"):
            filters.read(300, 400)
