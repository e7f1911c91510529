import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

from filtershift.analysis.groups.common import SEVERAL
from filtershift.analysis.shifts.maps import Plane
from filtershift.figures.drawing.palette import GREY
from filtershift.figures.drawing.style import BAR, group_colors
from filtershift.figures.shifts.embedding import group_map


def placed(labels, rng, position=None):
    position = rng.normal(size=(len(labels), 2)) * (3, 1) if position is None else position
    return Plane(labels, position, 0.123), (10 ** rng.uniform(0, 8, len(labels))).astype(int).tolist()


def draw(plane, n_filters, title="Model", left_out=(), common=None):
    labels = [*plane.groups, *left_out]
    sizes = pd.DataFrame({"group": labels, "n_filters": [*n_filters, *(0 for _ in left_out)]})
    figure = group_map(title, pd.DataFrame(index=labels, columns=labels), sizes, plane, common)
    figure.canvas.draw()
    return figure


def named(count):
    return [f"model {n}" for n in range(count)]


def frame(figure):
    return figure.axes[0]


def points(figure):
    """Points of the map as {(x, y) in inches: line}, in no order."""
    return {tuple(line.get_xydata()[0]): line for line in frame(figure).lines if line.get_marker() == "o"}


def line_of(figure, plane, k):
    """The point of group k: the one at its place on the scale of the picture."""
    found = points(figure)
    inches = np.array(list(found))
    spread, extent = np.ptp(inches, axis=0), np.ptp(plane.position, axis=0)
    place = inches.min(axis=0) + (plane.position[k] - plane.position.min(axis=0)) / extent * spread
    place[1] = inches.max(axis=0)[1] - (place[1] - inches.min(axis=0)[1])
    return found[tuple(inches[np.linalg.norm(inches - place, axis=1).argmin()])]


def test_legible(labels, rng, assert_legible):
    assert_legible(draw(*placed(labels, rng), title="A title " * 60))


def test_crowded_groups_are_legible(labels, rng, assert_legible):
    position = rng.normal(size=(len(labels), 2)) ** 7
    assert_legible(draw(*placed(labels, rng, position), left_out=[f"{label} too" for label in labels]))


@pytest.mark.parametrize("count", [1, 2, 40, pytest.param(160, marks=pytest.mark.slow)])
def test_groups_at_one_place_are_legible(count, rng, assert_legible, texts_of):
    figure = draw(*placed(named(count), rng, np.zeros((count, 2))))
    assert_legible(figure)
    if count <= 40:
        assert set(named(count)) <= set(texts_of(figure))


@pytest.mark.slow
def test_few_groups_are_all_named_and_many_counted(rng, texts_of):
    few, many = (placed(named(count), rng) for count in (40, 400))
    assert set(named(40)) <= set(texts_of(draw(*few)))
    texts = texts_of(draw(*many))
    written = len(set(named(400)) & set(texts))
    assert 100 < written < 400
    assert f"400 groups, {written} labelled, stress 0.12" in texts


def test_the_lonely_are_labelled_first(rng, texts_of):
    position = np.concatenate([rng.normal(size=(395, 2)), [(9, 9), (-9, 9), (9, -9), (-9, -9), (0, 9)]])
    assert set(named(400)[-5:]) <= set(texts_of(draw(*placed(named(400), rng, position))))


def test_labels_cover_no_point(rng):
    figure = draw(*placed(named(120), rng))
    centres = frame(figure).transData.transform(np.array(list(points(figure))))
    texts = frame(figure).texts
    assert texts
    for text in texts:
        low, high = text.get_window_extent().get_points()
        assert not ((centres > low) & (centres < high)).all(axis=1).any(), text.get_text()


def test_both_directions_have_one_scale_and_the_bar_tells_it(rng, texts_of):
    plane, n_filters = placed(named(30), rng)
    figure = draw(plane, n_filters)
    inches = np.array(list(points(figure)))
    scale = np.ptp(inches, axis=0) / np.ptp(plane.position, axis=0)
    assert scale[0] == pytest.approx(scale[1])
    on_page = frame(figure).transData.transform([(0, 0), (1, 0), (0, 1)])
    np.testing.assert_allclose(np.abs(on_page[1:] - on_page[0]), np.eye(2) * figure.dpi, atol=1e-6)
    [bar] = [line for axes in figure.axes for line in axes.lines if len(line.get_xdata()) == 2]
    [text] = [text for text in texts_of(figure) if text.startswith("√D = ")]
    assert np.ptp(bar.get_xdata()) == pytest.approx(float(text.split()[-1]) * scale[0])


