"""Check intervals and false alarms on data with known shifts: `python benchmarks/intervals.py --write-docs`.

Data sets are simulated with groups of known distributions, so the true shifts are known: how often do intervals contain
them, and how often is noise taken for a shift? docs/uncertainty.md explains the tables.
"""

import argparse
import os
import shlex
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from tqdm import tqdm

from filtershift.analysis.uncertainty.intervals import Resampling, measure_uncertainty
from filtershift.analysis.uncertainty.layer_sums import LayerSums
from filtershift.analysis.uncertainty.noise import above_noise, flags
from publish import END, markdown
from simulated import Group, Population, simulate, simulate_shared, true_shift

DOCS = Path(__file__).parents[1] / "docs/uncertainty.md"
BEGIN = "<!-- written by benchmarks/intervals.py: begin -->"

USUAL = Population()
ALIKE = Population(models=0, scales=0)
# How far groups are moved from the first one, in standard deviations; the second is not moved.
SHIFTS = (0.0, 0.0, 0.3, 1.0, 2.0)

Make = Callable[[np.random.Generator], LayerSums]


def apart(population: Population, first: int, others: int, size: tuple[int, int] | None = None) -> Make:
    """Groups moved by `SHIFTS`; the first has ``first`` models, the others have ``others`` models each."""
    groups = [Group(others if k else first, shift, size) for k, shift in enumerate(SHIFTS)]
    return partial(_made, population=population, groups=groups)


def equal(population: Population, groups: Sequence[Group]) -> Make:
    """Groups with the same distribution."""
    return partial(_made, population=population, groups=groups)


def shared(shifts: Sequence[float], models: int) -> Make:
    """Groups that share their models: each has layers of all of them."""
    return partial(_made_shared, shifts=shifts, models=models)


def _made(random: np.random.Generator, population: Population, groups: Sequence[Group]) -> LayerSums:
    return simulate(random, population, groups)


def _made_shared(random: np.random.Generator, shifts: Sequence[float], models: int) -> LayerSums:
    return simulate_shared(random, USUAL, shifts, models)


SEVERAL = [Group(5), Group(10), Group(20)]
# Name of the row, population, and function that makes a data set.
COVERED: list[tuple[str, Population, Make]] = [
    *((f"{n} models each", USUAL, apart(USUAL, n, n)) for n in (2, 3, 5, 10, 30)),
    ("3 models against 30", USUAL, apart(USUAL, 3, 30)),
    ("10 each, sizes very unequal", USUAL, apart(Population(sizes=1.5), 10, 10)),
    ("5 each, 3 layers of 30 filters", USUAL, apart(Population(count=3, filters=30), 5, 5)),
    ("20 models shared by all groups", USUAL, shared(SHIFTS, 20)),
    ("1 model each (layers resampled)", USUAL, apart(USUAL, 1, 1)),
    ("the same, of models that differ in their layers only", ALIKE, apart(ALIKE, 1, 1)),
    ("the same, 30 layers each", ALIKE, apart(Population(models=0, scales=0, count=30), 1, 1)),
    (
        "1 layer of 1,000 filters each (filters resampled), layers alike",
        Population(0, 0, 0),
        apart(Population(0, 0, 0), 1, 1, (1, 1000)),
    ),
]
# Name of the row, function that makes a data set, and the group whose pairs count (None: all pairs).
EQUAL: list[tuple[str, Make, int | None]] = [
    *((f"8 groups of {n} models", equal(USUAL, [Group(n)] * 8), None) for n in (2, 3, 5, 10, 30)),
    ("groups of 2, 3, 5, 10, 20 models", equal(USUAL, [Group(n) for n in (2, 3, 5, 10, 20)]), None),
    ("the same, sizes very unequal", equal(Population(sizes=1.5), [Group(n) for n in (2, 3, 5, 10, 20)]), None),
    ("10 groups that share 20 models", shared([0.0] * 10, 20), None),
    ("50 filters of 1 layer against 5, 10, 20 models", equal(USUAL, [*SEVERAL, Group(1, 0, (1, 50))]), 3),
    ("50 filters of 5 layers against these", equal(USUAL, [*SEVERAL, Group(1, 0, (5, 10))]), 3),
    ("1,000 filters of 1 layer against these", equal(USUAL, [*SEVERAL, Group(1, 0, (1, 1000))]), 3),
    ("2 models of 50 filters against these", equal(USUAL, [*SEVERAL, Group(2, 0, (1, 50))]), 3),
    ("20 groups of 1 model, which differ in their layers only", equal(ALIKE, [Group(1)] * 20), None),
]

