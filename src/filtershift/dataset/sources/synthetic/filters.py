"""Generate the filters of synthetic layers: the recipe of every layer, and filters made from it.

A filter is (the layer's 9×9 matrix applied to nine independent random sources, plus the layer's mean) times a random
norm. Each source, and the norm, has its own marginal distribution, given as a table of 65,536 equally likely values, so
that one 16-bit random number picks a value of any distribution. The matrices and means of layers differ by random
effects of their task, data type, model family, model and depth.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.dataset.sources.synthetic.models import apportion, sizes

Array = NDArray[np.float64]
Floats = NDArray[np.float32]

STRIP = 1 << 13  # filters whose sources fit into the processor's cache
PANEL = 1 << 8  # filters per matrix product, few enough that the linear algebra library uses one thread
STEPS = 1 << 16  # values in the table of a marginal

SOURCES = ("normal", "laplace", "student", "skewed", "two", "three", "steps", "still")
NORMS = ("steady", "lively", "some zero", "mostly zero", "zero")
TABLE = {name: row for row, name in enumerate((*SOURCES, *NORMS))}

# The kinds of layers and the share of each; degenerate kinds first.
KINDS = {
    "zero": 0.006,  # only zeros
    "random": 0.02,  # independent normal weights, as before training
    "low entropy": 0.03,  # one pattern, scaled
    "point": 0.04,  # nearly all filters are zero or nearly zero
    "spikes": 0.05,  # near-copies of a few patterns
    "symbols": 0.2,  # skewed or with several modes
    "sun": 0.654,  # bell-shaped with one mode
}

# Standard deviations along the nine patterns of the discrete cosine transform, from coarse to fine.
SPECTRUM = np.sqrt([0.6, 0.18, 0.086, 0.066, 0.034, 0.016, 0.008, 0.005, 0.005])

# Scales of the 54 parts of a layer's latent vector: 9 logarithms of its spectrum, 36 of a rotation, 9 of its mean.
PARTS = np.repeat([0.3, 0.03, 0.12], [9, 36, 9])


@dataclass(frozen=True)
class Recipes:
    """How the filters of each of L layers are made. A layer that is a copy uses the recipe of its source.

    Attributes:
        source: (L,) the layer whose filters it has: itself, unless it is a copy.
        kind: (L,) its kind, a key of `KINDS`.
        matrix: (L, 10, 9) what each of the nine sources adds to a filter, one row per source, then the mean.
        table: (L, 10) the marginals of the nine sources and of the norm, as rows of `tables()`.
        ones: (L,) whether the first two filters are +1 and -1 everywhere.
    """

    source: NDArray[np.int64]
    kind: NDArray[np.object_]
    matrix: Floats
    table: NDArray[np.int64]
    ones: NDArray[np.bool_]


def make_recipes(meta: pd.DataFrame, seed: int) -> Recipes:
    """The recipes of the layers of `meta` (from `synthetic.models.meta_table`)."""
    rng = np.random.default_rng([seed, 1])
    critic = (meta["Task"] == "GAN-Discriminator").to_numpy()  # nearly normal, without degenerate layers
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
    """The marginals, (13, 65536) equally likely values; sources have mean 0, all but the last two have variance 1."""
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
    some_zero, mostly_zero = np.where(turn > 0, lively, 0), np.select([turn < 2, turn < 8], [lively, 1e-4 * lively])
    norms = [np.ones(STEPS), lively, some_zero, mostly_zero, np.zeros(STEPS)]
    return np.array([*sources, steps, 0.02 * normal, *norms], np.float32)


def _kinds(meta: pd.DataFrame, critic: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.object_]:
    """The kind of each layer, in exact shares; degenerate ones are mostly deep, in certain models, not in critics."""
    counts = apportion(len(meta), np.array(list(KINDS.values())))
    kinds = np.repeat(np.array(list(KINDS), object), counts)
    degenerate = counts[:-2].sum()
    kinds[:degenerate] = rng.permutation(kinds[:degenerate])
    ids, depth = meta["model_id"].to_numpy(), meta["conv_depth_norm"].to_numpy()
    illness = rng.standard_normal(ids.max() + 1)[ids] + depth + rng.standard_normal(len(meta))
    sickest_first = np.argsort(np.where(critic, np.inf, -illness), kind="stable")
    return kinds[np.argsort(sickest_first)]


def _latent(meta: pd.DataFrame, rng: np.random.Generator) -> Array:
    """The latent vector of each layer, (L, 54), before scaling: random effects of labels and depth, mean 0."""
    family = meta["Name"].str.extract(r"^([A-Za-z]+)", expand=False)
    model_size = np.where((family == "ResNet") & (meta["Task"] == "Classification"), 0.35, 0.9)
    latent: Array = 0.3 * rng.standard_normal((len(meta), 54))
    effects = (meta["Task"], 0.5), (meta["Visual Category"], 0.5), (family, 0.5), (meta["model_id"], model_size)
    for labels, size in effects:
        codes, known = pd.factorize(labels, sort=True)
        latent += np.reshape(size, (-1, 1)) * rng.standard_normal((len(known), 54))[codes]
    depth = meta["conv_depth_norm"].to_numpy()
    for amount in (0.4 * depth, 0.9 * (depth == 0), 1.2 * (depth > 0.9) + 0.6 * (depth == 1)):
        latent += np.outer(amount, rng.standard_normal(54))
    return latent - np.average(latent, axis=0, weights=sizes(meta))


def _rotations(angles: Array) -> NDArray[np.floating]:
    """Rotations (L, 9, 9) from 36 numbers each: the Cayley transform of a skew-symmetric matrix with these entries."""
    rows, columns = np.tril_indices(9, -1)
    skew = np.zeros((len(angles), 9, 9))
    skew[:, rows, columns], skew[:, columns, rows] = angles, -angles
    return np.linalg.solve(np.eye(9) - skew, np.eye(9) + skew)


def _patterns() -> Array:
    """The nine 3×3 patterns of the discrete cosine transform as rows, from coarse to fine."""
    waves = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]]) / np.sqrt([[3], [2], [6]])
    order = [(0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (2, 2)]
    return np.array([np.outer(waves[a], waves[b]).ravel() for a, b in order])


def _scale(meta: pd.DataFrame, rng: np.random.Generator) -> Array:
    """The scale of each layer's weights: it falls with depth and varies most in the first layers."""
    ids, depth = meta["model_id"].to_numpy(), meta["conv_depth_norm"].to_numpy()
    overall, early = rng.standard_normal((2, ids.max() + 1))[:, ids]
    noise = rng.standard_normal(len(meta))
    return 0.12 * np.exp(-1.6 * depth + 0.3 * overall + 0.7 * (1 - depth) ** 2 * early + 0.2 * noise)


def _marginals(
    meta: pd.DataFrame, kind: NDArray[np.object_], critic: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.int64]:
    """The tables of each layer's nine sources and norm, (L, 10)."""
    ids, n = meta["model_id"].to_numpy(), len(meta)
    table = np.zeros((n, 10), np.int64)
    # One-sided sources are not among the first two: a layer whose main variance is skewed is not a "sun".
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
