"""Draw D-matrices: of one grouping in all variants, or of several groupings side by side (figures 3 and 7)."""

from itertools import zip_longest
from pathlib import Path

from filtershift.command import run


def draw(titles: list[str], shift: list[Path], n: list[Path], intervals: list[Path], figures: list[Path]) -> None:
    """D-matrices, sizes of their groups and intervals, if any -> panels, in equal parts on the figures (PDF and PNG);
    the panels of a figure share a colour scale.
    """
    from filtershift.analysis.shifts.d_matrix import load_matrix
    from filtershift.analysis.uncertainty.noise import load_intervals
    from filtershift.figures.saving import save
    from filtershift.figures.shift_matrix import shift_matrix, shift_panel
    from filtershift.files import read_table

    panels = []
    for title, matrix, sizes, noise in zip_longest(titles, shift, n, intervals):
        known = load_intervals(noise) if noise else None
        panels.append(shift_panel(title, load_matrix(matrix), read_table(sizes, text=("group",)), known))
    each = 2 * len(panels) // len(figures)
    for k in range(len(figures) // 2):
        save(shift_matrix(panels[k * each : (k + 1) * each]), *figures[2 * k : 2 * k + 2])


if __name__ == "__main__":
    run(draw)
