"""Filters with every trouble, of both types a file may hold."""

import numpy as np
import pandas as pd
import pytest

from hostile_filters import Filters, hostile_filters


@pytest.fixture(scope="module", params=[np.float32, np.float64], ids=["float32", "float64"])
def hostile(request: pytest.FixtureRequest) -> tuple[Filters, pd.DataFrame]:
    return hostile_filters(request.param)
