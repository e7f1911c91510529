"""Filters of synthetic layers: the recipe of every layer, and how filters are drawn by it.

A filter is nine independent sources mixed by the layer's 9×9 matrix, plus the layer's mean, times a norm of its own.
Each source, and the norm, has a marginal of its own, drawn through a table of 65,536 equally likely values: one
16-bit random number a source, whatever the marginal. The matrices and means of layers differ by random effects of
their task, data type, model family, model and depth.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.dataset.sources.synthetic.models import apportion, sizes

Array = NDArray[np.float64]
Floats = NDArray[np.float32]

STRIP = 1 << 13  # filters whose sources stay in the processor's cache
PANEL = 1 << 8  # filters a product, few enough for the linear algebra library to use one thread
STEPS = 1 << 16

SOURCES = ("normal", "laplace", "student", "skewed", "two", "three", "steps", "still")
NORMS = ("steady", "lively", "some zero", "mostly zero", "zero")
TABLE = {name: row for row, name in enumerate((*SOURCES, *NORMS))}

# What layers are made as, and the share of each; degenerate ones first.
KINDS = {
    "zero": 0.006,  # nothing but zeros
    "random": 0.02,  # independent normal weights, as before training
    "low entropy": 0.03,  # one pattern in all sizes
    "point": 0.04,  # nearly all filters zero or next to it
    "spikes": 0.05,  # near copies of a few patterns
    "symbols": 0.2,  # skewed, or of several modes
    "sun": 0.654,  # of one mode, bell-shaped
}

# Standard deviations along the nine patterns of the discrete cosine transform, coarse to fine.
SPECTRUM = np.sqrt([0.6, 0.18, 0.086, 0.066, 0.034, 0.016, 0.008, 0.005, 0.005])

# A layer's latent vector: the logarithms of its spectrum, a rotation, and its mean, with the size of their effects.
PARTS = np.repeat([0.3, 0.03, 0.12], [9, 36, 9])


@dataclass(frozen=True)
class Recipes:
    """How each of L layers is drawn: by the row of the layer whose filters it has.

    Attributes:
        source: (L,) that layer, itself unless it is a copy.
        kind: (L,) what it is made as, a key of `KINDS`.
        matrix: (L, 10, 9) what the nine sources add to a filter, one a row, and its mean.
        table: (L, 10) the marginals of the nine sources and of the norm, rows of `tables()`.
        ones: (L,) whether the first two filters are +1 and -1 everywhere.
    """

    source: NDArray[np.int64]
    kind: NDArray[np.object_]
    matrix: Floats
    table: NDArray[np.int64]
    ones: NDArray[np.bool_]


def make_recipes(meta: pd.DataFrame, seed: int) -> Recipes:
    """The recipes of the layers of `meta` (see `synthetic_models.meta_table`)."""
    rng = np.random.default_rng([seed, 1])
    critic = (meta["Task"] == "GAN-Discriminator").to_numpy()  # nearly normal, and none of its layers degenerate
    kind = _kinds(meta, critic, rng)
    latent = _latent(meta, rng) * PARTS
    spectrum = (SPECTRUM * np.exp(latent[:, :9])) ** np.where(critic, 0.3, 1.0)[:, None]
    matrix = np.concatenate([spectrum[:, :, None] * _rotations(latent[:, 9:45]), latent[:, None, 45:]], axis=1)
    matrix[kind == "random"] = np.eye(10, 9) / 3
    matrix = matrix @ _patterns() * _scale(meta, rng)[:, None, None]
    table = _marginals(meta, kind, critic, rng)
    ones = np.zeros(len(meta), bool)
    ones[rng.permutation(np.flatnonzero(kind == "sun"))[: 1 + len(meta) // 2000]] = True
    return Recipes(meta["source"].to_numpy(), kind, matrix.astype(np.float32), table, ones)


def draw(recipes: Recipes, marginals: Floats, layer: int, chunk: int, seed: int, filters: Floats) -> None:
    """Fill `filters` (n, 9) with the filters of a chunk of a layer; `marginals` are `tables()`."""
    source = int(recipes.source[layer])
    matrix, tables_used = recipes.matrix[source], recipes.table[source]
    bits = np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(source, chunk)))
    for start in range(0, len(filters), STRIP):
        part = filters[start : start + STRIP]
        n = -(-len(part) // PANEL) * PANEL
        index = bits.random_raw(10 * n // 4).view(np.uint16).reshape(10, n)
        sources = np.empty((10, n), np.float32)
        for row, table in enumerate(tables_used):
            np.take(marginals[table], index[row], out=sources[row], mode="clip")
        sources[:9] *= sources[9]
        panels = sources.reshape(10, -1, PANEL).transpose(1, 2, 0)
        part[:] = (panels @ matrix).reshape(n, 9)[: len(part)]
    if recipes.ones[source] and chunk == 0:
        filters[:2] = np.array([[1], [-1]])[: len(filters)]


def tables() -> Floats:
    """The marginals, (13, 65536) equally likely values; sources have mean 0 and all but the last two variance 1."""
    from scipy.special import ndtri, stdtrit

    share = (np.arange(STEPS) + 0.5) / STEPS
    normal, half, quarter = ndtri(share), ndtri(share[::2]), ndtri(share[::4])
    sources = [
        normal,
        -np.sign(share - 0.5) * np.log1p(-np.abs(2 * share - 1)),
        stdtrit(4, share),
        -np.log1p(-share),
        np.concatenate([half - 2.5, half + 2.5]),
        np.concatenate([quarter - 4, half, quarter + 4]),
    ]
    sources = [(values - values.mean()) / values.std() for values in sources]
    steps = np.repeat([-1.5, -0.5, 0.5, 1.5], STEPS // 4) + 0.02 * np.tile(quarter, 4)
    lively, turn = np.exp(0.4 * normal), np.arange(STEPS) % 32
    some, most = np.where(turn > 0, lively, 0), np.select([turn < 2, turn < 8], [lively, 1e-4 * lively])
    return np.array([*sources, steps, 0.02 * normal, np.ones(STEPS), lively, some, most, np.zeros(STEPS)], np.float32)


def _kinds(meta: pd.DataFrame, critic: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.object_]:
    """What each layer is made as: exact shares; degenerate layers are rather deep and in some models, never critics."""
    counts = apportion(len(meta), np.array(list(KINDS.values())))
    kinds = np.repeat(np.array(list(KINDS), object), counts)
    degenerate = counts[:-2].sum()
    kinds[:degenerate] = rng.permutation(kinds[:degenerate])
    ids, depth = meta["model_id"].to_numpy(), meta["conv_depth_norm"].to_numpy()
    illness = rng.standard_normal(ids.max() + 1)[ids] + depth + rng.standard_normal(len(meta))
    sickest_first = np.argsort(np.where(critic, np.inf, -illness), kind="stable")
    return kinds[np.argsort(sickest_first)]


def _latent(meta: pd.DataFrame, rng: np.random.Generator) -> Array:
    """The latent vector of each layer, (L, 54), before `PARTS`: random effects of its labels and depth, mean 0."""
    family = meta["Name"].str.extract(r"^([A-Za-z]+)", expand=False)
    own = np.where((family == "ResNet") & (meta["Task"] == "Classification"), 0.35, 0.9)
    latent: Array = 0.3 * rng.standard_normal((len(meta), 54))
    for labels, size in ((meta["Task"], 0.5), (meta["Visual Category"], 0.5), (family, 0.5), (meta["model_id"], own)):
        codes, known = pd.factorize(labels, sort=True)
        latent += np.reshape(size, (-1, 1)) * rng.standard_normal((len(known), 54))[codes]
    depth = meta["conv_depth_norm"].to_numpy()
    for amount in (0.4 * depth, 0.9 * (depth == 0), 1.2 * (depth > 0.9) + 0.6 * (depth == 1)):
        latent += np.outer(amount, rng.standard_normal(54))
    return latent - np.average(latent, axis=0, weights=sizes(meta))


def _rotations(angles: Array) -> NDArray[np.floating]:
    """Rotations (L, 9, 9) from 36 numbers each, by Cayley's transform of the skew-symmetric matrix they make."""
    rows, columns = np.tril_indices(9, -1)
    skew = np.zeros((len(angles), 9, 9))
    skew[:, rows, columns], skew[:, columns, rows] = angles, -angles
    return np.linalg.solve(np.eye(9) - skew, np.eye(9) + skew)


