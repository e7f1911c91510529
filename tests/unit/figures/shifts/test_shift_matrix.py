from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from filtershift.errors import FiltershiftError
from filtershift.figures.drawing.saving import save
from filtershift.figures.drawing.style import FIRE
from filtershift.figures.shifts.shift_matrix import shift_matrix


class Tables(NamedTuple):
    """What one panel shows."""

    title: str
    matrix: pd.DataFrame
    sizes: pd.DataFrame
    intervals: pd.DataFrame | None = None


def tables(labels, shift, title="Task", n_models=7, n_filters=5000):
    sizes = pd.DataFrame({"group": labels, "n_filters": n_filters, "n_models": n_models})
    return Tables(title, pd.DataFrame(shift, labels, labels), sizes)


def panel(labels, rng, title="Task", scale=1.0):
    points = rng.normal(size=(len(labels), 3))
    shift = scale * ((points[:, None] - points[None]) ** 2).sum(axis=-1)
    return tables(labels, shift, title, rng.integers(1, 900, len(labels)))


def draw(*panels):
    """All panels, with intervals if each has them."""
    titles, matrices, sizes, intervals = zip(*panels, strict=True)
    return shift_matrix(titles, matrices, sizes, [table for table in intervals if table is not None])


def images(figure):
    return [axes.images[0] for axes in figure.axes if axes.images]


def bar_top(figure):
    """The largest shift on the colour bar."""
    return next(axes for axes in figure.axes if not axes.images and axes.collections).get_ylim()[1]


def test_legible(labels, rng, assert_legible):
    assert_legible(draw(panel(labels, rng, title="A title " * 60)))


def test_three_panels_are_legible(labels, rng, assert_legible):
    sizes = (len(labels), 1, min(len(labels), 40))
    assert_legible(draw(*(panel(labels[:size], rng, title=f"({size})") for size in sizes)))


def test_panels_show_their_matrix_on_one_scale(rng, cell_colors):
    panels = [panel(["a", "b", "c"], rng), panel(["d", "e"], rng, scale=50)]
    figure = draw(*panels)
    largest = panels[1].matrix.to_numpy().max()
    for image, one in zip(images(figure), panels, strict=True):
        np.testing.assert_allclose(cell_colors(image), FIRE(one.matrix.to_numpy() / largest), atol=1 / 255)
    assert bar_top(figure) == largest


def test_both_axes_carry_labels_in_the_order_of_the_matrix_with_models_in_brackets():
    one = tables(["GAN", "$x$"], np.zeros((2, 2)), n_models=[12, 3456])
    figure = draw(one._replace(sizes=one.sizes[::-1]))
    axes = images(figure)[0].axes
    for ticks in (axes.get_xticklabels(), axes.get_yticklabels()):
        assert [text.get_text() for text in ticks] == ["GAN (12)", "$x$ (3,456)"]


def test_cells_without_value_are_grey_and_explained(rng, texts_of, cell_colors):
    one = panel(["a", "b"], rng)
    assert "no value" not in texts_of(draw(one))
    one.matrix.iloc[0, 1] = np.nan
    figure = draw(one)
    image = images(figure)[0]
    np.testing.assert_allclose(cell_colors(image)[0, 1], (0.8, 0.8, 0.8, 1), atol=1 / 255)
    assert "no value" in texts_of(figure)


def test_a_matrix_without_any_value_draws():
    draw(tables(["a"], np.nan)).canvas.draw()


def test_many_groups_are_labelled_sparsely_and_say_so(rng, texts_of):
    figure = draw(panel([f"model {n}" for n in range(400)], rng))
    ticks = images(figure)[0].axes.get_yticks()
    assert len(set(np.diff(ticks))) == 1
    assert f"400 groups, 1 in {ticks[1] - ticks[0]:.0f} labelled" in texts_of(figure)


def test_no_matrix_is_told():
    with pytest.raises(FiltershiftError, match="no matrix"):
        shift_matrix([], [], [])


def test_small_groups_do_not_stretch_the_scale(texts_of, cell_colors):
    shift = np.array([[0, 2, 40], [2, 0, 40], [40, 40, 0.0]])
    figure = draw(tables(["a", "b", "tiny"], shift, n_filters=[5000, 1000, 33]))
    np.testing.assert_allclose(cell_colors(images(figure)[0])[[0, 0], [1, 2]], FIRE([1.0, 1.0]), atol=1 / 255)
    assert bar_top(figure) == 2
    assert "to 40" in texts_of(figure)


def marked(one, noise):
    """Tables whose intervals say which cells are noise: those above the diagonal of noise (g, g), and their mirror."""
    labels = one.matrix.index.to_numpy()
    a, b = np.triu_indices(len(labels), k=1)
    flag = np.where(noise[a, b], "within null", "above")
    return one._replace(intervals=pd.DataFrame({"a": labels[a], "b": labels[b], "flag": flag}))


def noise_of(one, rng):
    """Cells (g, g) to mark: about half of those off the diagonal."""
    upper = np.triu(rng.random(one.matrix.shape) < 0.5, k=1)
    return upper | upper.T


def test_noise_is_legible(labels, rng, assert_legible):
    one, pair = panel(labels, rng, title="A title " * 60), panel(["a", "b"], rng)
    one.matrix.iloc[0, -1] = np.nan
    noisy = marked(one, noise_of(one, rng))
    assert_legible(draw(noisy))
    assert_legible(draw(noisy, marked(pair, noise_of(pair, rng)), marked(panel(["c"], rng), np.zeros((1, 1), bool))))


def test_cells_of_noise_have_a_dot_that_stands_out(rng, texts_of, cell_colors):
    one = panel([f"group {k}" for k in range(12)], rng)
    noise = noise_of(one, rng)
    assert "not above noise" not in texts_of(draw(one))
    assert "not above noise" not in texts_of(draw(marked(one, np.zeros((12, 12), bool))))
    figure = draw(marked(one, noise))
    assert "not above noise" in texts_of(figure)
    image = images(figure)[0]
    dots = [(round(y), round(x), line.get_color()) for line in image.axes.lines for x, y in line.get_xydata()]
    assert sorted(dot[:2] for dot in dots) == [tuple(cell) for cell in np.argwhere(noise).tolist()]
    colors = cell_colors(image)
    for row, column, color in dots:
        assert np.abs(np.array(to_rgb(color)) - colors[row, column, :3]).max() > 0.35


def test_where_cells_are_too_small_for_dots_they_are_tinted(rng, texts_of, cell_colors):
    plain = panel([f"model {k}" for k in range(200)], rng)
    noise = noise_of(plain, rng)
    figure = draw(marked(plain, noise))
    image, without = images(figure)[0], images(draw(plain))[0]
    assert not image.axes.lines
    tinted = (cell_colors(image) != cell_colors(without)).any(axis=-1)
    np.testing.assert_array_equal(tinted, noise)
    assert "not above noise" in texts_of(figure)


@pytest.mark.slow
def test_a_pdf_keeps_cells_as_they_are(rng, tmp_path):
    one = panel([f"model {k}" for k in range(200)], rng)
    figure = draw(marked(one, noise_of(one, rng)))
    save(figure, tmp_path / "matrix.pdf")
    height, width = images(figure)[0].get_array().shape[:2]
    assert f"/Width {width}" in (content := (tmp_path / "matrix.pdf").read_text("latin-1"))
    assert f"/Height {height}" in content
    assert content.count("/Subtype /Image") == 1
