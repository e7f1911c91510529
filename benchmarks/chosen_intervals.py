"""Intervals under other choices than the papers': how often they hold the true shift, and what they cost.

`python benchmarks/chosen_intervals.py` prints the tables of docs/choices.md.
"""

import argparse
import os
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import Pool

import numpy as np

from filtershift.analysis.shifts.choices import PAPER, Choices
from filtershift.analysis.uncertainty.intervals import Resampling, measure_uncertainty
from filtershift.analysis.uncertainty.noise import ABOVE, flags
from publish import markdown
from simulated import Group, Population, simulate, true_shift

USUAL = Population()
# Standard deviations by which groups are moved against the first: the second is not.
SHIFTS = (0.0, 0.0, 0.3, 1.0, 2.0)
ROWS = {
    "papers": PAPER,
    "js": Choices(divergence="js"),
    "wasserstein": Choices(divergence="wasserstein"),
    "tv": Choices(divergence="tv"),
    "layer": Choices(weighting="layer"),
    "model": Choices(weighting="model"),
    "floor": Choices(epsilon="floor"),
    "pseudocount": Choices(epsilon="pseudocount"),
}


def held(seed: int, choices: Choices, models: int) -> np.ndarray:
    """Of the pairs of the first group with the others: whether the interval holds the shift, and whether `ABOVE`."""
    groups = [Group(models, shift) for shift in SHIFTS]
    true = [true_shift(USUAL.probability(0), USUAL.probability(shift), choices.divergence) for shift in SHIFTS[1:]]
    a, b = np.zeros(4, int), np.arange(1, 5)
    layers = simulate(np.random.default_rng(seed), USUAL, groups, choices)
    found = measure_uncertainty(layers, "coverage", Resampling(seed=seed), a, b)
    flag = flags(found.shift, np.maximum(found.floor[a], found.floor[b]), found.null)
    return np.array([(found.low <= true) & (true <= found.high), flag == ABOVE], float)


def seconds(choices: Choices, resamples: int, groups: int, models: int, count: float) -> float:
    """Processor time of all pairs of so many groups, of models of about ``count`` layers."""
    made = [Group(models)] * groups
    layers = simulate(np.random.default_rng(0), Population(count=count), made, choices)
    start = time.process_time()
    measure_uncertainty(layers, "time", Resampling(resamples), *np.triu_indices(groups, 1))
    return time.process_time() - start


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description="Check and time intervals under other choices than the papers'.")
    parser.add_argument("--datasets", type=int, default=200, help="made for each row")
    parser.add_argument("--models", type=int, default=10, help="of each group")
    parser.add_argument("--groups", type=int, nargs="*", default=[10, 391], help="numbers of groups to time")
    parser.add_argument("--resamples", type=int, default=1000, help="that are timed")
    parser.add_argument("--rows", nargs="*", default=list(ROWS), choices=list(ROWS), help="which choices")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    rows = {name: ROWS[name] for name in options.rows}
    if options.datasets:
        with Pool(options.processes) as pool:
            print(coverage(pool.map, rows, options.datasets, options.models), "\n", flush=True)
    # Few groups have 3 models each of 8 layers; as many as models have one of them, of 33.
    sizes = [(groups, 3, 8) if groups < 100 else (groups, 1, 33) for groups in options.groups]
    timed = []
    for name, choices in rows.items():
        timed.append([name, *(f"{seconds(choices, options.resamples, *size):.1f}" for size in sizes)])
        print(*timed[-1], flush=True)
    print(markdown(["seconds", *(f"{groups} groups" for groups in options.groups)], timed))


def coverage(run: Callable, rows: dict[str, Choices], datasets: int, models: int) -> str:
    """The table of intervals that hold the shift, and of flags."""
    cells = []
    for name, choices in rows.items():
        shares, above = np.mean(run(partial(held, choices=choices, models=models), range(datasets)), axis=0)
        cells.append([name, *(f"{share:.0%}, {some:.0%}" for share, some in zip(shares, above, strict=True))])
    return markdown(["", *(f"moved by {shift:g}" for shift in SHIFTS[1:])], cells)


if __name__ == "__main__":
    main()
