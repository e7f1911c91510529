"""Draw the mean filter ranges of models, one box per group (figure 6)."""

from pathlib import Path

from filtershift.command import run


def draw(quality: Path, groups: Path, sizes: Path, figure: list[Path], table: Path) -> None:
    """Quality of layers, and groups -> the mean raw filter range of each model in each group: boxes and a table."""
    from filtershift.analysis.groups.membership import load_membership
    from filtershift.analysis.quality.layers import model_ranges
    from filtershift.figures.boxes import range_boxes
    from filtershift.figures.drawing.saving import save
    from filtershift.files import read_table, write_table

    membership = load_membership(groups, sizes)
    ranges = model_ranges(read_table(quality, text=("model",)), membership)
    save(range_boxes(ranges, membership.labels), *figure)
    write_table(table, ranges)


if __name__ == "__main__":
    run(draw)
