"""Compare pairs of models of the data set that agree in some labels and differ in one, by depth."""

from pathlib import Path

from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.command import run


def compare_pairs(
    results: Path, differ: str, same: list[str], variants: list[str], resampling: Resampling, page: Path
) -> None:
    """The results of a data set, and columns of labels -> the folder of the page, with all its tables and figures."""
    from filtershift.analysis.layerwise.pairs import find_pairs, over_pairs, pair_shifts
    from filtershift.analysis.layerwise.reading import load_counted
    from filtershift.dataset.layer_table import load_layers
    from filtershift.figures.boxes import boxes
    from filtershift.figures.drawing.saving import save
    from filtershift.files import whole_folder, write_table
    from filtershift.report.model_pairs import CAPTION, pairs_page
    from filtershift.report.sections import Figure
    from filtershift.results import Results

    layers = load_layers(Results(results).file("layers"))
    pairs, skipped = find_pairs(layers, differ, same)
    shifts = pair_shifts(pairs, layers, load_counted(results, layers.index.tolist(), variants))
    depths = over_pairs(shifts, resampling)
    is_one = shifts["contrast"].nunique() == 1
    with whole_folder(page.parent) as folder:
        write_table(folder / "pairs.csv", shifts)
        write_table(folder / "depths.csv", depths)
        write_table(folder / "skipped.csv", skipped)
        figures = {}
        for variant in variants:
            own = shifts[shifts["variant"] == variant]
            label = own["depth"] if is_one else own["contrast"] + ": " + own["depth"]
            rows = [(str(text), values.to_numpy()) for text, values in own["shift"].groupby(label, sort=False)]
            save(boxes(rows, f"shift D, {variant} filters"), folder / f"{variant}.pdf", folder / f"{variant}.png")
            figures[variant] = Figure(folder / f"{variant}.png", f"{variant} filters".capitalize(), CAPTION)
        story = pairs_page(page.parent, shifts, depths, skipped, (differ, same), figures)
        (folder / page.name).write_text(story)


if __name__ == "__main__":
    run(compare_pairs)
