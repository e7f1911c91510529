"""What a comparison of two models says in short: the layers that moved, and for scripts a few plain values."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.layerwise.compare import ABOVE_ROUNDING, SAME, Layerwise
from filtershift.analysis.layerwise.matching import NOT_FINITE
from filtershift.analysis.uncertainty.noise import ABOVE
from filtershift.errors import FiltershiftError
from filtershift.passes.bases import Basis, pca

MOST = 8
"""Layers whose eigenfilters of change are shown."""

ALL = "all changed layers"


def moved(layers: pd.DataFrame) -> pd.DataFrame:
    """The rows above noise, variant by variant: first those above the null, each kind with the largest D first."""
    above = layers[layers["flag"].isin([ABOVE, ABOVE_ROUNDING])]
    number = above["variant"].map({variant: k for k, variant in enumerate(layers["variant"].unique())})
    return above.iloc[np.lexsort((-above["shift"], above["flag"] != ABOVE, number))]


def by_chance(found: Layerwise) -> float:
    """How many layers chance alone is expected to put above noise: of those that differ at all."""
    layers = found.layers
    differ = layers[layers["flag"] != SAME].drop_duplicates(["layer", "layer_after"])
    return (1 - found.level) * len(differ)


def change_bases(found: Layerwise) -> dict[str, Basis]:
    """The eigenfilters of the change, of raw filters if they are compared: of all layers, and of those that moved most.

    They are the principal components of the differences of filters about zero, not about their mean: that all filters
    moved the same way is a change, too. Layers without a partner of their shape have none.
    """
    variant = found.layers["variant"].iloc[-1]
    rows = found.layers[found.layers["variant"] == variant].reset_index(drop=True)
    scatters = {
        k: moment * rows.at[k, "n_filters_before"]
        for (of_variant, k), moment in found.moments.items()
        if of_variant == variant and moment.any()
    }
    if not scatters:
        return {}
    first = [int(k) for k in moved(rows).index if k in scatters][:MOST]
    filters = rows["n_filters_before"]
    every = {ALL: _basis(int(filters[list(scatters)].sum()), sum(scatters.values()))}
    bases = every if len(scatters) > 1 else {}
    for k in first:
        bases[str(rows.at[k, "layer"])] = _basis(int(filters[k]), scatters[k])
    return bases


def _basis(n: int, scatter: Any) -> Basis:
    zero: NDArray[np.float64] = np.zeros(9)
    return pca(max(n, 2), zero, np.asarray(scatter))


def summary(found: Layerwise) -> dict[str, Any]:
    """What scripts ask for, in plain values that JSON can hold."""
    names = ["variant", "layer", "layer_after", "shift", "low", "high", "p", "flag", "relative_change"]
    rows = moved(found.layers)[names].astype(object)
    same = (found.layers["flag"] == SAME).groupby([found.layers["layer"], found.layers["layer_after"]]).all()
    return {
        "before": found.names[0],
        "after": found.names[1],
        "variants": found.layers["variant"].unique().tolist(),
        "layers": len(same),
        "unchanged": int(same.sum()),
        "unmatched": int((found.skipped["kind"] == "layer").sum()),
        "not_finite": int((found.skipped["kind"] == NOT_FINITE).sum()),
        "expected_by_chance": by_chance(found),
        "moved": rows.where(rows.notna(), None).to_dict("records"),
    }


def check_limit(told: Mapping[str, Any], limit: float) -> None:
    """Raise a FiltershiftError if a `summary` has a layer above noise whose D exceeds a limit, or one not finite.

    D is that of the first variant: of scaled filters, if these are compared.
    """
    if told["not_finite"]:
        raise FiltershiftError(f"layerwise.fail_above: in {told['not_finite']} layers no filter is finite")
    first = told["variants"][0]
    far = [row for row in told["moved"] if row["variant"] == first and row["shift"] > limit]
    if far:
        most = max(far, key=lambda row: row["shift"])
        raise FiltershiftError(
            f"layerwise.fail_above: {len(far)} of {told['layers']} layers moved by more than D = {limit:g} ({first} "
            f"filters), most of all {most['layer']} (D = {most['shift']:.3g})"
        )
