"""The explorer of a run."""

from pathlib import Path

from filtershift.command import run


def explore(
    results: Path,
    variants: list[str],
    titles: dict[str, str],
    orders: dict[str, str],
    choices: dict[str, str],
    intervals: bool,
    examples: Path,
    page: Path,
) -> None:
    """The statistics of a run, its groupings with titles and orders, and example filters -> one page.

    choices define the shift; intervals says whether there are tables of them.
    """
    from filtershift.analysis.shifts.choices import Choices
    from filtershift.dataset.layer_table import load_layers
    from filtershift.figures.drawing.palette import palette_hex
    from filtershift.files import whole_file
    from filtershift.report.explorer.page import explorer_page
    from filtershift.report.explorer.run import run_content
    from filtershift.results import Results

    layers = load_layers(Results(results).file("layers"))
    content = run_content(results, layers, variants, titles, orders, Choices(**choices), intervals, examples)
    with whole_file(page) as beside:
        beside.write_text(explorer_page(f"Explorer of {results.name}", content, palette_hex()))


if __name__ == "__main__":
    run(explore)
