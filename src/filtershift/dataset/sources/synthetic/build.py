"""Make a synthetic data set of any size in the authors' v1.0.0 schema, structured like the papers' data."""

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from filtershift.dataset.sources.disk_space import check_space
from filtershift.dataset.sources.synthetic.filters import Recipes, draw, make_recipes, tables
from filtershift.dataset.sources.synthetic.models import meta_table, sizes
from filtershift.dataset.writer import write_dataset
from filtershift.errors import FiltershiftError

CHUNK = 1 << 16  # filters that share one seed, counted from the start of their layer
BLOCK = 1 << 18  # about how many filters a thread generates at a time
META = 1 << 10  # largest number of bytes per layer in `/meta`


@dataclass(frozen=True)
class Synthetic:
    """What to make: exact totals, the seed of all random numbers, and the type of the weights, float32 or float64."""

    filters: int
    models: int
    layers: int
    seed: int = 0
    dtype: str = "float32"


class Piece(NamedTuple):
    """One chunk of a layer, and its number of filters."""

    layer: int
    chunk: int
    n_filters: int


def build(settings: Synthetic, path: Path, threads: int = 1, progress: Callable[[Iterable], Iterable] = iter) -> None:
    """Write a synthetic data set; on one machine equal settings give equal bytes for any number of threads.

    Models have the names, tasks, data types and training sets of the papers; layers grow and weights shrink with depth.
    The column `made_as` has the kind of each layer (sun, spikes, …, see `synthetic.filters.KINDS`). Weights are float32
    values, also if they are stored as float64. One line about the disk space goes to stderr. Memory: a few blocks per
    thread.

    Raises:
        FiltershiftError: the totals are impossible, the type is another, the disk is too small, or the file cannot be
            written.
    """
    _check(settings)
    size = settings.filters * 9 * np.dtype(settings.dtype).itemsize + (settings.layers + 64) * META
    print(check_space(path, size, "fewer filters (dataset.filters) or another disk"), file=sys.stderr)
    meta = meta_table(settings.filters, settings.models, settings.layers, settings.seed)
    recipes = make_recipes(meta, settings.seed)
    blocks = _blocks(recipes, _bundles(sizes(meta)), settings, threads, progress)
    meta = meta.drop(columns="source").assign(made_as=recipes.kind[recipes.source])
    write_dataset(path, blocks, meta, settings.dtype)


def _check(settings: Synthetic) -> None:
    if not settings.filters >= settings.layers >= settings.models >= 1:
        raise FiltershiftError(
            f"synthetic: {settings.filters} filters in {settings.layers} layers of {settings.models} models; "
            "expected dataset.filters ≥ dataset.layers ≥ dataset.models ≥ 1"
        )
    if settings.seed < 0:
        raise FiltershiftError(f"synthetic: dataset.seed is {settings.seed}; expected 0 or more")
    if settings.dtype not in ("float32", "float64"):
        raise FiltershiftError(f"synthetic: dataset.dtype is {settings.dtype!r}; expected float32 or float64")


def _bundles(n_filters: NDArray[np.int64]) -> list[list[Piece]]:
    """The chunks of all layers in order, in bundles of about `BLOCK` filters."""
    bundles: list[list[Piece]] = [[]]
    bundled = 0
    for layer, size in enumerate(n_filters.tolist()):
        for chunk, start in enumerate(range(0, size, CHUNK)):
            if bundled >= BLOCK:
                bundles.append([])
                bundled = 0
            bundles[-1].append(Piece(layer, chunk, min(CHUNK, size - start)))
            bundled += bundles[-1][-1].n_filters
    return bundles


def _blocks(
    recipes: Recipes,
    bundles: list[list[Piece]],
    settings: Synthetic,
    threads: int,
    progress: Callable[[Iterable], Iterable],
) -> Iterator[NDArray]:
    """The filters of all layers in order; threads generate them a few blocks ahead."""
    marginals = tables()

    def draw_block(pieces: list[Piece]) -> NDArray:
        block = np.empty((sum(piece.n_filters for piece in pieces), 9), np.float32)
        start = 0
        for layer, chunk, n_filters in pieces:
            draw(recipes, marginals, layer, chunk, settings.seed, block[start : start + n_filters])
            start += n_filters
        return block.astype(settings.dtype, copy=False)

    ahead: deque[Future[NDArray]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for pieces in progress(bundles):
            ahead.append(pool.submit(draw_block, pieces))
            if len(ahead) > 2 * threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
