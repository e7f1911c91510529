"""The compiled inner loops of percentiles."""

import numpy as np
from numba import njit


@njit(nogil=True, cache=True, error_model="numpy")
def count_leading(leading, counts):  # type: ignore[no-untyped-def]
    """Add numbers with these leading 16 bits to counts (65536)."""
    for k in range(len(leading)):
        counts[leading[k]] += 1


@njit(nogil=True, cache=True, error_model="numpy")
def pick(numbers, leading, wanted):  # type: ignore[no-untyped-def]
    """The numbers whose leading 16 bits are wanted (65536)."""
    picked = np.empty(len(numbers) + 1, numbers.dtype)
    found = 0
    for k in range(len(numbers)):
        picked[found] = numbers[k]
        found += wanted[leading[k]]
    return picked[:found].copy()
