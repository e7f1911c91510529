"""What the run itself cost, from Snakemake's benchmark files."""

from pathlib import Path

import pandas as pd

from filtershift.results import VARIANTS


def cost_table(folder: Path) -> pd.DataFrame:
    """One row a step: jobs, their seconds and CPU seconds in all, and the largest memory of one in MB.

    CPU seconds are what Snakemake saw last: after 15 s it looks every 30 s, so those of long jobs are too low.
    ``largest_unique_mb`` does not count pages that other processes share.
    A step is named by where its benchmark files lie below ``folder``, without the variant.
    """
    parts = []
    for path in sorted(folder.rglob("*.tsv")):
        below = [part for part in path.relative_to(folder).parts if part not in VARIANTS]
        parts.append(pd.read_csv(path, sep="\t", na_values="-").assign(step=below[0].split(".")[0]))
    if not parts:
        return pd.DataFrame(columns=["step", "jobs", "seconds", "cpu_seconds", "largest_mb", "largest_unique_mb"])
    return (
        pd.concat(parts)
        .groupby("step", as_index=False)
        .agg(
            jobs=("s", "size"),
            seconds=("s", "sum"),
            cpu_seconds=("cpu_time", "sum"),
            largest_mb=("max_rss", "max"),
            largest_unique_mb=("max_uss", "max"),
        )
        .sort_values("seconds", ascending=False, kind="stable")
    )
