"""Sum up what every step of the run cost."""

from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: the folder of benchmark files, and the table to write."""

    benchmarks: Path = MISSING
    output: Path = MISSING


def main(settings: Settings) -> None:
    """Benchmark files -> time and memory of every step."""
    from filtershift.files import write_table
    from filtershift.report.cost import cost_table

    write_table(settings.output, cost_table(settings.benchmarks))


if __name__ == "__main__":
    run(main, Settings)
