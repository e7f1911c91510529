import numpy as np
import pytest
from matplotlib.colors import to_rgb

from filtershift.errors import FiltershiftError
from filtershift.figures.entropy import entropy
from filtershift.figures.style import STATE_COLORS

NAMES = ["diverse", "random-like", "degenerate", ""]


def layers_of(count, rng):
    n = (10 ** rng.uniform(0, 6, count)).astype(int)
    return n, rng.uniform(0, np.log10(9), count), [NAMES[k % 4] for k in range(count)]


def curve_to(largest):
    n = np.geomspace(3, largest)
    return n, 0.95 - 1 / n


def marks(figure, marker):
    lines = [line for line in figure.axes[0].lines if line.get_marker() == marker]
    return np.concatenate([line.get_xydata() for line in lines])


@pytest.mark.parametrize("count", [1, 2, 40, 13_015])
def test_legible(count, rng, assert_legible):
    assert_legible(entropy(*layers_of(count, rng), curve_to(1e6)))


@pytest.mark.parametrize("n", [1, 3, 9, 1_000_000_000])
def test_one_layer_of_any_size_is_legible(n, assert_legible):
    assert_legible(entropy(np.array([n]), np.array([0.9]), ["diverse"], curve_to(100)))


def test_every_layer_is_a_point_of_its_state(texts_of):
    n, h = np.array([4, 100, 2000, 2, 50]), np.array([0.5, 0.2, 0.7, 0.0, 0.3])
    figure = entropy(n, h, ["random-like", "degenerate", "diverse", "", "degenerate"], curve_to(1e4))
    np.testing.assert_allclose(marks(figure, "^"), [(4, 0.5)])
    np.testing.assert_allclose(marks(figure, "v"), [(100, 0.2), (50, 0.3)])
    np.testing.assert_allclose(marks(figure, "o"), [(2000, 0.7)])
    np.testing.assert_allclose(marks(figure, "s"), [(2, 0)])
    (degenerate,) = (line for line in figure.axes[0].lines if line.get_marker() == "v")
    assert to_rgb(degenerate.get_color()) == to_rgb(STATE_COLORS["degenerate"])
    key = {"diverse (1)", "random-like (1)", "degenerate (2)", "not judged (1)", "log₁₀ 9"}
    assert key <= set(texts_of(figure))


def test_the_threshold_is_the_curve_given():
    n, h, states = np.array([10, 1000]), np.array([0.5, 0.6]), ["diverse", "diverse"]
    curve = curve_to(1e4)
    axes = entropy(n, h, states, curve).axes[0]
    (line,) = (line for line in axes.lines if line.get_label().startswith("random threshold"))
    np.testing.assert_allclose(line.get_xydata(), np.column_stack(curve))
    assert axes.get_xscale() == "log"
    assert any(np.allclose(line.get_ydata(), np.log10(9)) for line in axes.lines)


def test_counts_beside_the_points_are_those_of_all_layers(rng):
    n, h, states = layers_of(500, rng)
    h[0] = np.log10(9) + 1e-12  # by rounding above the most there can be
    bars = entropy(n, h, states, curve_to(1e6)).axes[1].patches
    assert sum(bar.get_width() for bar in bars) == 500
    fill = to_rgb(STATE_COLORS["degenerate"])
    assert sum(bar.get_width() for bar in bars if bar.get_facecolor()[:3] == fill) == states.count("degenerate")


def test_layers_without_an_entropy_are_counted(texts_of, assert_legible):
    h = np.array([np.nan, np.nan, 0.4])
    figure = entropy(np.array([30, 0, 30]), h, ["", "", "diverse"], curve_to(100))
    assert "layers without H: 2" in texts_of(figure)
    assert not any(text.startswith("not judged") for text in texts_of(figure))
    assert_legible(figure)


def test_nothing_but_layers_without_an_entropy_draws(assert_legible):
    assert_legible(entropy(np.array([0, 1]), np.full(2, np.nan), ["", ""], curve_to(100)))


def test_other_lengths_and_states_are_told():
    n, h, curve = np.array([9, 9]), np.array([0.5, 0.5]), curve_to(100)
    with pytest.raises(FiltershiftError, match="2 entropies and 1 states for 2 layers"):
        entropy(n, h, ["diverse"], curve)
    with pytest.raises(FiltershiftError, match="one layer at least"):
        entropy(n[:0], h[:0], [], curve)
    with pytest.raises(FiltershiftError, match="no state is called 'random'"):
        entropy(n, h, ["diverse", "random"], curve)
