"""A small table of layers."""

import pandas as pd
import pytest


@pytest.fixture
def layers():
    """Ten layers of five models; labels are missing here and there. The index is not 0, 1, …"""
    return pd.DataFrame(
        {
            "model_id": [1, 1, 2, 2, 3, 3, 4, 4, 5, 5],
            "Task": ["A", "A", "B", "B", "A", "A", "C", "C", None, None],
            "Data": ["x", "x", "x", "x", "y", "y", "y", "y", "y", "y"],
            "op_set": ["9", "9", "10", "10", "9", "9", "11", "11", "10", "10"],
            "conv_depth_norm": [0, 1, 0, 1, 0.1, 0.30000000000000004, 0.3, 0.95, 0.5, 1],
            "n_filters": [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
        },
        index=pd.RangeIndex(100, 110, name="layer"),
    )
