"""Compare the groups and the bases of two runs."""

from pathlib import Path

from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.command import run


def compare(
    here: Path,
    there: Path,
    basis: Path,
    histograms: Path,
    groupings: list[str],
    variants: list[str],
    remarks: list[list[str]],
    resampling: Resampling,
    shifts: Path,
    bases: Path,
    skipped: Path,
) -> None:
    """Results of two runs, and what was measured of both -> shifts between groups of the same name, bases, and what is
    left out (with remarks: more such rows).
    """
    import pandas as pd

    from filtershift.analysis.comparing.two_runs import compare_runs
    from filtershift.files import write_table
    from filtershift.results import SKIPPED

    found = compare_runs(here, there, basis, histograms, groupings, variants, resampling)
    write_table(shifts, found.shifts)
    write_table(bases, found.bases)
    write_table(skipped, pd.concat([pd.DataFrame(remarks, columns=SKIPPED), found.skipped]))


if __name__ == "__main__":
    run(compare)
