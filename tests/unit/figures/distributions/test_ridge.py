import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from filtershift.figures.distributions.ridge import density_ridges
from filtershift.figures.drawing.style import group_colors
from filtershift.passes.patterns import axis_names, dct_patterns, symmetry_patterns

X = np.linspace(-3, 3, 301)


def bells(groups, rng):
    centres, widths = rng.normal(0, 0.8, (2, groups, 9, 1))
    return np.exp(-0.5 * ((X - centres) / (0.1 + np.abs(widths))) ** 2)


def stored(labels, densities):
    return {label: {"density": density} for label, density in zip(labels, densities, strict=True)}


def draw(labels, densities):
    """All groups, in the order given."""
    return density_ridges(X, stored(labels, densities), labels)


def cells(figure):
    """Outlines by column and row: lists of (points, 2), y downwards, one unit a row."""
    collections = [next(c for c in axes.collections if isinstance(c, PolyCollection)) for axes in figure.axes]
    return [[path.vertices for path in collection.get_paths()] for collection in collections]


def test_legible(labels, rng, assert_legible):
    assert_legible(draw(labels, bells(len(labels), rng)))


def test_each_cell_stands_on_its_row_and_peaks_where_its_density_does(rng):
    densities = bells(3, rng)
    drawn = cells(draw(["a", "b", "c"], densities))
    for column in range(9):
        for row in range(3):
            points = drawn[column][row]
            assert points[:, 1].max() == row + 1
            top = points[points[:, 1].argmin()]
            assert row <= top[1] < row + 0.1
            assert top[0] == pytest.approx(X[densities[row, column].argmax()], abs=0.05)
            assert points[:, 0].min() == X[0]
            assert points[:, 0].max() == X[-1]


def test_simplified_outline_follows_the_density_within_a_pixel(rng):
    densities = bells(1, rng)
    outline = cells(draw(["a"], densities))[0][0]
    curve = outline[1:-2] if np.allclose(outline[0], outline[-1]) else outline[1:-1]
    drawn = np.interp(X, curve[:, 0], 1 - curve[:, 1])
    np.testing.assert_allclose(drawn / drawn.max(), densities[0, 0] / densities[0, 0].max(), atol=0.015)
    assert len(outline) < len(X) / 2


def test_a_narrow_spike_survives():
    densities = np.full((1, 9, len(X)), 1e-3)
    densities[:, :, 140] = 1.0
    outline = cells(draw(["a"], densities))[0][0]
    assert outline[:, 1].min() < 0.1


def test_cells_without_a_density_are_flat():
    densities = np.zeros((2, 9, len(X)))
    densities[1] = np.nan
    for column in cells(draw(["zero", "nan"], densities)):
        assert [np.unique(points[:, 1]).tolist() for points in column] == [[1], [2]]


def test_rows_have_their_groups_colour_and_only_the_bottom_has_an_axis(rng, texts_of):
    colors = group_colors(["first", "second"])
    figure = draw(["second", "first"], bells(2, rng))
    figure.canvas.draw()
    for axes in figure.axes:
        fills = next(c for c in axes.collections if isinstance(c, PolyCollection)).get_facecolor()
        np.testing.assert_allclose(fills, [(*colors["second"], 0.7), (*colors["first"], 0.7)])
    assert len(figure.axes) == 9
    assert texts_of(figure).count("−2") == 9


def test_chosen_groups_keep_the_colour_they_have_among_all(rng, texts_of):
    groups = stored("abc", bells(3, rng))
    figure = density_ridges(X, groups, ["c", "b"])
    colors = group_colors("abc")
    fills = next(c for c in figure.axes[0].collections if isinstance(c, PolyCollection)).get_facecolor()
    np.testing.assert_allclose(fills, [(*colors["c"], 0.7), (*colors["b"], 0.7)])
    assert [text.get_text() for text in figure.axes[0].texts] == ["c", "b"]
    assert cells(figure)[3][1][:, 1].max() == 2
    assert "none of the groups" in " ".join(texts_of(density_ridges(X, groups, [])))


def test_axes_of_a_fixed_basis_are_named(rng, assert_legible, texts_of):
    for patterns, last in ((symmetry_patterns(), "bent y"), (dct_patterns(), "DCT 22")):
        figure = density_ridges(X, stored(["a"], bells(1, rng)), ["a"], axis_names(patterns))
        assert_legible(figure)
        assert last in texts_of(figure)
        assert "c₀" not in texts_of(figure)
