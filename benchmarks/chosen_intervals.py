"""Intervals for other choices than the papers': how often they contain the true shift, and how long they take.

`python benchmarks/chosen_intervals.py` prints the tables of docs/choices.md.
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import Pool

import numpy as np

from filtershift.analysis.shifts.choices import GAUSSIAN, PAPER, Choices
from filtershift.analysis.uncertainty.intervals import Resampling, measure_uncertainty
from filtershift.analysis.uncertainty.noise import above_noise, flags
from publish import markdown
from simulated import Group, Population, simulate, true_distance, true_shift

ROWS = {
    "papers": PAPER,
    "js": Choices(divergence="js"),
    "wasserstein": Choices(divergence="wasserstein"),
    "tv": Choices(divergence="tv"),
    "frechet": Choices(divergence="frechet"),
    "bures": Choices(divergence="bures"),
    "layer": Choices(weighting="layer"),
    "model": Choices(weighting="model"),
    "floor": Choices(epsilon="floor"),
    "pseudocount": Choices(epsilon="pseudocount"),
}


def checked(
    seed: int, choices: Choices, population: Population, models: Sequence[int], shifts: Sequence[float]
) -> np.ndarray:
    """For each pair of the first group with another: if the interval contains the true shift; if D is above noise.

    ``models`` are the numbers of models of the first group and of each other one; ``shifts`` how far these are moved.
    """
    others = [_group(models[1], shift, choices.divergence) for shift in shifts]
    groups = [Group(models[0]), *others]
    true = [_true(population, groups[0], group, choices.divergence) for group in others]
    a, b = np.zeros(len(others), int), np.arange(1, len(groups))
    layers = simulate(np.random.default_rng(seed), population, groups, choices)
    found = measure_uncertainty(layers, "coverage", Resampling(seed=seed), a, b)
    flag = flags(found.shift, np.maximum(found.floor[a], found.floor[b]), found.null, found.low)
    return np.array([(found.low <= true) & (true <= found.high), above_noise(flag)], float)


def _group(models: int, shift: float, divergence: str) -> Group:
    """A group that is moved; for bures, which does not see where groups are, it is as much wider instead."""
    return Group(models, scale=1 + shift / 2) if divergence == "bures" else Group(models, shift)


def _true(population: Population, one: Group, other: Group, divergence: str) -> float:
    if divergence in GAUSSIAN:
        first, second = (population.gaussian(group.shift, group.scale) for group in (one, other))
        return true_distance(first, second, divergence)
    return true_shift(population.probability(one.shift), population.probability(other.shift), divergence)


def seconds(choices: Choices, resamples: int, groups: int, models: int, count: float) -> float:
    """Processor seconds for all pairs of these groups, whose models have about ``count`` layers each."""
    simulated = [Group(models)] * groups
    layers = simulate(np.random.default_rng(0), Population(count=count), simulated, choices)
    start = time.process_time()
    measure_uncertainty(layers, "time", Resampling(resamples), *np.triu_indices(groups, 1))
    return time.process_time() - start


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description="Check and time intervals for other choices than the papers'.")
    parser.add_argument("--datasets", type=int, default=200, help="number of data sets for each row")
    parser.add_argument("--models", type=int, nargs=2, default=[10, 10], help="of the first group, and of each other")
    parser.add_argument("--shifts", type=float, nargs="*", default=[0, 0.3, 1, 2], help="how far others are moved")
    parser.add_argument("--sizes", type=float, default=0.7, help="how unequal models and layers are: Population.sizes")
    parser.add_argument("--groups", type=int, nargs="*", default=[10, 391], help="numbers of groups to time")
    parser.add_argument("--resamples", type=int, default=1000, help="number of resamples that are timed")
    parser.add_argument("--rows", nargs="*", default=list(ROWS), choices=list(ROWS), help="rows of the table")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    rows = {name: ROWS[name] for name in options.rows}
    if options.datasets:
        with Pool(options.processes) as pool:
            check = partial(
                checked, population=Population(sizes=options.sizes), models=options.models, shifts=options.shifts
            )
            print(coverage(pool.map, check, rows, options.datasets, options.shifts), "\n", flush=True)
    # Few groups: 3 models each, with 8 layers. Many groups: one model each, with 33 layers.
    sizes = [(groups, 3, 8) if groups < 100 else (groups, 1, 33) for groups in options.groups]
    timed = []
    for name, choices in rows.items():
        timed.append([name, *(f"{seconds(choices, options.resamples, *size):.1f}" for size in sizes)])
        print(*timed[-1], flush=True)
    print(markdown(["seconds", *(f"{groups} groups" for groups in options.groups)], timed))


def coverage(run: Callable, check: Callable, rows: dict[str, Choices], datasets: int, shifts: Sequence[float]) -> str:
    """The table: share of intervals that contain the true shift, and share of pairs flagged as above noise."""
    cells = []
    for name, choices in rows.items():
        shares, above = np.mean(run(partial(check, choices=choices), range(datasets)), axis=0)
        cells.append([name, *(f"{share:.0%}, {flagged:.0%}" for share, flagged in zip(shares, above, strict=True))])
    return markdown(["", *(f"moved by {shift:g}" for shift in shifts)], cells)


if __name__ == "__main__":
    main()
