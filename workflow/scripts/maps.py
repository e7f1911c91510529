"""Draw the D-matrix of a grouping in the order of a tree and its groups as points, and list each group's nearest."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: a D-matrix, its groups' sizes and intervals (if any), the title (JSON, a list of one), outputs."""

    shift: Path = MISSING
    n: Path = MISSING
    intervals: list[Path] = field(default_factory=list)
    titles: str = MISSING
    dendrogram: list[Path] = MISSING
    joins: Path = MISSING
    embedding: list[Path] = MISSING
    positions: Path = MISSING
    nearest: Path = MISSING


def main(settings: Settings) -> None:
    """D-matrix -> dendrogram, map and nearest groups."""
    import pandas as pd

    from filtershift.analysis.shifts.d_matrix import load_matrix
    from filtershift.analysis.shifts.maps import embed, nearest, tree
    from filtershift.analysis.uncertainty.tables import load_intervals, noise_cells
    from filtershift.figures.blank import blank
    from filtershift.figures.dendrogram import IN_PRINT, ON_SCREEN, dendrogram
    from filtershift.figures.embedding import Placement, embedding
    from filtershift.figures.saving import save
    from filtershift.figures.shift_matrix import ShiftPanel
    from filtershift.figures.style import group_colors
    from filtershift.files import read_table, write_table

    [title] = json.loads(settings.titles)
    matrix, sizes = load_matrix(settings.shift), read_table(settings.n, text=("group",))
    leaves, plane = tree(matrix), embed(matrix)
    n = sizes.set_index("group")[["n_filters", "n_models"]]
    write_table(settings.nearest, nearest(matrix, sizes))
    joins = pd.Series(leaves.joins, leaves.groups[:-1], float)
    write_table(settings.joins, n.loc[leaves.groups].assign(joins_next=joins), index=True)
    positions = pd.DataFrame(plane.position, plane.groups, ["x", "y"])
    write_table(settings.positions, positions.reindex(n.index).join(n), index=True)

    if not plane.groups:
        save(blank("no group has a shift"), *settings.dendrogram, *settings.embedding)
        return
    left_out = [label for label in matrix.index if label not in plane.groups]
    counts = n.loc[leaves.groups]
    ordered = matrix.loc[leaves.groups, leaves.groups].to_numpy()
    noise = [noise_cells(load_intervals(path), leaves.groups) for path in settings.intervals]
    panel = ShiftPanel(title, leaves.groups, counts["n_models"].tolist(), counts["n_filters"].tolist(), ordered, *noise)
    for path, longest_side in zip(settings.dendrogram, (IN_PRINT, ON_SCREEN), strict=True):
        save(dendrogram(panel, leaves.branches, left_out, longest_side), path)
    filters = n.loc[plane.groups, "n_filters"].tolist()
    placed = Placement(plane.groups, filters, plane.position, plane.stress, left_out)
    save(embedding(title, placed, group_colors(matrix.index)), *settings.embedding)


if __name__ == "__main__":
    run(main, Settings)
