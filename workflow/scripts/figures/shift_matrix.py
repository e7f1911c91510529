"""Draw D-matrices: of one grouping in all variants, or of several groupings side by side (figures 3 and 7)."""

from pathlib import Path

from filtershift.command import run


def draw(titles: list[str], shift: list[Path], n: list[Path], intervals: list[Path], figures: list[Path]) -> None:
    """D-matrices, sizes of their groups and intervals, if any -> panels, in equal parts on the figures (PDF and PNG);
    the panels of a figure share a colour scale.
    """
    from filtershift.analysis.shifts.d_matrix import load_matrix
    from filtershift.analysis.uncertainty.noise import load_intervals
    from filtershift.figures.drawing.saving import save
    from filtershift.figures.shifts.shift_matrix import shift_matrix
    from filtershift.files import read_table

    matrices, sizes = [load_matrix(path) for path in shift], [read_table(path, text=("group",)) for path in n]
    known = [load_intervals(path) for path in intervals]
    each = 2 * len(titles) // len(figures)
    for k in range(len(figures) // 2):
        part = slice(k * each, (k + 1) * each)
        save(shift_matrix(titles[part], matrices[part], sizes[part], known[part]), *figures[2 * k : 2 * k + 2])


if __name__ == "__main__":
    run(draw)
