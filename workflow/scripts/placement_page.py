"""Draw where models are in a data set, and tell it on one page."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING

CAPTIONS = Path(__file__).parents[1] / "report"
NEAREST = 10


@dataclass
class Settings:
    """Arguments: the tables of a placement, the data set's quality, titles (JSON: grouping -> title), the outputs."""

    results: Path = MISSING
    shifts: Path = MISSING
    layers: Path = MISSING
    models: Path = MISSING
    skipped: Path = MISSING
    quality: Path = MISSING
    titles: str = MISSING
    nearest: list[Path] = MISSING
    profile: list[Path] = MISSING
    output: Path = MISSING


def main(settings: Settings) -> None:
    """Tables of a placement -> nearest groups, layers by depth, one page."""
    from dataclasses import replace

    from filtershift.figures.nearest import Ranking, nearest
    from filtershift.figures.profile import Profile, profile
    from filtershift.figures.saving import save
    from filtershift.files import read_table, whole_file
    from filtershift.report.page import caption, render
    from filtershift.report.placement import LEAD, facts, sections
    from filtershift.report.sections import Figure

    titles = json.loads(settings.titles)
    shifts = read_table(settings.shifts, text=("model", "group"))
    models, layers = (read_table(path, text=("model", "layer_name")) for path in (settings.models, settings.layers))
    first = shifts[(shifts["variant"] == shifts["variant"].iloc[0]) & (shifts["rank"] <= NEAREST)]
    rankings = {
        str(model): [
            Ranking(
                titles[grouping],
                near["group"].tolist(),
                near["shift"].to_numpy(float),
                near["low"].to_numpy(float),
                near["high"].to_numpy(float),
                (near["flag"] != "above").to_numpy(),
            )
            for grouping, near in table.groupby("grouping", sort=False)
        ]
        for model, table in first.groupby("model", sort=False)
    }
    save(nearest(rankings), *settings.nearest)
    of_models = {
        str(model): Profile(
            table["conv_depth_norm"].to_numpy(float),
            table["variance_entropy"].to_numpy(float),
            table["state"].fillna("").tolist(),
            table["layer_name"].tolist(),
        )
        for model, table in layers.groupby("model", sort=False)
    }
    quality = read_table(settings.quality)
    reference = quality["conv_depth_norm"].to_numpy(float), quality["variance_entropy"].to_numpy(float)
    save(profile(of_models, reference), *settings.profile)

    drawn = {
        "Nearest": ("placement_nearest", settings.nearest[-1]),
        "Layers": ("placement_layers", settings.profile[-1]),
    }
    figures = {title: [Figure(path, caption(CAPTIONS / f"{text}.rst", {}))] for title, (text, path) in drawn.items()}
    skipped = read_table(settings.skipped, text=("name", "reason"))
    told = [
        replace(section, figures=figures.get(section.title, []))
        for section in sections(shifts, models, layers, skipped, titles)
    ]
    heading = f"Models placed in {settings.results.parent.name}"
    with whole_file(settings.output) as beside:
        beside.write_text(render(settings.results, heading, LEAD, facts(models, titles), told))


if __name__ == "__main__":
    run(main, Settings)
