from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from filtershift.errors import FiltershiftError
from filtershift.figures.saving import save
from filtershift.figures.shift_matrix import ShiftPanel, shift_matrix, shift_panel
from filtershift.figures.style import FIRE


def panel(labels, rng, title="Task", scale=1.0):
    points = rng.normal(size=(len(labels), 3))
    shift = scale * ((points[:, None] - points[None]) ** 2).sum(axis=-1)
    return ShiftPanel(title, labels, rng.integers(1, 900, len(labels)).tolist(), [5000] * len(labels), shift)


def images(figure):
    return [axes.images[0] for axes in figure.axes if axes.images]


def bar_top(figure):
    """The largest shift on the colour bar."""
    return next(axes for axes in figure.axes if not axes.images and axes.collections).get_ylim()[1]


def test_legible(labels, rng, assert_legible):
    assert_legible(shift_matrix([panel(labels, rng, title="A title " * 60)]))


def test_three_panels_are_legible(labels, rng, assert_legible):
    sizes = (len(labels), 1, min(len(labels), 40))
    assert_legible(shift_matrix([panel(labels[:size], rng, title=f"({size})") for size in sizes]))


def test_panels_show_their_matrix_on_one_scale(rng, cell_colors):
    panels = [panel(["a", "b", "c"], rng), panel(["d", "e"], rng, scale=50)]
    figure = shift_matrix(panels)
    for image, one in zip(images(figure), panels, strict=True):
        np.testing.assert_allclose(cell_colors(image), FIRE(one.shift / panels[1].shift.max()), atol=1 / 255)
    assert bar_top(figure) == panels[1].shift.max()


def test_both_axes_carry_labels_with_models_in_brackets(rng):
    figure = shift_matrix([ShiftPanel("Task", ["GAN", "$x$"], [12, 3456], [1, 1], np.zeros((2, 2)))])
    axes = images(figure)[0].axes
    for ticks in (axes.get_xticklabels(), axes.get_yticklabels()):
        assert [text.get_text() for text in ticks] == ["GAN (12)", "$x$ (3,456)"]


def test_cells_without_value_are_grey_and_explained(rng, texts_of, cell_colors):
    one = panel(["a", "b"], rng)
    assert "no value" not in texts_of(shift_matrix([one]))
    one.shift[0, 1] = np.nan
    figure = shift_matrix([one])
    image = images(figure)[0]
    np.testing.assert_allclose(cell_colors(image)[0, 1], (0.8, 0.8, 0.8, 1), atol=1 / 255)
    assert "no value" in texts_of(figure)


def test_a_matrix_without_any_value_draws(rng):
    shift_matrix([ShiftPanel("Task", ["a"], [1], [1], np.full((1, 1), np.nan))]).canvas.draw()


def test_many_groups_are_labelled_sparsely_and_say_so(rng, texts_of):
    figure = shift_matrix([panel([f"model {n}" for n in range(400)], rng)])
    ticks = images(figure)[0].axes.get_yticks()
    assert len(set(np.diff(ticks))) == 1
    assert f"400 groups, 1 in {ticks[1] - ticks[0]:.0f} labelled" in texts_of(figure)


def test_lengths_that_do_not_belong_together_are_told(rng):
    with pytest.raises(FiltershiftError, match=r"'Task'.*\(3, 3\).*2 labels"):
        shift_matrix([ShiftPanel("Task", ["a", "b"], [1, 2], [1, 2], np.zeros((3, 3)))])
    with pytest.raises(FiltershiftError, match="1 numbers of models"):
        shift_matrix([ShiftPanel("Task", ["a", "b"], [1], [1, 2], np.zeros((2, 2)))])
    with pytest.raises(FiltershiftError, match="no panel"):
        shift_matrix([])


