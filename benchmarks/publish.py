"""Write the results of a benchmark: the table, and the measured part of docs/performance.md.

`python benchmarks/publish.py FOLDER` rewrites the docs from the table of an earlier run.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from filtershift.files import read_table
from filtershift.files import write_table as write_csv
from plot import draw

TABLE, RUN = "table.csv", "run.json"
BEGIN, END = "<!-- written by benchmarks/bench.py: begin -->", "<!-- end -->"
PASSES = ("pass 1: moments", "extent, of a few layers", "pass 2: histograms", "two passes")
ALL, READ = "all outputs", "plain read"
REFERENCE = "in-memory reference"


def write_table(folder: Path, rows: list[dict[str, Any]]) -> None:
    """Write the table as CSV and as markdown, and the plot."""
    table = pd.DataFrame(rows)
    write_csv(folder / TABLE, table)
    short = table.map(lambda value: "" if pd.isna(value) else f"{value:.4g}" if isinstance(value, float) else value)
    (folder / "table.md").write_text(markdown(table.columns, short.to_numpy().tolist()), encoding="utf-8")
    draw(table, folder / "performance.png")


def write_docs(folder: Path, docs: Path) -> None:
    """Replace the measured part of docs/performance.md and its plot by the results in a folder."""
    table, run = read_table(folder / TABLE), json.loads((folder / RUN).read_text(encoding="utf-8"))
    draw(table, docs / "images/performance.png")
    page = docs / "performance.md"
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    parts = [
        f"Machine: {run['machine']}.",
        f"```bash\n{run['command']}\n```",
        in_short(table),
        "![Time, time per filter and memory against the number of filters](images/performance.png)",
        "### The passes at the largest size\n\n" + largest(table),
        "### Against size\n\n" + sizes(table),
        linear(table),
    ]
    if (table["step"] == REFERENCE).any():
        parts.append("### Against the in-memory reference\n\n" + reference(table))
    page.write_text("\n\n".join([before + BEGIN, *filter(None, parts), END + after]), encoding="utf-8")


def markdown(header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> str:
    """A table in markdown, with all columns but the first aligned right."""
    heads, lines = list(header), [[str(cell) for cell in row] for row in rows]
    rule = ["---" if k == 0 else "---:" for k in range(len(heads))]
    return "\n".join("| " + " | ".join(line) + " |" for line in [heads, rule, *lines])


def find(table: pd.DataFrame, step: str, cache: str | None = None, threads: int | None = None) -> Any:
    """The first row of a step, if given with this cache ("cold" also finds "not cold") and number of threads."""
    found = table[table["step"] == step]
    if cache:
        found = found[found["cache"].str.endswith(cache)]
    return (found[found["threads"] == threads] if threads else found).iloc[0]


def many(table: pd.DataFrame) -> int:
    """The largest number of threads that was measured."""
    return int(table["threads"].max())


def in_short(table: pd.DataFrame) -> str:
    """A table of the main results at the largest size."""
    top = table[table["filters"] == table["filters"].max()]
    warm, cold = (find(top, "two passes", cache, many(top)) for cache in ("warm", "cold"))
    read, n = find(top, READ, "cold"), f"{warm.filters:,}"
    speed = f"{read.file_mb / 1e3 / read.wall_s:.2g} GB/s"
    more = top[top["step"].str.startswith("one more grouping")]
    jobs = top[top["step"].str.startswith("pass") | top["step"].str.startswith("one more")]
    lines = [
        [
            f"two passes, both variants, file in the page cache, {many(top)} threads, {n} filters",
            f"{warm.wall_ns_per_filter:.1f} ns per filter ({warm.wall_s:.3g} s)",
        ],
        [
            f"the same, {cold.cache}, beside two plain reads of the file ({speed})",
            f"{cold.wall_to_baseline:.2f} × ({cold.wall_s:.3g} s beside {2 * read.wall_s:.3g} s)",
        ],
        ["most anonymous memory of any of these processes", f"{jobs['peak_mb'].max():,.0f} MB"],
        [
            "one more grouping with its figures, both variants, data set moved away",
            " and ".join(f"{row.wall_s:.2g} s (by {row['step'].split(': ')[1]})" for _, row in more.iterrows()),
        ],
    ]
    if len(compared := table[table["step"] == REFERENCE]):
        one = compared.iloc[-1]
        ratios = f"{one.wall_to_baseline:.0f} × the time, {one.peak_to_baseline:.0f} × the memory"
        lines.append([f"the in-memory reference, {one.filters:,} filters, the same numbers", ratios])
    return markdown(["", "measured"], lines)


def largest(table: pd.DataFrame) -> str:
    """Time per filter and memory of each pass at the largest size."""
    top = table[table["filters"] == table["filters"].max()]
    ways = list(dict.fromkeys((("warm", 1), ("warm", many(top)), ("cold", many(top)))))
    heads = [f"{cache}, {threads} thread{'s' * (threads > 1)}" for cache, threads in ways]
    lines = []
    for step in PASSES:
        found = [find(top, step, *way) for way in ways]
        lines.append([step, *(f"{one.wall_ns_per_filter:.1f}" for one in found), f"{found[1].cpu_ns_per_filter:.1f}"])
        lines[-1].append(f"{max(one.peak_mb for one in found):,.0f}")
    return markdown([f"ns per filter, {top['filters'].iloc[0]:,} filters", *heads, "of processor", "peak, MB"], lines)


def sizes(table: pd.DataFrame) -> str:
    """A table of the main costs at every size."""
    lines = []
    for filters, part in table.groupby("filters"):
        warm, cold = (find(part, "two passes", cache, many(table)) for cache in ("warm", "cold"))
        more = part[part["step"].str.startswith("one more grouping")]
        lines.append([f"{filters:,}", f"{warm.layers:,}", f"{2 * find(part, READ, 'cold').wall_s:.3g}"])
        lines[-1] += [f"{cold.wall_s:.3g}", f"{warm.wall_s:.3g}", f"{warm.wall_ns_per_filter:.1f}"]
        lines[-1] += [f"{cost:.2g}" for cost in more["wall_s"]] + [f"{warm.peak_mb:,.0f}"]
    heads = [
        "filters",
        "layers",
        "two plain reads, cold, s",
        "two passes, cold, s",
        "warm, s",
        "warm, ns per filter",
    ]
    titles = [step.replace(": ", " by ") for step in table["step"].unique() if step.startswith("one more grouping")]
    return markdown([*heads, *(f"{title}, s" for title in titles), "peak of a pass, MB"], lines)


def linear(table: pd.DataFrame) -> str:
    """A sentence about the cost per filter and per layer, fitted to all sizes; empty if there are less than three."""
    rows = table[(table["step"] == "two passes") & (table["cache"] == "warm") & (table["threads"] == many(table))]
    if len(rows) < 3:
        return ""
    wall = rows["wall_s"].to_numpy()
    counts = rows[["filters", "layers"]].to_numpy() / wall[:, None]
    (a, b), _ = nnls(counts, np.ones(len(rows)))
    apart = np.abs(counts @ [a, b] - 1).max()
    return (
        f"A cost that is linear in filters and layers, {1e9 * a:.1f} ns per filter and {1e6 * b:.0f} µs per layer, "
        f"fits the warm times to within {apart:.0%}."
    )


def reference(table: pd.DataFrame) -> str:
    """A table that compares time, memory and results with those of the reference."""
    lines = []
    for _, one in table[table["step"].str.startswith(REFERENCE)].iterrows():
        ours = find(table[table["filters"] == one.filters], ALL)
        dtype = one["step"].removeprefix(REFERENCE).removeprefix(" in ") or "float64"
        lines.append([f"{one.filters:,}", dtype, f"{ours.wall_s:.3g}", f"{one.wall_s:.3g}"])
        lines[-1] += [f"{one.wall_to_baseline:.1f}", f"{ours.peak_mb:,.0f}", f"{one.peak_mb:,.0f}"]
        lines[-1] += [f"{one.peak_to_baseline:.1f}", f"{one.shift_difference:.0e}"]
        lines[-1] += [f"{one.density_difference:.2%}, {one.density_worst_difference:.1%}"]
    heads = ["filters", "reference in", "filtershift, s", "reference, s", "times", "filtershift, MB", "reference, MB"]
    return markdown([*heads, "times", "D differs by", "densities differ by (median, worst)"], lines)


if __name__ == "__main__":
    write_docs(Path(sys.argv[1]), Path(__file__).parents[1] / "docs")
