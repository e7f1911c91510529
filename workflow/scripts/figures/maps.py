"""Draw the D-matrix of a grouping in the order of a tree and its groups as points, and list each group's nearest."""

from pathlib import Path

from filtershift.command import run


def draw(
    title: str,
    colour: str,
    layers: Path,
    groups: Path,
    shift: Path,
    n: Path,
    intervals: list[Path],
    dendrogram: list[Path],
    joins: Path,
    embedding: list[Path],
    positions: Path,
    nearest: Path,
) -> None:
    """D-matrix, sizes of its groups and intervals, if any -> dendrogram, map and nearest groups.

    Groups have the colour of the label that their layers have in common in the column ``colour``, "" for none.
    """
    from filtershift.analysis.groups.common import common_labels
    from filtershift.analysis.shifts.d_matrix import load_matrix
    from filtershift.analysis.shifts.maps import embed, nearest_groups, plane_table, tree, tree_table
    from filtershift.analysis.uncertainty.noise import load_intervals
    from filtershift.dataset.layer_table import load_layers
    from filtershift.figures.drawing.saving import save
    from filtershift.figures.shifts.dendrogram import IN_PRINT, ON_SCREEN, shift_dendrogram
    from filtershift.figures.shifts.embedding import group_map
    from filtershift.files import read_table, write_table

    matrix, sizes = load_matrix(shift), read_table(n, text=("group",))
    known = load_intervals(intervals[0]) if intervals else None
    group = read_table(groups, text=("group",)).set_index("layer")["group"]
    common = common_labels(load_layers(layers), group, colour)
    leaves, plane = tree(matrix), embed(matrix)
    write_table(nearest, nearest_groups(matrix, sizes))
    write_table(joins, tree_table(leaves, sizes), index=True)
    write_table(positions, plane_table(plane, sizes), index=True)
    for path, longest_side in zip(dendrogram, (IN_PRINT, ON_SCREEN), strict=True):
        save(shift_dendrogram(title, matrix, sizes, leaves, known, longest_side, common), path)
    save(group_map(title, matrix, sizes, plane, common), *embedding)


if __name__ == "__main__":
    run(draw)
