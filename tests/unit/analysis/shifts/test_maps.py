"""Trees, planes and nearest groups against independent computations."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.manifold import smacof

from filtershift.analysis.shifts.maps import (
    Plane,
    Tree,
    embed,
    nearest_groups,
    plane_table,
    tree,
    tree_table,
    with_filters,
)

SEEDS = st.integers(0, 2**32 - 1)


def matrix_of(shift):
    labels = [f"group {k}" for k in range(len(shift))]
    return pd.DataFrame(shift, labels, labels)


def between(points):
    """The D-matrix of points whose distances are √D."""
    return matrix_of(((points[:, None] - points) ** 2).sum(axis=-1))


def sizes_of(labels):
    return pd.DataFrame({"group": labels, "n_filters": range(100, 100 + len(labels)), "n_layers": 7, "n_models": 3})


def any_matrix(seed, groups):
    """Shifts that are those of no points: some pairs are far from obeying the triangle inequality."""
    shift = np.exp(np.random.default_rng(seed).normal(size=(groups, groups)))
    return matrix_of(np.triu(shift, 1) + np.triu(shift, 1).T)


def with_empty_groups(matrix, *empty):
    matrix = matrix.copy()
    matrix.loc[list(empty), :] = np.nan
    matrix.loc[:, list(empty)] = np.nan
    return matrix


def average_linkage(distance):
    """The height at which each two groups join: the two closest clusters by mean distance join first."""
    clusters, heights = [[k] for k in range(len(distance))], np.zeros_like(distance)
    while len(clusters) > 1:
        pairs = [(a, b) for b in range(len(clusters)) for a in range(b)]
        height, a, b = min((distance[np.ix_(clusters[a], clusters[b])].mean(), a, b) for a, b in pairs)
        for first in clusters[a]:
            heights[first, clusters[b]] = heights[clusters[b], first] = height
        clusters[a] += clusters.pop(b)
    return heights


@given(seed=SEEDS, groups=st.integers(2, 12))
def test_groups_join_at_their_mean_distance(seed, groups):
    matrix = any_matrix(seed, groups)
    expected = pd.DataFrame(average_linkage(np.sqrt(matrix.to_numpy())), matrix.index, matrix.index)
    grown = tree(matrix)
    assert sorted(grown.groups) == sorted(matrix.index)
    for a in range(groups):
        for b in range(a + 1, groups):
            joined = expected.loc[grown.groups[a], grown.groups[b]]
            assert grown.joins[a:b].max() == pytest.approx(joined, rel=1e-12)


@given(seed=SEEDS, groups=st.integers(2, 30))
def test_branches_join_what_lies_side_by_side(seed, groups):
    grown = tree(any_matrix(seed, groups))
    assert grown.branches.shape == (groups - 1, 4, 2)
    heights = grown.branches[:, 1, 1]
    assert (np.diff(heights) >= 0).all()
    np.testing.assert_allclose(np.sort(heights), np.sort(grown.joins))
    ends = {(float(k), 0.0): (k, k) for k in range(groups)}
    for start, left, right, end in grown.branches:
        (a, b), (c, d) = sorted([ends.pop(tuple(start)), ends.pop(tuple(end))])
        assert b + 1 == c
        assert grown.joins[b] == pytest.approx(left[1])
        assert left.tolist() == [start[0], right[1]]
        assert right[0] == end[0]
        ends[((start[0] + end[0]) / 2, right[1])] = a, d
    assert list(ends.values()) == [(0, groups - 1)]


def test_the_leaves_keep_families_together():
    rng = np.random.default_rng(0)
    family = rng.permutation(np.repeat(np.arange(5), 8))
    points = 10 * rng.normal(size=(5, 4))[family] + rng.normal(size=(40, 4))
    matrix = between(points)
    drawn = family[matrix.index.get_indexer(tree(matrix).groups)]
    assert np.count_nonzero(np.diff(drawn)) == 4


def test_leaves_on_a_line_are_in_its_order_and_begin_where_the_mean_shift_is_smaller():
    order = np.random.default_rng(1).permutation(12)
    grown = tree(between((1.3 ** np.arange(12.0))[order][:, None]))
    assert [order[int(label.split()[1])] for label in grown.groups] == list(range(12))


@pytest.mark.parametrize("groups", [3, 10, 41])
def test_points_of_a_plane_are_found_again(groups):
    points = np.random.default_rng(groups).normal(size=(groups, 2)) * (5, 2)
    plane = embed(between(points))
    assert plane.stress < 1e-4
    np.testing.assert_allclose(between(plane.position).to_numpy(), between(points).to_numpy(), rtol=1e-3, atol=1e-3)


def test_the_same_groups_give_the_same_picture_in_any_order():
    matrix = between(np.random.default_rng(3).normal(size=(20, 5)))
    other = matrix.iloc[::-1, ::-1]
    there, back = embed(matrix), embed(other)
    assert back.groups == there.groups[::-1]
    np.testing.assert_allclose(back.position[::-1], there.position, atol=1e-3)
    np.testing.assert_array_equal(embed(matrix.copy()).position, there.position)


@given(seed=SEEDS, groups=st.integers(2, 15))
def test_the_picture_lies_along_x_around_the_middle_its_largest_coordinates_positive(seed, groups):
    plane = embed(any_matrix(seed, groups))
    assert np.isfinite(plane.position).all()
    np.testing.assert_allclose(plane.position.mean(axis=0), 0, atol=1e-9)
    across, along = (plane.position**2).sum(axis=0)
    assert across >= along
    assert abs(plane.position[:, 0] @ plane.position[:, 1]) < 1e-9 * across
    largest = np.abs(plane.position).max(axis=0)
    assert (plane.position.max(axis=0) >= largest * (1 - 1e-6)).all()


def test_stress_is_kruskals_and_no_worse_than_from_random_starts():
    matrix = between(np.random.default_rng(5).normal(size=(60, 6)))
    plane = embed(matrix)
    target = np.sqrt(matrix.to_numpy())
    drawn = np.sqrt(between(plane.position).to_numpy())
    assert plane.stress == pytest.approx(np.sqrt(((drawn - target) ** 2).sum() / (drawn**2).sum()))
    random = [smacof(target, n_init=1, random_state=seed, normalized_stress=True)[1] for seed in range(5)]
    assert 0.1 < plane.stress <= min(random) + 1e-3


def test_few_groups_and_equal_ones_have_exact_maps_and_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for shift in (np.zeros((1, 1)), np.zeros((4, 4)), np.array([[0, 4.0], [4, 0]])):
            matrix = matrix_of(shift)
            plane, grown = embed(matrix), tree(matrix)
            distances = np.sqrt(between(plane.position).to_numpy())
            np.testing.assert_allclose(distances, np.sqrt(shift), atol=1e-9)
            assert plane.stress == pytest.approx(0, abs=1e-9)
            assert plane.groups == sorted(grown.groups) == list(matrix.index)
            assert len(grown.joins) == len(grown.branches) == max(0, len(shift) - 1)


def test_equal_groups_share_a_place():
    points = np.random.default_rng(8).normal(size=(6, 2))
    plane = embed(between(points[[0, 1, 2, 3, 4, 5, 0, 3]]))
    np.testing.assert_allclose(plane.position[[6, 7]], plane.position[[0, 3]], atol=1e-3)


@given(seed=SEEDS, groups=st.integers(1, 12), count=st.integers(1, 8))
def test_nearest_groups_against_sorting_each_row(seed, groups, count):
    matrix = matrix_of(np.round(any_matrix(seed, groups).to_numpy(), 0))
    sizes = sizes_of(list(matrix.index))
    rows = []
    for group in matrix.index:
        others = [(matrix.loc[group, other], k, other) for k, other in enumerate(matrix.index) if other != group]
        for rank, (shift, k, other) in enumerate(sorted(others)[:count], start=1):
            rows.append((group, rank, other, shift, 100 + k, 3))
    found = nearest_groups(matrix, sizes, count)
    assert found.columns.tolist() == ["group", "rank", "nearest", "shift", "n_filters", "n_models"]
    assert list(found.itertuples(index=False, name=None)) == rows


def test_five_groups_are_listed_unless_there_are_fewer():
    for groups, listed in ((2, 1), (5, 4), (6, 5), (9, 5)):
        matrix = any_matrix(0, groups)
        assert nearest_groups(matrix, sizes_of(matrix.index))["rank"].max() == listed


def test_groups_without_filters_are_on_no_map():
    matrix = any_matrix(2, 8)
    holed = with_empty_groups(matrix, "group 3", "group 7")
    rest = [label for label in matrix.index if label not in ("group 3", "group 7")]
    pd.testing.assert_frame_equal(with_filters(holed), matrix.loc[rest, rest])
    sizes = sizes_of(list(matrix.index))
    pd.testing.assert_frame_equal(nearest_groups(holed, sizes), nearest_groups(matrix.loc[rest, rest], sizes))
    assert tree(holed).groups == tree(matrix.loc[rest, rest]).groups
    np.testing.assert_array_equal(embed(holed).position, embed(matrix.loc[rest, rest]).position)
    assert embed(holed).groups == rest


def test_groups_that_all_lack_filters_leave_nothing():
    matrix = any_matrix(0, 3)
    empty = with_empty_groups(matrix, *matrix.index)
    assert tree(empty).groups == embed(empty).groups == []
    assert nearest_groups(empty, sizes_of(list(matrix.index))).shape == (0, 6)


def test_equal_shifts_are_settled_alike_every_time():
    matrix = matrix_of(1.0 - np.eye(7))
    assert tree(matrix).groups == tree(matrix.copy()).groups
    np.testing.assert_allclose(tree(matrix).joins, 1)
    np.testing.assert_array_equal(embed(matrix).position, embed(matrix.copy()).position)
    found = nearest_groups(matrix, sizes_of(list(matrix.index)), 2)
    assert found["nearest"].tolist()[:4] == ["group 1", "group 2", "group 0", "group 2"]


def test_the_tables_of_maps_have_the_order_of_the_leaves_and_of_the_groups():
    sizes = sizes_of(["a", "b", "c"])
    leaves = tree_table(Tree(["c", "a"], np.array([0.5]), np.empty((1, 4, 2))), sizes)
    assert leaves.index.tolist() == ["c", "a"]
    assert leaves["n_filters"].tolist() == [102, 100]
    np.testing.assert_array_equal(leaves["joins_next"], [0.5, np.nan])
    places = plane_table(Plane(["c", "a"], np.array([[1.0, 2.0], [3.0, 4.0]]), 0.0), sizes)
    assert list(places) == ["x", "y", "n_filters", "n_models"]
    assert places.index.tolist() == ["a", "b", "c"]
    np.testing.assert_array_equal(places[["x", "y"]], [[3, 4], [np.nan, np.nan], [1, 2]])
    assert tree_table(Tree([], np.empty(0), np.empty((0, 4, 2))), sizes).empty
