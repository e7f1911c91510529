"""Show the claims of the papers with their verdicts on one page."""

from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the folder of results, the table of claims, the page."""

    results: Path = MISSING
    claims: Path = MISSING
    output: Path = MISSING


def main(settings: Settings) -> None:
    """The judged claims -> one page."""
    from filtershift.files import read_table, whole_file
    from filtershift.report.claims import LEAD, facts, sections
    from filtershift.report.page import render

    claims = read_table(settings.claims, text=("reason", "rests_on"))
    heading = f"The papers' claims, on {settings.results.name}"
    with whole_file(settings.output) as beside:
        beside.write_text(render(settings.results, heading, LEAD, facts(claims), sections(claims)))


if __name__ == "__main__":
    run(main, Settings)
