"""Filters in memory, read like those of a file."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]


class FilterArray:
    """Filters of layers in memory, (…, 3, 3) or (n, 9) each, read like those of a file.

    Attributes:
        row_ranges: columns layer, start, stop: where the filters of layer 0, 1, … are.
    """

    def __init__(self, layers: Sequence[NDArray]) -> None:
        rows = [np.reshape(filters, (-1, 9)) for filters in layers]
        self._filters = np.concatenate(rows)
        self._filters.flags.writeable = False
        stop = np.cumsum([len(filters) for filters in rows])
        start = np.concatenate([[0], stop[:-1]])
        self.row_ranges = pd.DataFrame({"layer": np.arange(len(layers)), "start": start, "stop": stop})

    def read(self, start: int, stop: int) -> NDArray:
        """Filters ``start`` to ``stop - 1``, shape (stop - start, 9)."""
        return self._filters[start:stop]
