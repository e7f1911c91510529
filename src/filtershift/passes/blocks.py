"""How the work of a pass is cut: layers to shards, layers to units, units to threads.

A unit is a run of at most ``UNIT`` filters, counted from where the layer begins, and each is computed by one kernel
call. Shards and threads only decide who computes a unit, never where it begins, so results do not depend on them.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

UNIT = 1 << 16
# A thread takes this many filters at a time, or units where layers are small.
SPAN = 1 << 19
SPAN_UNITS = 64

Item = TypeVar("Item")
Result = TypeVar("Result")


class FilterSource(Protocol):
    """Anything rows of filters can be read from."""

    def read(self, start: int, stop: int) -> NDArray[np.floating]:
        """Filters start … stop - 1, shape (stop - start, 9)."""
        ...


class Unit(NamedTuple):
    """Filters start … stop - 1 of the file, all of one layer."""

    layer: int
    start: int
    stop: int


def shard_of(n_filters: NDArray[np.int64], shards: int) -> NDArray[np.int64]:
    """The shard (0 … shards - 1) of every layer: runs of whole layers of about equal filter count."""
    middle = np.cumsum(n_filters) - n_filters / 2
    return np.minimum((middle * shards / max(n_filters.sum(), 1)).astype(np.int64), shards - 1)


def in_shard(layers: pd.DataFrame, shard: str) -> pd.DataFrame:
    """The rows of the layer table that belong to a shard named as in "2-of-8"."""
    number, of = (int(part) for part in shard.split("-of-"))
    return layers[shard_of(layers["n_filters"].to_numpy(), of) == number - 1]


def spans(runs: pd.DataFrame) -> list[list[Unit]]:
    """Units of all runs (columns layer, start, stop), in order, bundled to about ``SPAN`` filters each."""
    bundles: list[list[Unit]] = [[]]
    size = 0
    for layer, first, last in zip(runs["layer"], runs["start"], runs["stop"], strict=True):
        for start in range(first, last, UNIT):
            if size >= SPAN or len(bundles[-1]) == SPAN_UNITS:
                bundles.append([])
                size = 0
            bundles[-1].append(Unit(layer, start, min(start + UNIT, last)))
            size += bundles[-1][-1].stop - start
    return bundles


def in_order(
    function: Callable[[Item], Result], items: Sequence[Item], threads: int, progress: Callable[[Iterable], Iterable]
) -> Iterator[Result]:
    """Results of ``function`` over ``items``, in their order, computed by ``threads`` threads a few items ahead."""
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[Result]] = deque()
        for item in progress(items):
            waiting.append(pool.submit(function, item))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
