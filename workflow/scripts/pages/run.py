"""Tell the story of the run on one page."""

from dataclasses import dataclass
from pathlib import Path

from filtershift.command import run

CAPTIONS = Path(__file__).parents[2] / "report"


@dataclass
class PageFigure:
    """A figure of the page: its section, the name of its caption, its title and file, and what the caption takes."""

    section: str
    caption: str
    title: str
    path: Path
    wildcards: dict[str, str]


def tell(
    results: Path,
    variants: list[str],
    titles: dict[str, str],
    labels: list[str],
    maps: list[str],
    noise: bool,
    expected: bool,
    figures: list[PageFigure],
    page: Path,
) -> None:
    """The tables of a run, and figures for its sections -> one page.

    titles are those of the groupings, labels the columns these are made of, maps the groupings that are shown as maps.
    noise says that intervals were measured, expected that something is known of the data set.
    """
    from filtershift.files import whole_file
    from filtershift.report.overview import run_page
    from filtershift.report.page import caption, same_as
    from filtershift.report.run import load_run
    from filtershift.report.sections import Figure

    of_sections: dict[str, list[Figure]] = {}
    told: dict[str, str] = {}
    for one in figures:
        first = told.setdefault(one.caption, one.title)
        text = same_as(first) if first != one.title else caption(CAPTIONS / f"{one.caption}.rst", one.wildcards)
        of_sections.setdefault(one.section, []).append(Figure(one.path, one.title, text))
    found = load_run(results, variants, titles, labels, maps, noise, expected)
    with whole_file(page) as beside:
        beside.write_text(run_page(results, found, of_sections))


if __name__ == "__main__":
    run(tell)
