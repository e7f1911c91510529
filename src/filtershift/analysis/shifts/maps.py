"""Maps of a D-matrix: its groups as a tree, as points of a plane, and the nearest of each.

Trees and planes take √D as the distance of two groups: for small differences D grows with their square, so √D grows
as a length does, and a few groups unlike all others do not outweigh the rest. Groups without filters, whose shifts
are missing, are on no map.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Tree:
    """A hierarchical clustering of g groups.

    Attributes:
        groups: their labels in the order of the leaves.
        joins: (g - 1,) the height, in √D, at which each leaf and the next join; between any two leaves it is the
            largest on the way.
        branches: (g - 1, 4, 2) a line of four points for each join, lowest join first: leaf position and height.
    """

    groups: list[str]
    joins: Array
    branches: Array


@dataclass(frozen=True)
class Plane:
    """Positions (g, 2) of g groups, in √D, and Kruskal's stress-1 of their distances: 0 is exact, 0.2 poor."""

    groups: list[str]
    position: Array
    stress: float


def with_filters(matrix: pd.DataFrame) -> pd.DataFrame:
    """The part of a D-matrix whose groups have filters: the shifts of the others, to themselves too, are missing."""
    some = ~np.isnan(np.diagonal(matrix.to_numpy()))
    return matrix.loc[some, some]


def tree(matrix: pd.DataFrame) -> Tree:
    """Cluster the groups of a D-matrix: two clusters are as far apart as their groups are on average, in √D.

    The leaves are ordered so that neighbours are as close as the tree allows (Bar-Joseph et al., 2001), and begin at
    the end whose group has the smaller mean shift.
    """
    from scipy.cluster.hierarchy import cophenet, leaves_list, linkage
    from scipy.spatial.distance import squareform

    matrix = with_filters(matrix)
    g = len(matrix)
    if g < 2:
        return Tree(list(matrix.index), np.empty(0), np.empty((0, 4, 2)))
    merges = linkage(_distances(matrix), "average", optimal_ordering=True)
    order = leaves_list(merges)
    mean = matrix.to_numpy().mean(axis=0)
    if mean[order[0]] > mean[order[-1]]:
        order = order[::-1]
    at = np.zeros((2 * g - 1, 2))
    at[order, 0] = np.arange(g)
    branches = np.empty((g - 1, 4, 2))
    for step, (a, b) in enumerate(merges[:, :2].astype(int)):
        height = merges[step, 2]
        branches[step] = at[a], (at[a, 0], height), (at[b, 0], height), at[b]
        at[g + step] = (at[a, 0] + at[b, 0]) / 2, height
    return Tree(list(matrix.index[order]), squareform(cophenet(merges))[order[:-1], order[1:]], branches)


def embed(matrix: pd.DataFrame) -> Plane:
    """Place the groups of a D-matrix in a plane, so that their distances are as near to √D as can be.

    Metric multidimensional scaling: scikit-learn's SMACOF from where classical scaling puts the groups, without any
    random number. (Its own classical start is NaN where an eigenvalue is negative, which for few groups is common.)
    The widest spread is along x; on both axes the coordinate of largest magnitude is positive, of those equal up to
    rounding the first.
    """
    matrix = with_filters(matrix)
    distance = _distances(matrix)
    position = _placed(distance) if distance.any() else np.zeros((len(matrix), 2))
    return Plane(list(matrix.index), position, _stress(position, distance))


def nearest_groups(matrix: pd.DataFrame, sizes: pd.DataFrame, count: int = 5) -> pd.DataFrame:
    """The ``count`` groups nearest to each group, or all others where there are fewer.

    Args:
        matrix: a D-matrix.
        sizes: columns group, n_filters, n_models of its groups.
        count: how many to list.

    Returns:
        One row per group and rank: group, rank (from 1), nearest, shift, and n_filters and n_models of the nearest.
        Equal shifts are in the order of the matrix.
    """
    matrix = with_filters(matrix)
    g, labels = len(matrix), matrix.index.to_numpy()
    shift = matrix.to_numpy(copy=True)
    np.fill_diagonal(shift, np.inf)
    closest = np.argsort(shift, axis=1, kind="stable")[:, : min(count, max(g - 1, 0))]
    table = pd.DataFrame(
        {
            "group": np.repeat(labels, closest.shape[1]),
            "rank": np.tile(np.arange(1, closest.shape[1] + 1), g),
            "nearest": labels[closest].ravel(),
            "shift": np.take_along_axis(shift, closest, axis=1).ravel(),
        }
    )
    return table.join(sizes.set_index("group")[["n_filters", "n_models"]], on="nearest")


def tree_table(leaves: Tree, sizes: pd.DataFrame) -> pd.DataFrame:
    """The groups in the order of the leaves: n_filters, n_models, and where each joins the next (the last: missing).

    ``sizes`` has columns group, n_filters, n_models; groups are the index.
    """
    joins = pd.Series(leaves.joins, leaves.groups[:-1], float)
    return sizes.set_index("group")[["n_filters", "n_models"]].loc[leaves.groups].assign(joins_next=joins)


def plane_table(plane: Plane, sizes: pd.DataFrame) -> pd.DataFrame:
    """The groups in the order of ``sizes``: x, y (missing without filters), n_filters, n_models; groups are the index.

    ``sizes`` has columns group, n_filters, n_models.
    """
    n = sizes.set_index("group")[["n_filters", "n_models"]]
    return pd.DataFrame(plane.position, plane.groups, ["x", "y"]).reindex(n.index).join(n)


def _distances(matrix: pd.DataFrame) -> Array:
    """√D of every pair of groups, in the condensed form of SciPy."""
    return np.sqrt(matrix.to_numpy()[np.triu_indices(len(matrix), k=1)])


def _placed(distance: Array) -> Array:
    from scipy.spatial.distance import squareform
    from sklearn.manifold import smacof

    full = squareform(distance)
    position, _ = smacof(full, init=_classical(full), n_init=1, max_iter=1000, eps=1e-8)
    position = position - position.mean(axis=0)
    position = position @ np.linalg.svd(position, full_matrices=False)[2].T
    size = np.abs(position)
    leading = np.argmax(size >= size.max(axis=0) * (1 - 1e-9), axis=0)
    return position * np.where(position[leading, [0, 1]] < 0, -1.0, 1.0)


def _classical(distance: Array) -> Array:
    """Classical scaling (Torgerson, 1952): the two widest principal axes of points at these distances."""
    centred = distance**2 - (distance**2).mean(axis=0)
    variance, axes = np.linalg.eigh(-0.5 * (centred - centred.mean(axis=1, keepdims=True)))
    return axes[:, :-3:-1] * np.sqrt(np.maximum(variance[:-3:-1], 0.0))


def _stress(position: Array, distance: Array) -> float:
    a, b = np.triu_indices(len(position), k=1)
    shown = np.linalg.norm(position[a] - position[b], axis=1)
    return float(np.linalg.norm(shown - distance) / (np.linalg.norm(shown) or 1.0))
