import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from filtershift.analysis.quality.layers import random_threshold
from filtershift.errors import FiltershiftError
from filtershift.figures.drawing.style import STATE_COLORS
from filtershift.figures.quality.entropy import entropy

NAMES = ["diverse", "random-like", "degenerate", None]


def table_of(n, h, states):
    return pd.DataFrame({"n_filters": n, "non_finite_filters": 0, "variance_entropy": h, "state": states})


def layers_of(count, rng):
    n = (10 ** rng.uniform(0, 6, count)).astype(int)
    return table_of(n, rng.uniform(0, np.log10(9), count), [NAMES[k % 4] for k in range(count)])


def marks(figure, marker):
    lines = [line for line in figure.axes[0].lines if line.get_marker() == marker]
    return np.concatenate([line.get_xydata() for line in lines])


@pytest.mark.parametrize("count", [1, 2, 40, 13_015])
def test_legible(count, rng, assert_legible):
    assert_legible(entropy(layers_of(count, rng)))


@pytest.mark.parametrize("n", [1, 3, 9, 1_000_000_000])
def test_one_layer_of_any_size_is_legible(n, assert_legible):
    assert_legible(entropy(table_of([n], [0.9], ["diverse"])))


def test_every_layer_is_a_point_of_its_state(texts_of):
    states = ["random-like", "degenerate", "diverse", None, "degenerate"]
    figure = entropy(table_of([4, 100, 2000, 2, 50], [0.5, 0.2, 0.7, 0.0, 0.3], states))
    np.testing.assert_allclose(marks(figure, "^"), [(4, 0.5)])
    np.testing.assert_allclose(marks(figure, "v"), [(100, 0.2), (50, 0.3)])
    np.testing.assert_allclose(marks(figure, "o"), [(2000, 0.7)])
    np.testing.assert_allclose(marks(figure, "s"), [(2, 0)])
    (degenerate,) = (line for line in figure.axes[0].lines if line.get_marker() == "v")
    assert to_rgb(degenerate.get_color()) == to_rgb(STATE_COLORS["degenerate"])
    key = {"diverse (1)", "random-like (1)", "degenerate (2)", "not judged (1)", "log₁₀ 9"}
    assert key <= set(texts_of(figure))


def test_filters_that_are_not_finite_do_not_count():
    figure = entropy(table_of([100, 100], [0.5, 0.6], ["diverse", "diverse"]).assign(non_finite_filters=[36, 0]))
    np.testing.assert_allclose(marks(figure, "o"), [(64, 0.5), (100, 0.6)])


def test_the_threshold_is_the_curve_of_random_filters():
    axes = entropy(table_of([10, 1000], [0.5, 0.6], ["diverse", "diverse"])).axes[0]
    (line,) = (line for line in axes.lines if line.get_label().startswith("random threshold"))
    n, threshold = line.get_xydata().T
    assert n[0] == 3
    assert n[-1] > 1000
    np.testing.assert_allclose(threshold, random_threshold(n.astype(int)))
    assert axes.get_xscale() == "log"
    assert any(np.allclose(line.get_ydata(), np.log10(9)) for line in axes.lines)


def test_counts_beside_the_points_are_those_of_all_layers(rng):
    layers = layers_of(500, rng)
    layers.loc[0, "variance_entropy"] = np.log10(9) + 1e-12  # by rounding above the most there can be
    bars = entropy(layers).axes[1].patches
    assert sum(bar.get_width() for bar in bars) == 500
    fill = to_rgb(STATE_COLORS["degenerate"])
    degenerate = (layers["state"] == "degenerate").sum()
    assert sum(bar.get_width() for bar in bars if bar.get_facecolor()[:3] == fill) == degenerate


def test_layers_without_an_entropy_are_counted(texts_of, assert_legible):
    figure = entropy(table_of([30, 0, 30], [np.nan, np.nan, 0.4], [None, None, "diverse"]))
    assert "layers without H: 2" in texts_of(figure)
    assert not any(text.startswith("not judged") for text in texts_of(figure))
    assert_legible(figure)


def test_nothing_but_layers_without_an_entropy_draws(assert_legible):
    assert_legible(entropy(table_of([0, 1], np.nan, None)))


def test_no_layer_and_other_states_are_told():
    layers = table_of([9, 9], [0.5, 0.5], ["diverse", "random"])
    with pytest.raises(FiltershiftError, match="no layer"):
        entropy(layers[:0])
    with pytest.raises(FiltershiftError, match="no state is called 'random'"):
        entropy(layers)
