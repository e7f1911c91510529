"""Place models beside a finished data set: tables, figures and a page."""

from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.command import run


@dataclass
class ExplorerSettings:
    """What the explorer of the data set is made with: titles and orders of its groupings, choices, and intervals."""

    titles: dict[str, str]
    orders: dict[str, str]
    choices: dict[str, str]
    intervals: bool


def place_models(
    models: dict[str, Path],
    batch_norm: str,
    results: Path,
    bundle: list[Path],
    titles: dict[str, str],
    missing: list[str],
    variants: list[str],
    resampling: Resampling,
    explorer: ExplorerSettings,
    page: Path,
) -> None:
    """Model files by name, and the results of a data set, or a bundle of them -> the folder of the page, with all its
    tables and figures.

    ``titles`` are those of the groupings; those that are missing are named on the page. ``explorer`` is what the
    explorer of the data set is made with.
    """
    from filtershift.analysis.comparing.bundle import unpacked_bundle

    with unpacked_bundle(bundle[0]) if bundle else nullcontext(results) as folder:
        place_beside(folder, models, batch_norm, titles, missing, variants, resampling, explorer, page)


def place_beside(
    results: Path,
    models: dict[str, Path],
    batch_norm: str,
    titles: dict[str, str],
    missing: list[str],
    variants: list[str],
    resampling: Resampling,
    explorer: ExplorerSettings,
    page: Path,
) -> None:
    """The same, from a folder of results that is named after the data set."""
    import pandas as pd

    from filtershift.analysis.comparing.placement import place, unconfigured
    from filtershift.analysis.comparing.reference import load_reference
    from filtershift.analysis.quality.layers import non_finite
    from filtershift.analysis.shifts.choices import Choices
    from filtershift.dataset.layer_table import load_layers
    from filtershift.dataset.models.reading import read_model_file
    from filtershift.figures.drawing.palette import palette_hex
    from filtershift.figures.drawing.saving import save
    from filtershift.figures.quality.profile import layer_profiles
    from filtershift.figures.shifts.nearest import nearest_of_placement
    from filtershift.files import whole_folder, write_table
    from filtershift.report.explorer.page import explorer_page
    from filtershift.report.explorer.run import run_content
    from filtershift.report.placement import placement_figures, placement_page
    from filtershift.results import SKIPPED, Results

    read = {name: read_model_file(file, name, batch_norm) for name, file in models.items()}
    reference = load_reference(results, list(titles), variants)
    found = place(read, reference, resampling)
    rows = pd.DataFrame([vars(row) for model in read.values() for row in model.skipped], columns=SKIPPED)
    skipped = pd.concat([unconfigured(missing), rows, non_finite(found.layers)])
    with whole_folder(page.parent) as folder:
        write_table(folder / "shifts.csv", found.shifts)
        write_table(folder / "layers.csv", found.layers)
        write_table(folder / "models.csv", found.models)
        write_table(folder / "skipped.csv", skipped)
        drawn = {"nearest": nearest_of_placement(found.shifts, titles)}
        drawn["layers"] = layer_profiles(found.layers, reference.quality)
        for name, figure in drawn.items():
            save(figure, folder / f"{name}.pdf", folder / f"{name}.png")
        figures = placement_figures(folder)
        story = placement_page(page.parent, results.name, found, skipped, titles, reference.tasks, **figures)
        (folder / page.name).write_text(story)
        layers, examples = (Results(results).file(kind) for kind in ("layers", "example_filters"))
        settings = (explorer.titles, explorer.orders, Choices(**explorer.choices), explorer.intervals)
        among = run_content(results, load_layers(layers), variants, *settings, examples, found)
        (folder / "explorer.html").write_text(explorer_page(f"Models placed in {results.name}", among, palette_hex()))


if __name__ == "__main__":
    run(place_models)
