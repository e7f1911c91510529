"""Compare the groups and the bases of two runs: tables, a figure and a page."""

from pathlib import Path

from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.command import run

CAPTION = Path(__file__).parents[2] / "report/compare.rst"


def compare(
    here: Path,
    there: Path,
    basis: Path,
    histograms: Path,
    titles: dict[str, str],
    variants: list[str],
    remarks: list[list[str]],
    resampling: Resampling,
    page: Path,
) -> None:
    """Results of two runs, and what was measured of both -> the folder of the page, with all its tables and figures.

    ``titles`` are those of the groupings, ``remarks`` rows of what is left out.
    """
    import pandas as pd

    from filtershift.analysis.comparing.two_runs import compare_runs
    from filtershift.dataset.layer_table import load_layers
    from filtershift.figures.drawing.palette import palette_hex
    from filtershift.figures.drawing.saving import save
    from filtershift.figures.shifts.nearest import farthest_of_comparison
    from filtershift.files import whole_folder, write_table
    from filtershift.report.comparison import comparison_page, distinct_titles
    from filtershift.report.explorer.compared import compared_content
    from filtershift.report.explorer.page import explorer_page
    from filtershift.report.page import caption
    from filtershift.report.sections import Figure
    from filtershift.results import SKIPPED, Results

    found = compare_runs(here, there, basis, histograms, list(titles), variants, resampling)
    skipped = pd.concat([pd.DataFrame(remarks, columns=SKIPPED), found.skipped])
    distinct = distinct_titles(titles)
    with whole_folder(page.parent) as folder:
        write_table(folder / "shifts.csv", found.shifts)
        write_table(folder / "bases.csv", found.bases)
        write_table(folder / "skipped.csv", skipped)
        save(farthest_of_comparison(found.shifts, distinct), folder / "shifts.pdf", folder / "shifts.png")
        figure = Figure(folder / "shifts.png", "The groups that shift most", caption(CAPTION, {}))
        story = comparison_page(page.parent, str(here), str(there), found, skipped, distinct, figure)
        (folder / page.name).write_text(story)
        layers = [load_layers(Results(run).file("layers")) for run in (here, there)]
        beside = compared_content(here, there, layers, basis, histograms, distinct, variants, found)
        (folder / "explorer.html").write_text(explorer_page(beside["name"], beside, palette_hex()))


if __name__ == "__main__":
    run(compare)
