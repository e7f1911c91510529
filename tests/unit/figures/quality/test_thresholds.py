import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.quality.thresholds import USED
from filtershift.figures.quality.thresholds import states_by_threshold


def table_of(**shares):
    values = {"sparse_weight": np.geomspace(1e-4, 1, 9), "entropy_ratio": np.linspace(0.5, 1.1, 7)}
    rows = [
        {"threshold": name, "value": value, "used": value == used, "meeting": value / 2, "n_judged": 40, **shares}
        for name, used in USED.items()
        for value in sorted({*values.get(name, np.linspace(0, 0.9, 10)), used})
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("share", [0.2, np.nan])
def test_legible(share, assert_legible):
    assert_legible(states_by_threshold(table_of(degenerate=share, random_like=share, diverse=1 - 2 * share)))


def test_states_are_stacked_and_the_threshold_used_is_marked(texts_of):
    figure = states_by_threshold(table_of(degenerate=0.2, random_like=0.3, diverse=0.5))
    panels = [axes for axes in figure.axes if axes.collections]
    for axes, used in zip(panels, USED.values(), strict=True):
        tops = [area.get_paths()[0].vertices[:, 1].max() for area in axes.collections]
        assert tops == pytest.approx([0.2, 0.5, 1])
        assert any(np.allclose(line.get_xdata(), used) for line in axes.lines)
    (dashed,) = (line for line in panels[0].lines if line.get_linestyle() == "--")
    np.testing.assert_allclose(dashed.get_ydata(), np.asarray(dashed.get_xdata()) / 2)
    assert {"Sparse filters: 0.01", "Low entropy: 0.301", "degenerate"} <= set(texts_of(figure))
