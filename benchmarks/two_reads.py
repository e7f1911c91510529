"""Could the extent be found in the first read? How few filters would have to be kept, on a data set that is there.

The extent of a coefficient is known once the basis is, so pass 2 reads the filters again. Two rules say in the first
read which filters can decide it:

* scaled: with a basis guessed from a sample of the filters, |f·(b − guess)| ≤ ‖f‖ ‖b − guess‖ bounds each coefficient,
  and only filters whose bound reaches beyond the extremes so far can become one;
* unscaled: a coefficient is at most the norm of its filter, so filters of a norm below all extremes cannot.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.filters import FilterFile

Array = NDArray[np.float64]
BLOCK, RUN = 1 << 20, 64


def blocks(source: FilterFile, block: int = BLOCK, every: int = 1) -> Iterator[Array]:
    """Finite filters (n, 9), a block at a time, of one block in ``every``."""
    for start in range(0, source.n_filters, block * every):
        filters = np.asarray(source.read(start, min(start + block, source.n_filters)), np.float64).reshape(-1, 9)
        yield filters[np.isfinite(filters).all(axis=1)]


def scaled(filters: Array) -> Array:
    """Each filter divided by its largest absolute weight."""
    peak = np.abs(filters).max(axis=1, keepdims=True, initial=0)
    return np.divide(filters, peak, out=np.zeros_like(filters), where=peak > 0)


def basis(parts: Iterator[Array]) -> tuple[Array, Array]:
    """Mean (9,) and principal components (9, 9) of filters."""
    n, total, products = 0, np.zeros(9), np.zeros((9, 9))
    for filters in parts:
        n, total, products = n + len(filters), total + filters.sum(axis=0), products + filters.T @ filters
    mean = total / n
    return mean, np.linalg.eigh(products / n - np.outer(mean, mean))[1].T[::-1]


def kept_scaled(source: FilterFile, share: float) -> tuple[float, int]:
    """The largest error of a component guessed from this share of the filters, and how many filters are kept then."""
    known = basis(map(scaled, blocks(source)))[1]
    guess = basis(map(scaled, blocks(source, RUN, round(1 / share))))[1]
    guess *= np.sign((guess * known).sum(axis=1))[:, None]
    error = np.linalg.norm(known - guess, axis=1)

    def bounds(filters: Array) -> tuple[Array, Array]:
        coefficients, reach = filters @ guess.T, np.linalg.norm(filters, axis=1)[:, None] * error
        return coefficients - reach, coefficients + reach

    highest, lowest = np.full(9, -np.inf), np.full(9, np.inf)
    for low, high in map(bounds, map(scaled, blocks(source))):
        highest, lowest = np.maximum(highest, low.max(axis=0)), np.minimum(lowest, high.min(axis=0))
    every = map(bounds, map(scaled, blocks(source)))
    return float(error.max()), sum(int(((high >= highest) | (low <= lowest)).any(axis=1).sum()) for low, high in every)


def kept_unscaled(source: FilterFile) -> int:
    """How many filters have a norm beyond the smallest extreme of all components."""
    mean, components = basis(blocks(source))
    norms, lows, highs = [], [], []
    for filters in blocks(source):
        coefficients = (filters - mean) @ components.T
        norms.append(np.linalg.norm(filters - mean, axis=1))
        lows.append(coefficients.min(axis=0))
        highs.append(coefficients.max(axis=0))
    least = min(np.abs(np.min(lows, axis=0)).min(), np.max(highs, axis=0).min())
    return sum(int((norm >= least).sum()) for norm in norms)


def main() -> None:
    """Print how many filters each rule keeps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path, help="HDF5 file with /filters")
    parser.add_argument("--shares", type=float, nargs="+", default=[0.01, 0.1], help="of filters that are sampled")
    options = parser.parse_args()
    with FilterFile(options.dataset) as source:
        print(f"{source.n_filters:,} filters; unscaled: {kept_unscaled(source):,} are kept")
        for share in options.shares:
            error, kept = kept_scaled(source, share)
            print(f"scaled, {share:.1%} sampled: components are {error:.3f} off at most, {kept:,} filters are kept")


if __name__ == "__main__":
    main()
