"""Two orthonormal bases of 3×3 filters that no data set decides: symmetry types, and the nine DCT-II functions.

The symmetries of a square, its turns and reflections, split the nine weights into types that none of them mixes: three
patterns that look the same in all directions, two saddles, and two pairs of gradients. Within a type the patterns are a
choice; here they are products of DCT-II functions wherever symmetry leaves that free.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_SYMMETRY: dict[str, tuple[str, list[int]]] = {
    "mean": ("mean", [1, 1, 1, 1, 1, 1, 1, 1, 1]),
    "centre": ("centre-surround", [-1, -1, -1, -1, 8, -1, -1, -1, -1]),
    "corner": ("corner-edge", [1, -1, 1, -1, 0, -1, 1, -1, 1]),
    "saddle_straight": ("saddle x²−y²", [0, -1, 0, 1, 0, 1, 0, -1, 0]),
    "saddle_diagonal": ("saddle xy", [1, 0, -1, 0, 0, 0, -1, 0, 1]),
    "gradient_x": ("gradient", [-1, 0, 1, -1, 0, 1, -1, 0, 1]),
    "gradient_y": ("gradient", [-1, -1, -1, 0, 0, 0, 1, 1, 1]),
    "bent_x": ("bent gradient", [-1, 0, 1, 2, 0, -2, -1, 0, 1]),
    "bent_y": ("bent gradient", [-1, 2, -1, 0, 0, 0, 1, -2, 1]),
}
# The cosines of DCT-II on three points, up to a factor.
_COSINES = ([1, 1, 1], [1, 0, -1], [1, -2, 1])

SYMMETRY = tuple(_SYMMETRY)
"""Names of the patterns of the symmetry types, in order."""

_SHORT = ("mean", "centre", "corner", "x²−y²", "xy", "gradient", "bent")
"""The types in one word each, as they stand under an eigenfilter."""

TYPES = tuple(dict.fromkeys(kind for kind, _ in _SYMMETRY.values()))
"""The symmetry types that are told apart: both directions of a gradient are one."""

DCT = tuple(f"dct_{k}{m}" for k in range(3) for m in range(3))
"""Names of the DCT-II functions: the frequency along columns, then along rows, 0 to 2."""

_AXES = {
    "symmetry": ("mean", "centre", "corner", "x²−y²", "xy", "gradient x", "gradient y", "bent x", "bent y"),
    "dct": tuple(f"DCT {name.removeprefix('dct_')}" for name in DCT),
}


def symmetry_types() -> dict[str, str]:
    """The type of each pattern of `SYMMETRY`."""
    return {name: kind for name, (kind, _) in _SYMMETRY.items()}


def symmetry_patterns() -> Array:
    """The patterns of `SYMMETRY` as rows, (9, 9), orthonormal, weights row after row."""
    return _normed([pattern for _, pattern in _SYMMETRY.values()])


def dct_patterns() -> Array:
    """The functions of `DCT` as rows, (9, 9), orthonormal (Lukasik, Gavrikov, Keuper & Keuper, TMLR 2023)."""
    return _normed([np.outer(down, across).ravel() for down in _COSINES for across in _COSINES])


def axis_names(components: Array) -> tuple[str, ...] | None:
    """What the axes of a basis (9, 9) are called, if it is one of these two; principal components have no names."""
    for kind, patterns in (("symmetry", symmetry_patterns()), ("dct", dct_patterns())):
        if np.array_equal(components, patterns):
            return _AXES[kind]
    return None


def type_shares(filters: Array) -> Array:
    """The share of each of `TYPES` in the energy of filters (…, 9): (…, types), which add up to 1."""
    energy = (filters @ symmetry_patterns().T) ** 2
    kinds = np.array([TYPES.index(kind) for kind, _ in _SYMMETRY.values()])
    total = np.stack([energy[..., kinds == k].sum(axis=-1) for k in range(len(TYPES))], axis=-1)
    shares: Array = total / total.sum(axis=-1, keepdims=True)
    return shares


def patterns_by_kind() -> dict[str, Array]:
    """The patterns (p, 9) of each of `TYPES`, by its name in one word."""
    kinds = np.array([TYPES.index(kind) for kind, _ in _SYMMETRY.values()])
    return {short: symmetry_patterns()[kinds == k] for k, short in enumerate(_SHORT)}


def type_names(filters: Array, least: float = 0.8) -> list[str]:
    """What each filter (n, 9) is mostly made of, in one word: the type with this share of its energy, or "mixed"."""
    shares = type_shares(filters)
    return [_SHORT[int(row.argmax())] if row.max() >= least else "mixed" for row in shares]


def _normed(rows: list) -> Array:
    patterns = np.asarray(rows, np.float64)
    normed: Array = patterns / np.linalg.norm(patterns, axis=1, keepdims=True)
    return normed
