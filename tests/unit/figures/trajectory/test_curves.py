import numpy as np
import pandas as pd
import pytest

from filtershift.errors import FiltershiftError
from filtershift.figures.trajectory.curves import Panel, curve_panels


def means(*depths: str) -> pd.DataFrame:
    rows = [
        {"depth": depth, "checkpoint": float(t), "D": 2.0 / (t + 1), "D_low": 0.0, "D_high": 90.0, "noise": 0.1}
        for depth in depths
        for t in range(4)
    ]
    return pd.DataFrame(rows)


def test_all_layers_have_a_band_and_noise_and_each_depth_a_line() -> None:
    figure = curve_panels([Panel("D", means("all", "first layer", "(.9, 1]"), "D", "noise")], "epoch")
    axes = next(axes for axes in figure.axes if axes.lines)
    assert len(axes.lines) == 4
    assert len(axes.collections) == 1
    assert axes.lines[0].get_xdata().tolist() == [0, 1, 2, 3]
    assert axes.get_xlabel() == "epoch"
    assert axes.get_ylim()[1] < 3  # wide intervals do not push the curves together
    key = [text.get_text() for text in figure.axes[-1].get_legend().get_texts()]
    assert key == ["all layers", "noise", "first layer", "(.9, 1]"]


def test_zeros_do_not_break_logarithmic_axes() -> None:
    table = means("all")
    table.loc[table["checkpoint"] == 2, ["D", "noise"]] = [0.0, np.nan]
    figure = curve_panels([Panel("D", table, "D")] * 4, "epoch", logarithmic=True)
    low, high = next(axes for axes in figure.axes if axes.lines).get_ylim()
    assert 0 < low < 0.5
    assert 2 < high < 3


def test_a_constant_is_a_line_on_an_axis_that_is_not_negative() -> None:
    figure = curve_panels([Panel("D", means("all").assign(D=0.0), "D")], "epoch")
    low, high = next(axes for axes in figure.axes if axes.lines).get_ylim()
    assert -0.01 < low <= 0 < high


def test_without_a_panel_there_is_no_figure() -> None:
    with pytest.raises(FiltershiftError, match="no panel to draw"):
        curve_panels([], "epoch")
