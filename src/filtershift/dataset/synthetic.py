"""A synthetic data set of any size in the authors' v1.0.0 schema, with the structure of the papers' data."""

import shutil
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from filtershift.dataset.synthetic_filters import Recipes, draw, make_recipes, tables
from filtershift.dataset.synthetic_models import meta_table
from filtershift.dataset.writer import write_dataset
from filtershift.errors import FiltershiftError

CHUNK = 1 << 16  # filters drawn from one seed, counted from where their layer begins
BLOCK = 1 << 18  # filters a thread draws at a time, about
META = 4096  # bytes of `/meta` for a layer, at most


@dataclass(frozen=True)
class Synthetic:
    """What to make: exact totals, the seed of all that is random, and the type of the weights, float32 or float64."""

    filters: int = 1_000_000
    models: int = 60
    layers: int = 1_200
    seed: int = 0
    dtype: str = "float32"


class Piece(NamedTuple):
    """The filters of a chunk of a layer."""

    layer: int
    chunk: int
    n_filters: int


def build(settings: Synthetic, path: Path, threads: int = 1) -> None:
    """Write a synthetic data set; equal settings give equal bytes on one machine, whatever the threads.

    Models have the names, tasks, data types and training sets of the papers; layers grow and weights shrink with depth.
    What a layer was made as (sun, spikes, …, see `synthetic_filters.KINDS`) is in the column `made_as`. The weights of
    float64 are those of float32. Progress, and how much disk is needed, goes to stderr; peak memory is a few blocks.

    Raises:
        FiltershiftError: totals that no data set has, another type, too little free disk, or a file that cannot be
            written.
    """
    _check(settings)
    size = settings.filters * 9 * np.dtype(settings.dtype).itemsize + settings.layers * META
    print(check_space(path, size), file=sys.stderr)
    meta = meta_table(settings.filters, settings.models, settings.layers, settings.seed)
    recipes = make_recipes(meta, settings.seed)
    sizes = (meta["out_channels"] * meta["in_channels"] // meta["groups"]).to_numpy()
    meta = meta.drop(columns="source").assign(made_as=recipes.kind[recipes.source])
    write_dataset(path, _blocks(recipes, sizes, settings, threads), meta, settings.dtype)


def check_space(path: Path, size: int) -> str:
    """One line: how much disk a file of so many bytes needs, and how much is free.

    Raises:
        FiltershiftError: it is more than is free.
    """
    free = shutil.disk_usage(path.parent).free
    line = f"{path}: {size / 1e9:,.2f} GB of disk are needed, {free / 1e9:,.2f} GB are free"
    if size > free:
        raise FiltershiftError(f"{line}; fewer filters (dataset.filters) or another disk would be right")
    return line


def _check(settings: Synthetic) -> None:
    if not settings.filters >= settings.layers >= settings.models >= 1:
        raise FiltershiftError(
            f"synthetic: {settings.filters} filters in {settings.layers} layers of {settings.models} models; "
            "dataset.filters ≥ dataset.layers ≥ dataset.models ≥ 1 would be right"
        )
    if settings.seed < 0:
        raise FiltershiftError(f"synthetic: dataset.seed is {settings.seed}; 0 or more would be right")
    if settings.dtype not in ("float32", "float64"):
        raise FiltershiftError(f"synthetic: dataset.dtype is {settings.dtype!r}; float32 or float64 would be right")


def _bundles(sizes: NDArray[np.int64]) -> list[list[Piece]]:
    """The chunks of all layers in order, bundled to about `BLOCK` filters."""
    bundles: list[list[Piece]] = [[]]
    drawn = 0
    for layer, size in enumerate(sizes.tolist()):
        for chunk, start in enumerate(range(0, size, CHUNK)):
            if drawn >= BLOCK:
                bundles.append([])
                drawn = 0
            bundles[-1].append(Piece(layer, chunk, min(CHUNK, size - start)))
            drawn += bundles[-1][-1].n_filters
    return bundles


def _blocks(recipes: Recipes, sizes: NDArray[np.int64], settings: Synthetic, threads: int) -> Iterator[NDArray]:
    """The filters of all layers in order, drawn by threads a few blocks ahead."""
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
        for pieces in tqdm(_bundles(sizes), "synthetic", unit="block", mininterval=1):
            ahead.append(pool.submit(draw_block, pieces))
            if len(ahead) > 2 * threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
