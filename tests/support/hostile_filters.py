"""Filters with every trouble the passes must stand."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.passes.blocks import BLOCK
from numpy_reference import row_ranges_of

Filters = NDArray[np.floating]

# Layer numbers.
SPLIT, ONE, ZEROS, NON_FINITE, LARGE, HOLED, DENORMAL, ALIKE, OFFSET = range(9)


def hostile_filters(kind: type[np.floating]) -> tuple[Filters, pd.DataFrame]:
    """Filters and runs of nine layers: in several runs, of one filter, all zero, with no finite filter, larger than a
    unit, with stretches of NaN and infinities, of denormals, of multiples of one filter, far from zero."""
    rng = np.random.default_rng(7)
    row_ranges = row_ranges_of(
        [(0, 300), (1000, 1001), (2000, 2777)],
        [(300, 301)],
        [(301, 901)],
        [(2777, 3400)],
        [(5000, 5000 + BLOCK + 3000)],
        [(3400, 5000)],
        [(1001, 1101)],
        [(1101, 1301)],
        [(1301, 2000)],
    )
    filters = rng.standard_t(4, (5000 + BLOCK + 3000, 9)) @ rng.normal(0, 0.02, (9, 9))
    filters[301:901] = 0
    filters[2777:3400] = np.where(rng.random((623, 9)) < 0.5, np.nan, filters[2777:3400])
    filters[2777:3400, 4] = np.inf
    filters[3500:4100] = np.nan  # more than a strip
    filters[4200:4300:3, 0] = -np.inf
    filters[4500:4510] = 0
    filters[1001:1101] *= 1e-42 if kind == np.float32 else 1e-280
    filters[1101:1301] = rng.normal(size=(200, 1)) * filters[0]
    filters[1301:2000] += 3
    return filters.astype(kind), row_ranges
