"""How the work of a pass is cut: the layers of a data set into shards, layers into blocks, blocks onto threads.

A block is at most ``BLOCK`` neighbouring filters of one layer, counted from where the layer begins. One kernel call
computes one block. Shards and threads only decide who computes a block, never where it begins: results do not depend
on them.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

BLOCK = 1 << 16
# A thread takes this many filters at a time, or this many blocks where layers are small.
BATCH = 1 << 19
BATCH_BLOCKS = 64

Item = TypeVar("Item")
Result = TypeVar("Result")


class FilterSource(Protocol):
    """Anything rows of filters can be read from."""

    def read(self, start: int, stop: int) -> NDArray[np.floating]:
        """Filters start … stop - 1, shape (stop - start, 9)."""
        ...


class Block(NamedTuple):
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


def batches_of(row_ranges: pd.DataFrame) -> list[list[Block]]:
    """The blocks of all row ranges (columns layer, start, stop), in order, in batches of about ``BATCH`` filters."""
    batches: list[list[Block]] = [[]]
    size = 0
    for layer, first, last in zip(row_ranges["layer"], row_ranges["start"], row_ranges["stop"], strict=True):
        for start in range(first, last, BLOCK):
            if size >= BATCH or len(batches[-1]) == BATCH_BLOCKS:
                batches.append([])
                size = 0
            batches[-1].append(Block(layer, start, min(start + BLOCK, last)))
            size += batches[-1][-1].stop - start
    return batches


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
