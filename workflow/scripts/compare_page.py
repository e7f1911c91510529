"""Draw how far groups of the same name are apart in two data sets, and tell it on one page."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING

CAPTION = Path(__file__).parents[1] / "report/compare.rst"
MOST = 20


@dataclass
class Settings:
    """Arguments: the folder of the comparison, both folders of results, titles (JSON: grouping -> title), outputs."""

    folder: Path = MISSING
    here: str = MISSING
    there: str = MISSING
    titles: str = MISSING
    figure: list[Path] = MISSING
    output: Path = MISSING


def main(settings: Settings) -> None:
    """Tables of a comparison -> the shifts of the groups of each grouping, one page."""
    from dataclasses import replace

    from filtershift.figures.nearest import Ranking, nearest
    from filtershift.figures.saving import save
    from filtershift.files import read_table, whole_file
    from filtershift.report.comparison import LEAD, facts, sections
    from filtershift.report.page import caption, render
    from filtershift.report.sections import Figure

    given = json.loads(settings.titles)
    shared = list(given.values())
    titles = {name: title if shared.count(title) == 1 else f"{title} ({name})" for name, title in given.items()}
    shifts, bases, skipped = (
        read_table(settings.folder / f"{name}.csv", text=("group", "name", "reason"))
        for name in ("shifts", "bases", "skipped")
    )
    farthest = shifts.sort_values("shift", ascending=False, kind="stable")
    rankings = {
        titles[grouping]: [
            Ranking(
                f"{variant} filters",
                most["group"].tolist(),
                most["shift"].to_numpy(float),
                most["low"].to_numpy(float),
                most["high"].to_numpy(float),
                (most["flag"].notna() & (most["flag"] != "above")).to_numpy(),
            )
            for variant in shifts["variant"].unique()
            for most in [farthest[(farthest["grouping"] == grouping) & (farthest["variant"] == variant)].head(MOST)]
        ]
        for grouping in shifts["grouping"].unique()
    }
    save(nearest(rankings), *settings.figure)

    figure = Figure(settings.figure[-1], caption(CAPTION, {}))
    told = [
        replace(section, figures=[figure] if section.title == "Shifts" else [])
        for section in sections(shifts, bases, skipped, titles)
    ]
    heading = f"{Path(settings.here).name} beside {Path(settings.there).name}"
    with whole_file(settings.output) as beside:
        about = facts(shifts, titles, settings.here, settings.there)
        beside.write_text(render(settings.folder, heading, LEAD, about, told))


if __name__ == "__main__":
    run(main, Settings)