def test_small_groups_do_not_stretch_the_scale(rng, texts_of, cell_colors):
    one = panel(["a", "b", "tiny"], rng)
    one.shift[2, :2] = one.shift[:2, 2] = 40.0
    small = ShiftPanel(one.title, one.labels, one.n_models, [5000, 1000, 33], one.shift)
    figure = shift_matrix([small])
    np.testing.assert_allclose(cell_colors(images(figure)[0])[[0, 0], [1, 2]], FIRE([1.0, 1.0]), atol=1 / 255)
    assert bar_top(figure) == one.shift[0, 1]
    assert "to 40" in texts_of(figure)


def noisy(panel, rng):
    noise = rng.random(panel.shift.shape) < 0.5
    noise = noise | noise.T
    np.fill_diagonal(noise, False)
    return replace(panel, noise=noise)


def test_noise_is_legible(labels, rng, assert_legible):
    one = noisy(panel(labels, rng, title="A title " * 60), rng)
    one.shift[0, -1] = np.nan
    assert_legible(shift_matrix([one]))
    assert_legible(shift_matrix([one, noisy(panel(["a", "b"], rng), rng), panel(["c"], rng)]))


def test_cells_of_noise_have_a_dot_that_stands_out(rng, texts_of, cell_colors):
    one = noisy(panel([f"group {k}" for k in range(12)], rng), rng)
    assert "not above noise" not in texts_of(shift_matrix([replace(one, noise=None)]))
    assert "not above noise" not in texts_of(shift_matrix([replace(one, noise=np.zeros((12, 12), bool))]))
    figure = shift_matrix([one])
    assert "not above noise" in texts_of(figure)
    image = images(figure)[0]
    dots = [(round(y), round(x), line.get_color()) for line in image.axes.lines for x, y in line.get_xydata()]
    assert sorted(dot[:2] for dot in dots) == [tuple(cell) for cell in np.argwhere(one.noise).tolist()]
    colors = cell_colors(image)
    for row, column, color in dots:
        assert np.abs(np.array(to_rgb(color)) - colors[row, column, :3]).max() > 0.35


def test_where_cells_are_too_small_for_dots_they_are_tinted(rng, texts_of, cell_colors):
    plain = panel([f"model {k}" for k in range(200)], rng)
    one = noisy(plain, rng)
    figure = shift_matrix([one])
    image, without = images(figure)[0], images(shift_matrix([plain]))[0]
    assert not image.axes.lines
    tinted = (cell_colors(image) != cell_colors(without)).any(axis=-1)
    np.testing.assert_array_equal(tinted, one.noise)
    assert "not above noise" in texts_of(figure)


def test_a_pdf_keeps_cells_as_they_are(rng, tmp_path):
    one = noisy(panel([f"model {k}" for k in range(200)], rng), rng)
    figure = shift_matrix([one])
    save(figure, tmp_path / "matrix.pdf")
    height, width = images(figure)[0].get_array().shape[:2]
    assert f"/Width {width}" in (content := (tmp_path / "matrix.pdf").read_text("latin-1"))
    assert f"/Height {height}" in content
    assert content.count("/Subtype /Image") == 1


def test_a_panel_of_tables_has_the_order_of_the_matrix_and_marks_what_is_not_above_noise():
    labels = ["near", "far", "01"]
    matrix = pd.DataFrame([[0, 1, 2], [1, 0, 3], [2, 3, 0.0]], labels, labels)
    sizes = pd.DataFrame({"group": ["01", "far", "near"], "n_filters": [10, 20, 30], "n_models": [1, 2, 3]})
    intervals = pd.DataFrame({"a": ["near", "near", "far"], "b": ["far", "01", "01"], "flag": ["above", "x", "above"]})
    known, unknown = shift_panel("Task", matrix, sizes, intervals), shift_panel("Task", matrix, sizes)
    assert known.labels == labels
    assert known.n_filters == [30, 20, 10]
    assert known.n_models == [3, 2, 1]
    np.testing.assert_array_equal(known.shift, matrix)
    assert np.argwhere(known.noise).tolist() == [[0, 2], [2, 0]]
    assert unknown.noise is None
