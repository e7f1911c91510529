"""Measure filtershift at several sizes: `python benchmarks/bench.py --sizes 1M 5M 20M --write-docs`.

One run makes one table, as CSV and markdown, and one plot, in its folder. docs/performance.md explains them.
"""

import argparse
import json
import os
import shlex
from pathlib import Path
from typing import Any

from machine import machine
from publish import RUN, write_docs, write_table
from rows import Subject, measure_all

ROOT = Path(__file__).parents[1]
PAPER = {"filters": 524_563_289, "models": 391, "layers": 13_015}
LEAST = {"models": 60, "layers": 1_200}


def main() -> None:
    """Measure all sizes; the table is written after each size, so that an interrupted run is not lost."""
    options = arguments()
    options.folder.mkdir(parents=True, exist_ok=True)
    run = {"command": command_line(options), "machine": machine()}
    (options.folder / RUN).write_text(json.dumps(run), encoding="utf-8")
    rows: list[dict[str, Any]] = []
    for size in options.sizes:
        subject = subject_of(whole_number(size), options)
        rows += measure_all(subject, reference=subject.filters <= whole_number(options.reference_up_to))
        write_table(options.folder, rows)
    if options.write_docs:
        write_docs(options.folder, ROOT / "docs")


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description="Measure filtershift on synthetic data sets.")
    parser.add_argument("--sizes", nargs="+", default=["1M"], help="numbers of filters, as in 200k 20M 524563289")
    parser.add_argument("--folder", type=Path, default=ROOT / "results/benchmark", help="for data sets and results")
    parser.add_argument("--dtype", default="float32", choices=["float32", "float64"], help="type of the weights")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="measured in addition to one thread")
    parser.add_argument("--repeats", type=int, default=3, help="how often a step is measured, for the median")
    parser.add_argument("--reference-up-to", default="20M", help="largest size that is also computed in memory")
    parser.add_argument("--write-docs", action="store_true", help="put the results into docs/performance.md")
    return parser.parse_args()


def command_line(options: argparse.Namespace) -> str:
    """The command that repeats this measurement; the folder is left out."""
    given = {name: value for name, value in vars(options).items() if name not in ("sizes", "folder", "write_docs")}
    words = [word for name, value in given.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    return shlex.join(["python", "benchmarks/bench.py", "--sizes", *options.sizes, *words])


def whole_number(size: str) -> int:
    """Parse a size such as 200k, 20M, 1.5G, or a plain number."""
    factor = {"k": 10**3, "M": 10**6, "G": 10**9}.get(size[-1], 1)
    return round(float(size.rstrip("kMG")) * factor)


def subject_of(filters: int, options: argparse.Namespace) -> Subject:
    """A data set of this size: as many models and layers per filter as in the paper's, but at least `LEAST`."""
    models, layers = (max(LEAST[name], round(PAPER[name] * filters / PAPER["filters"])) for name in LEAST)
    folder = options.folder / f"{filters}-{options.dtype}"
    return Subject(folder, filters, models, layers, options.dtype, options.threads, options.repeats)


if __name__ == "__main__":
    main()
