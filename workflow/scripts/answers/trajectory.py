"""Follow the models of a data set over checkpoints: tables, figures and a page."""

from pathlib import Path

from filtershift.command import run


def follow(results: Path, variants: list[str], by: str, within: list[str], level: float, page: Path) -> None:
    """Results of a data set -> the folder of the page, with all its tables and figures.

    ``by`` is the label that numbers checkpoints, ``within`` are those that tell runs apart.
    """
    from functools import partial

    from filtershift.analysis.trajectory.of_run import trace_run
    from filtershift.figures.trajectory.all import save_trajectory_figure
    from filtershift.report.trajectory import write_trajectory

    found = trace_run(results, variants, by, within, level)
    write_trajectory(page, found, partial(save_trajectory_figure, found))


if __name__ == "__main__":
    run(follow)
