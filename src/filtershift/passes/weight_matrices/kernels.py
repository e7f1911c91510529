"""The compiled inner loops of percentiles."""

import numpy as np
from numba import njit

BITS = 14
"""Leading bits that numbers are counted by, of the 16 that kernels are given."""

BINS = 1 << BITS


@njit(nogil=True, cache=True, error_model="numpy")
def count_leading(leading, counts):  # type: ignore[no-untyped-def]
    """Add numbers with these leading 16 bits to counts (BINS)."""
    for k in range(len(leading)):
        counts[leading[k] >> (16 - BITS)] += 1


@njit(nogil=True, cache=True, error_model="numpy")
def pick(numbers, leading, wanted):  # type: ignore[no-untyped-def]
    """The numbers, of these leading 16 bits, whose bin is wanted (BINS)."""
    picked = np.empty(len(numbers) + 1, numbers.dtype)
    found = 0
    for k in range(len(numbers)):
        picked[found] = numbers[k]
        found += wanted[leading[k] >> (16 - BITS)]
    return picked[:found].copy()
