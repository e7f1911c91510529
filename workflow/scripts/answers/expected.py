"""Compare what a run found with what is known of its data set."""

from pathlib import Path

from filtershift.analysis.comparing.expected import Expectation
from filtershift.command import run


def compare(expected: list[Expectation], models: Path, basis: Path, output: Path) -> None:
    """Model table, global bases, and what is known of them -> which numbers agree."""
    from filtershift.analysis.comparing.expected import compare_expected, find_quantities
    from filtershift.files import read_table, write_table
    from filtershift.passes.group_files import load_bases

    write_table(output, compare_expected(expected, find_quantities(read_table(models), load_bases(basis))))


if __name__ == "__main__":
    run(compare)