def test_up_is_up(rng):
    groups = placed(["low", "high", "right"], rng, np.array([(0, 0), (0, 1.0), (2, 0)]))
    heights = {text.get_text(): text.get_window_extent().y0 for text in frame(draw(*groups)).texts}
    assert heights["high"] > heights["low"]


def test_size_and_filling_tell_the_number_of_filters():
    position = np.array([(0, 0), (1, 1.0), (2, 0.5)])
    plane = Plane(["large", "small", "tiny"], position, 0.0)
    figure = draw(plane, [10**7, 1000, 999])
    large, small, tiny = (line_of(figure, plane, k) for k in range(3))
    assert large.get_markersize() > small.get_markersize() > 3
    colors = group_colors(plane.groups)
    assert to_rgba(large.get_markerfacecolor()) == to_rgba(colors["large"])
    assert to_rgba(small.get_markerfacecolor()) == to_rgba(colors["small"])
    assert to_rgba(tiny.get_markerfacecolor()) == to_rgba("white")
    assert to_rgba(tiny.get_markeredgecolor()) == to_rgba(colors["tiny"])


def test_many_groups_have_one_colour(rng):
    groups = placed(named(41), rng)
    fills = {to_rgba(line.get_markerfacecolor()) for line in points(draw(*groups)).values()}
    assert fills <= {to_rgba(BAR), to_rgba("white")}


def test_what_is_left_out_is_named(rng, texts_of):
    texts = texts_of(draw(*placed(["a", "b"], rng), left_out=["c", "d"]))
    assert "without filters, left out: c, d" in texts


def test_groups_of_a_matrix_have_the_colours_of_all_and_those_without_a_place_are_named(texts_of):
    labels = ["a", "b", "c"]
    matrix = pd.DataFrame(np.ones((3, 3)), labels, labels)
    sizes = pd.DataFrame({"group": ["c", "b", "a"], "n_filters": [10**6, 0, 10**4]})
    plane = Plane(["a", "c"], np.array([[-1.0, 0.0], [1.0, 0.5]]), 0.123)
    figure = group_map("Model", matrix, sizes, plane)
    figure.canvas.draw()
    colors = group_colors(labels)
    shown = sorted(points(figure).items())
    assert [to_rgba(line.get_markerfacecolor())[:3] for _, line in shown] == [colors["a"], colors["c"]]
    assert shown[0][1].get_markersize() < shown[1][1].get_markersize()
    assert any("left out" in text and text.endswith("b") for text in texts_of(figure))
    nothing = Plane([], np.empty((0, 2)), 0.0)
    assert texts_of(group_map("Model", matrix, sizes, nothing)) == ["no group has a shift"]


def test_groups_have_the_colour_of_their_label_with_a_legend(rng, common_labels_of, texts_of):
    plane, _ = placed(named(60), rng)
    common = common_labels_of(plane.groups, ["b", "a", SEVERAL, "b", "unknown", "a"])
    figure = draw(plane, [10**5] * 60, common=common)
    colors = {**group_colors(["a", "b", "c", "unknown"]), SEVERAL: GREY, "unknown": GREY}
    for k, group in enumerate(plane.groups):
        assert to_rgba(line_of(figure, plane, k).get_markerfacecolor())[:3] == colors[common.of_group[group]]
    texts = texts_of(figure)
    assert texts[-5:] == ["Task", "a (20)", "b (20)", f"{SEVERAL} (10)", "unknown (10)"]
    [handles] = figure.axes[-1].collections
    np.testing.assert_allclose(handles.get_colors()[:, :3], [colors["a"], colors["b"], GREY, GREY])


@pytest.mark.parametrize("count", [40, pytest.param(160, marks=pytest.mark.slow)])
def test_a_legend_is_legible_and_covers_no_point(count, rng, common_labels_of, labels_of, assert_legible):
    position = rng.normal(size=(count, 2)) ** 7
    for labels in (labels_of(14), labels_of(count // 2)):
        figure = draw(*placed(labels_of(count), rng, position), common=common_labels_of(labels_of(count), labels))
        assert_legible(figure)
        assert figure.axes[-1].get_window_extent().x0 > frame(figure).get_window_extent().x1
        assert len(figure.axes[-1].texts) == len(labels) + 1
