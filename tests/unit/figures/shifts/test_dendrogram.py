import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection

from filtershift.analysis.groups.common import SEVERAL
from filtershift.analysis.shifts.maps import tree
from filtershift.figures.drawing.palette import GREY
from filtershift.figures.drawing.style import FIRE, group_colors
from filtershift.figures.shifts.dendrogram import IN_PRINT, ON_SCREEN, shift_dendrogram


def tables(labels, rng, points=None, without=()):
    """A D-matrix and the sizes of its groups, those without filters last."""
    points = rng.normal(size=(len(labels), 3)) if points is None else points
    matrix = pd.DataFrame(((points[:, None] - points) ** 2).sum(axis=-1), labels, labels)
    matrix = matrix.reindex(index=[*labels, *without], columns=[*labels, *without])
    return matrix, pd.DataFrame({"group": matrix.index, "n_filters": 5000, "n_models": 7})


def draw(matrix, sizes, title="Model", **options):
    return shift_dendrogram(title, matrix, sizes, tree(matrix), **options)


def matrix_axes(figure):
    return next(axes for axes in figure.axes if axes.images)


def tree_axes(figure):
    return next(axes for axes in figure.axes if axes.get_xlabel() == "joined at √D")


def heights_on_page(axes, values):
    return axes.transData.transform(np.column_stack([np.zeros(len(values)), values]))[:, 1]


def test_legible(labels, rng, assert_legible):
    assert_legible(draw(*tables(labels, rng), title="A title " * 60))


def test_what_is_left_out_is_named(labels, rng, assert_legible, texts_of):
    figure = draw(*tables(labels, rng, without=["a group", *(f"{label} too" for label in labels)]))
    assert_legible(figure)
    [named] = [text for text in texts_of(figure) if text.startswith("without filters")]
    assert "a group" in named


def test_each_leaf_stands_at_the_height_of_its_row_and_label(rng, cell_colors):
    matrix, sizes = tables([f"model {k}" for k in range(9)], rng)
    figure, leaves = draw(matrix, sizes), tree(matrix).groups
    figure.canvas.draw()
    axes = matrix_axes(figure)
    ordered = matrix.loc[leaves, leaves].to_numpy()
    np.testing.assert_allclose(cell_colors(axes.images[0]), FIRE(ordered / ordered.max()), atol=1 / 255)
    rows = heights_on_page(axes, np.arange(9.0))
    np.testing.assert_allclose(heights_on_page(tree_axes(figure), np.arange(9.0)), rows)
    labels = axes.get_yticklabels()
    assert [text.get_text() for text in labels] == [f"{label} (7)" for label in leaves]
    middles = [text.get_window_extent().y0 + text.get_window_extent().height / 2 for text in labels]
    np.testing.assert_allclose(middles, rows, atol=3)


def test_the_tree_grows_from_the_labels_to_the_left(rng):
    matrix, sizes = tables(["a", "b", "c", "d"], rng)
    axes, branches = tree_axes(draw(matrix, sizes)), tree(matrix).branches
    [lines] = [drawn for drawn in axes.collections if isinstance(drawn, LineCollection)]
    np.testing.assert_allclose(lines.get_segments(), branches[:, :, ::-1])
    root, leaf = axes.get_xlim()
    assert leaf == 0
    assert root >= branches[:, :, 1].max()
    assert axes.get_window_extent().x1 <= matrix_axes(axes.figure).get_window_extent().x0
    ticks = axes.get_xticks()
    assert len(ticks) >= 2
    assert (ticks >= 0).all()
    assert (ticks <= root).all()


@pytest.mark.slow
def test_in_print_every_one_of_400_labels_is_written(rng, texts_of, assert_legible):
    matrix, sizes = tables([f"model {n} {'of a long name ' * 6}" for n in range(400)], rng)
    sparse, full = (draw(matrix, sizes, longest_side=side) for side in (ON_SCREEN, IN_PRINT))
    assert "400 groups, 1 in 3 labelled" in texts_of(sparse)
    assert len(matrix_axes(sparse).get_yticklabels()) == 134
    written = [text.get_text() for text in matrix_axes(full).get_yticklabels()]
    assert [text.split()[1] for text in written] == [label.split()[1] for label in tree(matrix).groups]
    assert_legible(full)


