"""Tell the story of the run on one page."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from command import run
from omegaconf import MISSING

CAPTIONS = Path(__file__).parents[1] / "report"


@dataclass
class Settings:
    """Arguments: the folder of results, what is configured, the figures of each section (JSON), and the page."""

    results: Path = MISSING
    variants: list[str] = MISSING
    titles: str = MISSING
    labels: str = MISSING
    maps: list[str] = MISSING
    figures: str = MISSING
    output: Path = MISSING


def main(settings: Settings) -> None:
    """The tables and figures of a run -> one page."""
    from filtershift.files import whole_file
    from filtershift.report.overview import LEAD, facts, story
    from filtershift.report.page import caption, render
    from filtershift.report.run import load_run
    from filtershift.report.sections import Figure

    titles, labels = json.loads(settings.titles), json.loads(settings.labels)
    run = load_run(settings.results, settings.variants, titles, labels, settings.maps)
    drawn = json.loads(settings.figures)
    sections = [
        replace(
            section,
            figures=[
                Figure(Path(figure["path"]), caption(CAPTIONS / f"{figure['caption']}.rst", figure["wildcards"]))
                for figure in drawn
                if figure["section"] == section.title
            ],
        )
        for section in story(run)
    ]
    with whole_file(settings.output) as beside:
        heading = f"The 3×3 convolution filters of {settings.results.name}"
        beside.write_text(render(settings.results, heading, LEAD, facts(run), sections))


if __name__ == "__main__":
    run(main, Settings)
