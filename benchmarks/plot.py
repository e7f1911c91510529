"""The plot of a benchmark: time, time per filter, and memory against the number of filters."""

import math
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, NullFormatter

from filtershift.figures.drawing.saving import save
from filtershift.figures.drawing.style import styled

READS, PASSES, REFERENCE = "two plain reads, cold", "two passes", "in-memory reference"
COLORS = {
    READS: "0.6",
    f"{PASSES}, cold": "#4878a8",
    f"{PASSES}, warm": "#1b3a5c",
    "all outputs": "#3a9a5b",
    REFERENCE: "#c8503c",
    "one more grouping: training set": "#b58a1e",
    "one more grouping: model": "#7d4fa3",
}
RATES = (READS, f"{PASSES}, cold", f"{PASSES}, warm")


def draw(table: pd.DataFrame, path: Path) -> None:
    """Plot the table of `bench.py` into a file."""
    save(panels(curves(table)), path)


def curves(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The rows of each curve, by its name, sorted by size; for the passes those with the most threads."""
    table = table.sort_values("filters")
    step, cache = table["step"], table["cache"].fillna("").str.removeprefix("not ")
    chosen = {name: table[step == name] for name in COLORS}
    reads = table[(step == "plain read") & (cache == "cold")]
    chosen[READS] = reads.assign(wall_s=2 * reads["wall_s"], wall_ns_per_filter=2 * reads["wall_ns_per_filter"])
    passes = (step == PASSES) & (table["threads"] == table["threads"].max())
    for state in ("cold", "warm"):
        chosen[f"{PASSES}, {state}"] = table[passes & (cache == state)]
    return {name: rows for name, rows in chosen.items() if len(rows)}


@styled
def panels(rows_of: dict[str, pd.DataFrame]) -> Figure:
    """Three panels side by side, with one legend below."""
    figure = Figure(figsize=(9.6, 4.0), layout="constrained")
    time, rate, memory = figure.subplots(1, 3)
    curve(time, rows_of, "wall_s", "wall time, s")
    curve(
        rate,
        {name: rows for name, rows in rows_of.items() if name in RATES},
        "wall_ns_per_filter",
        "ns per filter",
    )
    curve(memory, {name: rows for name, rows in rows_of.items() if name != READS}, "peak_mb", "peak memory, MB")
    handles, labels = time.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    return figure


def curve(axes: Axes, rows_of: dict[str, pd.DataFrame], column: str, title: str) -> None:
    """Lines of a column against the number of filters, both on logarithmic scales."""
    for name, rows in rows_of.items():
        axes.plot(rows["filters"], rows[column], "o-", color=COLORS[name], markersize=3.5, label=name)
    axes.set(xscale="log", yscale="log", xlabel="filters", title=title)
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_minor_formatter(NullFormatter())
    low, high = axes.get_ylim()
    axes.set_ylim(10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high)))
    axes.grid(color="0.92")
    axes.spines[["right", "top"]].set_visible(False)
