"""Compare what a run found with what is known of its data set."""

from pathlib import Path

from filtershift.analysis.comparing.expected import Expectation
from filtershift.command import run


def compare(expected: list[Expectation], models: Path, moments: list[Path], output: Path) -> None:
    """Model table, per-layer moments of all shards, and what is known of them -> which numbers agree."""
    from filtershift.analysis.comparing.expected import compare_expected, find_quantities
    from filtershift.files import read_table, write_table
    from filtershift.passes.bases import global_bases
    from filtershift.passes.moments import LayerMoments
    from filtershift.passes.stored.layers import load

    found = find_quantities(read_table(models), global_bases(load(moments, LayerMoments)))
    write_table(output, compare_expected(expected, found))


if __name__ == "__main__":
    run(compare)
