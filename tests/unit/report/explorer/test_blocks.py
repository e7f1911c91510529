"""Arrays survive being written into the page. The browser's side is tested with the whole page."""

import base64
import gzip

import numpy as np
import pytest

from filtershift.report.explorer.blocks import packed, packed_counts, shortened, varints


def unpacked(text: str, dtype: str) -> np.ndarray:
    return np.frombuffer(gzip.decompress(base64.b64decode(text)), dtype)


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<i4", ">i4", "<f4", "i1"])
def test_packed_is_little_endian_and_row_by_row(dtype: str) -> None:
    array = np.arange(6).reshape(2, 3).astype(dtype)
    little = np.dtype(dtype).newbyteorder("<").str
    np.testing.assert_array_equal(unpacked(packed(array.T), little), [0, 3, 1, 4, 2, 5])


def test_packed_is_the_same_every_time() -> None:
    array = np.random.default_rng(0).normal(size=50)
    assert packed(array) == packed(array.copy())


def test_varints_by_hand() -> None:
    assert varints(np.array([0, 1, 127, 128, 300])).tolist() == [0, 1, 127, 128, 1, 172, 2]
    assert varints(np.array([], int)).size == 0


@pytest.mark.parametrize("seed", range(3))
def test_counts_come_back(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 2**40, (4, 9, 30)) * (rng.random((4, 9, 30)) < 0.1)
    found, at, value, scale, numbers = np.zeros(counts.size, int), 0, 0, 1, []
    for byte in unpacked(packed_counts(counts), "u1").tolist():
        value, scale = value + (byte & 127) * scale, scale * 128
        if byte < 128:
            numbers.append(value)
            value, scale = 0, 1
    for step, count in zip(numbers[::2], numbers[1::2], strict=True):
        at += step
        found[at] = count
    np.testing.assert_array_equal(found.reshape(counts.shape), counts)


def test_no_counts_are_nothing() -> None:
    assert unpacked(packed_counts(np.zeros((2, 9, 3), int)), "u1").size == 0


@pytest.mark.parametrize(("dtype", "bits"), [(np.float64, 28), (np.float32, 7)])
def test_shortened_numbers_are_near_and_pack_better(dtype: type, bits: int) -> None:
    rng = np.random.default_rng(0)
    values = (rng.normal(size=2000) * 10.0 ** rng.integers(-30, 30, 2000)).astype(dtype)
    near = shortened(values, bits)
    assert near.dtype == dtype
    assert np.abs(near / values - 1).max() <= 2.0 ** -(bits + 1)
    assert len(packed(near)) < 0.8 * len(packed(values))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_shortened_zeros_and_missing_numbers_stay(dtype: type) -> None:
    values = np.array([0, 1, -2, np.inf, -np.inf, np.nan], dtype)
    np.testing.assert_array_equal(shortened(values, 7), values)
