"""Tell the story of the run on one page."""

from dataclasses import dataclass
from pathlib import Path

from filtershift.command import run

CAPTIONS = Path(__file__).parents[2] / "report"


@dataclass
class PageFigure:
    """A figure of the page: its section, the name of its caption, its file, and the wildcards the caption takes."""

    section: str
    caption: str
    path: Path
    wildcards: dict[str, str]


def tell(
    results: Path,
    variants: list[str],
    titles: dict[str, str],
    labels: list[str],
    maps: list[str],
    expected: bool,
    figures: list[PageFigure],
    page: Path,
) -> None:
    """The tables of a run, and figures for its sections -> one page.

    titles are those of the groupings, labels the columns these are made of, maps the groupings that are shown as maps.
    expected says that something is known of the data set.
    """
    from filtershift.files import whole_file
    from filtershift.report.overview import run_page
    from filtershift.report.page import caption
    from filtershift.report.run import load_run
    from filtershift.report.sections import Figure

    of_sections: dict[str, list[Figure]] = {}
    for one in figures:
        text = caption(CAPTIONS / f"{one.caption}.rst", one.wildcards)
        of_sections.setdefault(one.section, []).append(Figure(one.path, text))
    with whole_file(page) as beside:
        beside.write_text(run_page(results, load_run(results, variants, titles, labels, maps, expected), of_sections))


if __name__ == "__main__":
    run(tell)
