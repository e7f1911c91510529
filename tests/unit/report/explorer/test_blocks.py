"""Packed arrays come back as they were; the browser's side is tested in tests/workflow/test_explorer.py."""

import base64
import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filtershift.report.explorer.blocks import packed, packed_counts, shortened, varints


def unpacked(text: str) -> bytes:
    return gzip.decompress(base64.b64decode(text))


def read_varints(data: bytes) -> list[int]:
    numbers, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(value)
            value = shift = 0
    return numbers


@given(st.lists(st.integers(0, 2**40)))
def test_varints(numbers: list[int]) -> None:
    assert read_varints(varints(np.array(numbers, np.int64)).tobytes()) == numbers


@given(st.lists(st.integers(0, 2**31 - 1) | st.just(0), min_size=1))
def test_counts(numbers: list[int]) -> None:
    pairs = read_varints(unpacked(packed_counts(np.array(numbers).reshape(1, -1))))
    counts = np.zeros(len(numbers), np.int64)
    counts[np.cumsum(np.array(pairs[::2], np.int64))] = pairs[1::2]
    assert counts.tolist() == numbers


def test_bytes_are_little_endian() -> None:
    assert unpacked(packed(np.array([1, 258], ">i4"))) == b"\1\0\0\0\2\1\0\0"


@pytest.mark.parametrize(("kind", "bits"), [(np.float64, 28), (np.float32, 15)])
def test_numbers_are_rounded(kind: type, bits: int) -> None:
    values = (np.random.default_rng(0).normal(size=1000) * 10.0 ** np.arange(-500, 500).clip(-30, 30)).astype(kind)
    short = shortened(values, bits)
    assert short.dtype == kind
    assert np.abs(short / values - 1).max() <= 2.0 ** -(bits + 1)
    assert len(packed(short)) < 0.85 * len(packed(values))
    kept = np.array([0, -0.0, np.nan, np.inf, -np.inf, 1], kind)
    np.testing.assert_array_equal(shortened(kept, bits), kept)