def _patterns() -> Array:
    """The nine 3×3 patterns of the discrete cosine transform as rows, coarse to fine."""
    waves = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]]) / np.sqrt([[3], [2], [6]])
    order = [(0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (2, 2)]
    return np.array([np.outer(waves[a], waves[b]).ravel() for a, b in order])


def _scale(meta: pd.DataFrame, rng: np.random.Generator) -> Array:
    """The size of each layer's weights: falling with depth, and most diverse in the first layers."""
    ids, depth = meta["model_id"].to_numpy(), meta["conv_depth_norm"].to_numpy()
    own, early = rng.standard_normal((2, ids.max() + 1))[:, ids]
    noise = rng.standard_normal(len(meta))
    return 0.12 * np.exp(-1.6 * depth + 0.3 * own + 0.7 * (1 - depth) ** 2 * early + 0.2 * noise)


def _marginals(
    meta: pd.DataFrame, kind: NDArray[np.object_], critic: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.int64]:
    """The tables of each layer's nine sources and norm, (L, 10)."""
    ids, n = meta["model_id"].to_numpy(), len(meta)
    table = np.zeros((n, 10), np.int64)
    # One-sided sources never lead: a sun is no longer one where most of its variance is skewed.
    table[:, :2] = rng.choice(3, (ids.max() + 1, 2), p=[0.5, 0.3, 0.2])[ids]
    table[:, 2:9] = rng.choice(4, (ids.max() + 1, 7), p=[0.4, 0.3, 0.2, 0.1])[ids]
    table[:, 9] = np.where(rng.random(n) < 0.1, TABLE["some zero"], TABLE["lively"])
    table[critic | (kind == "random")] = [TABLE["normal"]] * 9 + [TABLE["steady"]]
    symbols = np.flatnonzero(kind == "symbols")
    table[symbols, :3] = rng.choice([TABLE[name] for name in ("skewed", "two", "three")], (len(symbols), 3))
    table[kind == "low entropy", 1:9] = TABLE["still"]
    table[kind == "spikes", :9] = [TABLE["steps"]] * 2 + [TABLE["still"]] * 7
    table[kind == "point", 9], table[kind == "zero", 9] = TABLE["mostly zero"], TABLE["zero"]
    return table
