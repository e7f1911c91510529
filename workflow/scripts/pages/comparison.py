"""Draw how far groups of the same name are apart in two data sets, and tell it on one page."""

from pathlib import Path

from filtershift.command import run

CAPTION = Path(__file__).parents[2] / "report/compare.rst"


def tell(
    here: str,
    there: str,
    titles: dict[str, str],
    shifts: Path,
    bases: Path,
    skipped: Path,
    figure: list[Path],
    page: Path,
) -> None:
    """Tables of a comparison of two folders of results -> the groups that shift most in each grouping, one page."""
    from filtershift.figures.drawing.saving import save
    from filtershift.figures.shifts.nearest import farthest_of_comparison
    from filtershift.files import read_table, whole_file
    from filtershift.report.comparison import comparison_page, distinct_titles
    from filtershift.report.page import caption
    from filtershift.report.sections import Figure

    text = ("group", "name", "reason")
    of_groups, of_bases, left_out = (read_table(path, text) for path in (shifts, bases, skipped))
    distinct = distinct_titles(titles)
    save(farthest_of_comparison(of_groups, distinct), *figure)
    shown = Figure(figure[-1], "The groups that shift most", caption(CAPTION, {}))
    with whole_file(page) as beside:
        beside.write_text(comparison_page(page.parent, here, there, of_groups, of_bases, left_out, distinct, shown))


if __name__ == "__main__":
    run(tell)
