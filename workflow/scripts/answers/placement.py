"""Place models beside a finished data set: tables, figures and a page."""

from pathlib import Path

from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.command import run

CAPTIONS = Path(__file__).parents[2] / "report"
TITLES = {"nearest": "The nearest groups", "layers": "Layers by depth"}


def place_models(
    models: dict[str, Path],
    batch_norm: str,
    results: Path,
    titles: dict[str, str],
    missing: list[str],
    variants: list[str],
    resampling: Resampling,
    page: Path,
) -> None:
    """Model files by name, and the results of a data set -> the folder of the page, with all its tables and figures.

    ``titles`` are those of the groupings; those that are missing are named on the page.
    """
    import pandas as pd

    from filtershift.analysis.comparing.placement import place, unconfigured
    from filtershift.analysis.comparing.reference import load_reference
    from filtershift.analysis.quality.layers import non_finite
    from filtershift.dataset.models.reading import read_model_file
    from filtershift.figures.drawing.saving import save
    from filtershift.figures.quality.profile import layer_profiles
    from filtershift.figures.shifts.nearest import nearest_of_placement
    from filtershift.files import read_table, whole_folder, write_table
    from filtershift.report.page import caption
    from filtershift.report.placement import placement_page
    from filtershift.report.sections import Figure
    from filtershift.results import SKIPPED, Results

    read = {name: read_model_file(file, name, batch_norm) for name, file in models.items()}
    reference = load_reference(results, list(titles), variants)
    found = place(read, reference, resampling)
    rows = pd.DataFrame([vars(row) for model in read.values() for row in model.skipped], columns=SKIPPED)
    skipped = pd.concat([unconfigured(missing), rows, non_finite(found.layers)])
    known = read_table(Results(results).file("models"), text=("model",)).reindex(columns=["model", "Task"])
    tasks = {str(model): str(task) for model, task in known.dropna().itertuples(index=False)}
    with whole_folder(page.parent) as folder:
        write_table(folder / "shifts.csv", found.shifts)
        write_table(folder / "layers.csv", found.layers)
        write_table(folder / "models.csv", found.models)
        write_table(folder / "skipped.csv", skipped)
        drawn = {"nearest": nearest_of_placement(found.shifts, titles)}
        drawn["layers"] = layer_profiles(found.layers, reference.quality)
        for name, figure in drawn.items():
            save(figure, folder / f"{name}.pdf", folder / f"{name}.png")
        figures = {
            name: Figure(folder / f"{name}.png", TITLES[name], caption(CAPTIONS / f"placement_{name}.rst", {}))
            for name in drawn
        }
        story = placement_page(page.parent, found, skipped, titles, tasks, **figures)
        (folder / page.name).write_text(story)


if __name__ == "__main__":
    run(place_models)
