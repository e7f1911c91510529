"""Check that filtershift and the in-memory reference give the same numbers."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# The largest differences at which results count as equal: relative for shifts, absolute for everything else.
LIMITS = {
    "ratio": 1e-9,
    "components": 1e-9,
    "sparsity": 1e-12,
    "variance_entropy": 1e-9,
    "shift": 1e-6,
    "density": 0.01,
}

KINDS = (*LIMITS, "density_worst")


def differences(ours: Path, other: Path) -> dict[str, float]:
    """The largest difference between two files of results, for each of `KINDS`.

    The difference of two densities is the share of mass that they place differently: "density" is the median over
    groups, components and variants, "density_worst" the largest.
    """
    with np.load(ours) as first, np.load(other) as second:
        a, b = dict(first), dict(second)
    largest: dict[str, float] = {}
    for name, values in a.items():
        kind = next((kind for kind in name.split("/") if kind in LIMITS), None)
        if kind:
            both_missing = np.isnan(values) & np.isnan(b[name])
            apart = np.where(both_missing, 0, np.abs(values - b[name]))
            if kind == "shift":
                apart = apart[b[name] > 0] / b[name][b[name] > 0]
            largest[kind] = float(np.max([largest.get(kind, 0), apart.max()]))  # NaN stays NaN
    moved = np.concatenate([misplaced(a, b, variant).ravel() for variant in ("scaled", "unscaled")])
    return {**largest, "density": float(np.median(moved)), "density_worst": float(moved.max())}


def misplaced(a: dict[str, NDArray], b: dict[str, NDArray], variant: str) -> NDArray:
    """The share of mass (groups, 9) that two densities place differently, within the range of the first."""
    ends, x = a[f"{variant}/x"][[0, -1]], b[f"{variant}/x"]
    inside = (x >= ends[0]) & (x <= ends[1])
    x, expected = x[inside], b[f"{variant}/densities"][:, :, inside]
    found = np.array([[np.interp(x, a[f"{variant}/x"], row) for row in rows] for rows in a[f"{variant}/densities"]])
    return np.abs(found - expected).sum(axis=-1) * (x[1] - x[0]) / 2


def check(found: dict[str, float]) -> None:
    """Stop if results differ by more than `LIMITS`."""
    wrong = [f"{kind} by {found[kind]:.2g}" for kind, limit in LIMITS.items() if not found[kind] <= limit]
    if wrong:
        raise SystemExit(f"The results of filtershift and of the reference differ: {', '.join(wrong)}")
