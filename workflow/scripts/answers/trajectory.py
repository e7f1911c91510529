"""Follow the models of a data set over checkpoints: tables, figures and a page."""

from pathlib import Path

from filtershift.command import run

CAPTIONS = Path(__file__).parents[2] / "report"


def follow(results: Path, variants: list[str], by: str, within: list[str], level: float, page: Path) -> None:
    """Results of a data set -> the folder of the page, with all its tables and figures.

    ``by`` is the label that numbers checkpoints, ``within`` are those that tell runs apart.
    """
    from filtershift.analysis.trajectory.of_run import trace_run
    from filtershift.figures.drawing.saving import save
    from filtershift.figures.trajectory.all import IN_VARIANTS, KINDS, trajectory_figure
    from filtershift.files import whole_folder, write_table
    from filtershift.report.page import caption
    from filtershift.report.sections import Figure
    from filtershift.report.trajectory import TITLES, trajectory_page

    found = trace_run(results, variants, by, within, level)
    wanted = [(kind, variant) for kind in KINDS for variant in (variants if kind in IN_VARIANTS else variants[:1])]
    with whole_folder(page.parent) as folder:
        for name, table in found.tables.items():
            write_table(folder / f"{name}.csv", table)
        figures = {}
        for kind, variant in wanted:
            stem = f"{kind}-{variant}" if kind in IN_VARIANTS else kind
            save(trajectory_figure(found, kind, variant), folder / f"{stem}.pdf", folder / f"{stem}.png")
            text = caption(CAPTIONS / f"trajectory_{kind}.rst", {"variant": variant, "by": by})
            title = f"{TITLES[kind][1]}, {variant} filters" if kind in IN_VARIANTS else TITLES[kind][1]
            figures[kind, variant] = Figure(folder / f"{stem}.png", title, text)
        (folder / page.name).write_text(trajectory_page(page.parent, found, figures))


if __name__ == "__main__":
    run(follow)
