"""Arrays as text in a page: packed by gzip, then base64. `templates/blocks.js` reads them back."""

import base64
import gzip
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_BITS = 7

Float = TypeVar("Float", np.float32, np.float64)


def packed(array: NDArray) -> str:
    """The bytes of an array, little-endian."""
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return base64.b64encode(gzip.compress(little.tobytes(), 6, mtime=0)).decode()


def packed_counts(counts: NDArray[np.integer]) -> str:
    """Whole numbers, most of them 0: of each that is not, the distance to the one before and its value, as varints."""
    flat = counts.ravel()
    place = np.flatnonzero(flat)
    pairs = np.stack([np.diff(place, prepend=0), flat[place]], axis=1)
    return packed(varints(pairs.ravel()))


def varints(values: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Numbers ≥ 0 as base-128 varints (LEB128): seven bits a byte, the smallest first; all but the last byte ≥ 128."""
    values = values.astype(np.uint64)
    most = max(1, -(-int(values.max(initial=0)).bit_length() // _BITS))
    digits = values[:, None] >> (_BITS * np.arange(most, dtype=np.uint64))
    used = (digits > 0) | (np.arange(most) == 0)
    last = np.concatenate([~used[:, 1:], np.ones((len(values), 1), bool)], axis=1)
    return ((digits & 127) | np.where(last, 0, 128).astype(np.uint64))[used].astype(np.uint8)


def shortened(values: NDArray[Float], bits: int) -> NDArray[Float]:
    """Numbers rounded to so many bits, not counting the first: zeros at the end, which pack well."""
    whole = np.ascontiguousarray(values)
    unsigned = np.dtype(f"u{whole.itemsize}").type
    cut = np.finfo(whole.dtype).nmant - bits
    rounded = (whole.view(unsigned) + unsigned(1 << (cut - 1))) & ~unsigned((1 << cut) - 1)
    return np.where(np.isfinite(whole), rounded.view(whole.dtype), whole)