@pytest.mark.parametrize("groups", [1, 3])
def test_groups_that_are_alike_draw(rng, groups, assert_legible):
    labels = ["a", "b", "c"][:groups]
    assert_legible(draw(*tables(labels, rng, points=np.zeros((groups, 3)))))


def test_a_matrix_is_shown_in_the_order_of_its_tree_without_groups_that_have_no_shift(texts_of, cell_colors):
    shift = np.array([[0, 4, 1, np.nan], [4, 0, 9, np.nan], [1, 9, 0, np.nan], [np.nan] * 4])
    matrix = pd.DataFrame(shift, list("abcd"), list("abcd"))
    sizes = pd.DataFrame({"group": list("dcba"), "n_filters": 5000, "n_models": [1, 2, 3, 4]})
    leaves = tree(matrix)
    figure = shift_dendrogram("Task", matrix, sizes, leaves)
    axes = matrix_axes(figure)
    written = {"a": "a (4)", "b": "b (3)", "c": "c (2)"}
    assert [text.get_text() for text in axes.get_yticklabels()] == [written[label] for label in leaves.groups]
    ordered = matrix.loc[leaves.groups, leaves.groups].to_numpy()
    np.testing.assert_allclose(cell_colors(axes.images[0]), FIRE(ordered / 9), atol=1 / 255)
    assert "without filters, left out: d" in texts_of(figure)
    nothing = pd.DataFrame([[np.nan]], ["a"], ["a"])
    assert texts_of(draw(nothing, sizes)) == ["no group has a shift"]


def bar_of(figure):
    return next(axes for axes in figure.axes if axes.containers)


def test_a_bar_beside_the_tree_has_the_colour_of_each_label(rng, common_labels_of, texts_of):
    matrix, sizes = tables([f"model {k}" for k in range(12)], rng)
    common = common_labels_of(list(matrix.index), ["b", "a", SEVERAL, "b", "unknown", "a"])
    figure, leaves = draw(matrix, sizes, common=common), tree(matrix).groups
    colors = {**group_colors(["a", "b", "c", "unknown"]), SEVERAL: GREY, "unknown": GREY}
    bars = bar_of(figure).patches
    assert [bar.get_facecolor()[:3] for bar in bars] == [colors[common.of_group[label]] for label in leaves]
    middles = heights_on_page(bar_of(figure), [bar.get_y() + bar.get_height() / 2 for bar in bars])
    np.testing.assert_allclose(middles, heights_on_page(matrix_axes(figure), np.arange(12.0)))
    assert {"Task", "a (4)", "b (4)", f"{SEVERAL} (2)", "unknown (2)"} <= set(texts_of(figure))
    bare = draw(matrix, sizes)
    assert not any(axes.containers for axes in bare.axes)
    assert "Task" not in texts_of(bare)


@pytest.mark.parametrize("count", [2, pytest.param(160, marks=pytest.mark.slow)])
def test_a_bar_and_its_legend_are_legible(count, rng, common_labels_of, labels_of, assert_legible):
    matrix, sizes = tables(labels_of(count), rng)
    for labels in (labels_of(14), labels_of(count // 2)):
        figure = draw(matrix, sizes, common=common_labels_of(labels_of(count), labels))
        assert_legible(figure)
        left, right = (axes(figure).get_window_extent() for axes in (tree_axes, matrix_axes))
        assert left.x1 < bar_of(figure).get_window_extent().x0 < bar_of(figure).get_window_extent().x1 < right.x0
        legend = next(axes for axes in figure.axes if any(text.get_text() == "Task" for text in axes.texts))
        assert legend.get_window_extent().x0 > right.x1
        assert len(legend.texts) == min(len(labels), count) + 1
