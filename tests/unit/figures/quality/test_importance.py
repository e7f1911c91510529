import numpy as np
import pandas as pd

from filtershift.analysis.quality.importance import COMPARED
from filtershift.figures.quality.importance import correlations


def table_of(value):
    numbers = dict.fromkeys(("correlation", "low", "high", "within", "within_low", "within_high"), value)
    return pd.DataFrame({"measure": COMPARED, "n_layers": 13_015, "n_models": 50, **numbers})


def test_legible(assert_legible):
    for value in (0.3, -1.0, 1.0, np.nan):
        assert_legible(correlations(table_of(value)))


def test_marks_are_correlations_and_lines_intervals(texts_of):
    table = table_of(0.0).assign(correlation=0.5, low=0.4, high=0.7, within=-0.2, within_low=-0.6, within_high=0.1)
    figure = correlations(table)
    (axes,) = figure.axes
    marks = {float(line.get_xdata()[0]) for line in axes.lines if line.get_marker() == "o"}
    assert marks == {0.5, -0.2}
    ends = [{tuple(part[:, 0]) for part in lines.get_segments()} for lines in axes.collections]
    assert ends == [{(0.4, 0.7)}, {(-0.6, 0.1)}]
    assert {"variance entropy (13,015)", "over all layers"} <= set(texts_of(figure))
