"""Sum up what every step of the run cost."""

from pathlib import Path

from filtershift.command import run


def sum_up(benchmarks: Path, output: Path) -> None:
    """Folder of benchmark files -> time and memory of every step."""
    from filtershift.files import write_table
    from filtershift.report.cost import cost_table

    write_table(output, cost_table(benchmarks))


if __name__ == "__main__":
    run(sum_up)
