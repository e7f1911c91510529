"""Intervals of single layers: how often they contain the true shift, of made-up layers where it is known.

`python benchmarks/layer_intervals.py` prints the table of docs/layerwise.md.
"""

import argparse
import os
from functools import partial
from itertools import product
from multiprocessing import Pool

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from filtershift.analysis.layerwise.noise import layer_noise
from filtershift.analysis.layerwise.units import UnitSums
from filtershift.analysis.uncertainty.intervals import Resampling
from publish import markdown
from simulated import BINS, EDGES, RATIO, SIGMA, WIDTH, binned, true_shift

Array = NDArray[np.float64]

# Output and input channels.
SHAPES = ((8, 8), (64, 3), (16, 16), (8, 64), (128, 3), (512, 1), (16, 64), (32, 32), (64, 64), (128, 32), (512, 8))
# How far the second layer is moved, in standard deviations of a coefficient.
SHIFTS = (0.0, 0.3, 1.0)
# How means of channels and the logarithms of their standard deviations vary.
MEANS, SCALES = 0.5, 0.3
# Coefficients fill the bins, or about a third of them, as those of a layer with small weights.
WIDTHS = (1.0, 0.3)
# Noise, in standard deviations, that makes a copy another layer; None: the layers were trained apart.
NOISES = (None, 0.3)
CASES = list(product(WIDTHS, NOISES, SHIFTS))


def tried(seed: int, shape: tuple[int, int]) -> tuple[list[float], list[bool]]:
    """For each of `CASES`: whether the interval contains the true shift (NaN without one), and whether p is small."""
    covered, above = [], []
    for wide, noise, shift in CASES:
        random = np.random.default_rng([seed, *shape])
        before = channels(random, shape)
        after = channels(random, shape) if noise is None else before + noise * SIGMA * random.normal(size=before.shape)
        pair = sums(wide * before), sums(wide * (after + shift * SIGMA))
        found = layer_noise(pair, True, WIDTH, RATIO, Resampling(200, seed))
        true = true_shift(distribution(0, wide, 0), distribution(shift, wide, noise or 0))
        # D of equal distributions is 0 up to rounding.
        covered.append(np.nan if np.isnan(found.low) else float(found.low - 1e-9 <= true <= found.high))
        above.append(found.p <= 0.05)
    return covered, above


def channels(random: Generator, shape: tuple[int, int]) -> Array:
    """Coefficients (U, n, 9) of a layer whose channels differ in mean and scale."""
    mean = MEANS * random.normal(size=(shape[0], 1, 9))
    return SIGMA * (mean + np.exp(SCALES * random.normal(size=mean.shape)) * random.normal(size=(*shape, 9)))


def sums(coefficients: Array) -> UnitSums:
    """What the channels add up to."""
    units, n = coefficients.shape[:2]
    bins = np.clip((coefficients - EDGES[0]) / WIDTH, 0, BINS - 1).astype(int)
    counts = np.zeros((units, 9, BINS), np.float32)
    np.add.at(counts, (np.arange(units)[:, None, None], np.arange(9), bins), 1)
    squares = (coefficients**2).sum(axis=1)
    energy = np.log(squares.sum(axis=1) / n)
    ones = np.ones(units)
    return UnitSums(counts, np.column_stack([n * ones, coefficients.sum(axis=1), squares, energy, ones]))


def distribution(shift: float, wide: float, noise: float) -> Array:
    """The distribution (9, BINS) of infinitely many channels."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(21)
    spread = np.sqrt(np.exp(2 * SCALES * nodes) + MEANS**2 + noise**2)[:, None] * SIGMA
    mean = np.broadcast_to(shift * SIGMA, spread.shape)
    return np.einsum("s,sib->ib", weights / weights.sum(), binned(wide * mean, wide * spread))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Check intervals of layers on made-up ones with known shifts.")
    parser.add_argument("--tries", type=int, default=200, help="number of pairs of layers for each case")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    rows = []
    with Pool(options.processes) as pool:
        for shape in SHAPES:
            run = partial(tried, shape=shape)
            covered, above = (np.mean(part, axis=0) for part in zip(*pool.map(run, range(options.tries)), strict=True))
            apart = [case[1:] == (None, 0.0) for case in CASES]
            shares = ["none" if np.isnan(share) else f"{share:.0%}" for share in covered]
            rows.append([f"{shape[0]}×{shape[1]}", *shares, f"{above[apart].mean():.1%}"])
            print(*rows[-1], flush=True)
    names = [f"{wide:g}, {'apart' if noise is None else 'copy'}, {shift:g}" for wide, noise, shift in CASES]
    print(markdown(["layer", *names, "false alarms"], rows))


if __name__ == "__main__":
    main()