RULES = ["above null", "above floor", "interval above 0", "all three", "**above noise**: null and floor"]
"""Rules that could decide whether two groups differ; the last one does."""


def covering(seed: int, make: Make, true: np.ndarray) -> np.ndarray:
    """What is found for the pairs of the first group with each other one, one row per column of a cell of the table.

    The rows: whether the interval contains the true shift, the corrected shift, the shift, the width of the interval,
    whether the shift is above noise, and whether the interval is above 0, too.
    """
    layers = make(np.random.default_rng(seed))
    a, b = np.zeros(4, int), np.arange(1, 5)
    found = measure_uncertainty(layers, "coverage", Resampling(seed=seed), a, b)
    above = above_noise(flags(found.shift, np.maximum(found.floor[a], found.floor[b]), found.null, found.low))
    covered = (found.low <= true) & (true <= found.high)
    width, agreeing = found.high - found.low, above & (found.low > 0)
    return np.array([covered, found.corrected, found.shift, width, above, agreeing], float)


def alarming(seed: int, make: Make, group: int | None) -> np.ndarray:
    """Shares of pairs that each of `RULES` takes for a shift."""
    layers = make(np.random.default_rng(seed))
    a, b = np.triu_indices(layers.groups, 1)
    if group is not None:
        a, b = a[b == group], b[b == group]
    found = measure_uncertainty(layers, "alarms", Resampling(seed=seed), a, b)
    floor = np.maximum(found.floor[a], found.floor[b])
    above, interval = above_noise(flags(found.shift, floor, found.null, found.low)), found.low > 0
    rules = [found.shift > found.null, found.shift > floor, interval, above & interval, above]
    return np.mean(rules, axis=1)


def main() -> None:
    """Print both tables, and write them to the docs if wanted."""
    parser = argparse.ArgumentParser(description="Check intervals, floors and nulls on data sets with known shifts.")
    parser.add_argument("--datasets", type=int, default=500, help="number of data sets for each row")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--write-docs", action="store_true", help="put the tables into docs/uncertainty.md")
    options = parser.parse_args()
    # One pool for both tables; each process uses one thread.
    with Pool(options.processes) as pool:
        parts = [coverage(pool.map, options.datasets), alarms(pool.map, options.datasets)]
    command = shlex.join(["python", "benchmarks/intervals.py", "--datasets", str(options.datasets)])
    text = "\n\n".join([f"```bash\n{command}\n```", *parts])
    print(text)
    if options.write_docs:
        before, rest = DOCS.read_text(encoding="utf-8").split(BEGIN)
        DOCS.write_text("\n\n".join([before + BEGIN, text, END + rest.split(END)[1]]), encoding="utf-8")


def coverage(run: Callable, datasets: int) -> str:
    """The table of intervals."""
    rows, header = [], ["groups"]
    for name, population, make in tqdm(COVERED, "intervals"):
        true = np.array([true_shift(population.probability(0), population.probability(shift)) for shift in SHIFTS[1:]])
        shares = np.mean(run(partial(covering, make=make, true=true), range(datasets)), axis=0)
        header = ["groups", *(f"moved by {move:g}" for move in SHIFTS[1:])]
        rows.append([name, *(_cell(*cell) for cell in zip(true, *shares, strict=True))])
    return markdown(header, rows)


def _cell(
    true: float, covered: float, corrected: float, shift: float, width: float, above: float, agreeing: float
) -> str:
    return f"{true:.3g}: **{covered:.0%}**, {corrected:.2g} ({shift:.2g}), {width:.2g}, {above:.0%} ({agreeing:.0%})"


def alarms(run: Callable, datasets: int) -> str:
    """The table of false alarms."""
    rows = []
    for name, make, group in tqdm(EQUAL, "false alarms"):
        shares = np.mean(run(partial(alarming, make=make, group=group), range(datasets)), axis=0)
        rows.append([name, *(f"{share:.1%}" for share in shares)])
    return markdown(["equal groups", *RULES], rows)


if __name__ == "__main__":
    main()
