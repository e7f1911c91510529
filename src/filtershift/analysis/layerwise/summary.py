"""What a comparison of two models says in short: the layers that moved, and for scripts a few plain values."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.layerwise.compare import ABOVE_ROUNDING, SAME, Layerwise
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


def summary(found: Layerwise, fail_above: float | None = None) -> dict[str, Any]:
    """What scripts ask for, in plain values that JSON can hold."""
    names = ["variant", "layer", "layer_after", "shift", "low", "high", "p", "flag", "relative_change"]
    rows = moved(found.layers)[names].astype(object)
    pairs = found.layers.drop_duplicates(["layer", "layer_after"])
    same = (found.layers["flag"] == SAME).groupby([found.layers["layer"], found.layers["layer_after"]]).all()
    return {
        "before": found.names[0],
        "after": found.names[1],
        "layers": len(pairs),
        "unchanged": int(same.sum()),
        "unmatched": int((found.skipped["kind"] == "layer").sum()),
        "expected_by_chance": by_chance(found),
        "moved": rows.where(rows.notna(), None).to_dict("records"),
        "fail_above": fail_above,
        "failed": [] if fail_above is None else too_far(found, fail_above)["layer"].tolist(),
    }


def too_far(found: Layerwise, limit: float) -> pd.DataFrame:
    """The rows above noise whose D exceeds a limit, of the first variant (scaled filters, if these are compared)."""
    rows = moved(found.layers)
    return rows[(rows["variant"] == found.layers["variant"].iloc[0]) & (rows["shift"] > limit)]


def check_limit(found: Layerwise, limit: float | None) -> None:
    """Raise a FiltershiftError if a layer moved farther than a limit, None for no limit."""
    if limit is None or (far := too_far(found, limit)).empty:
        return
    first = far.iloc[0]
    raise FiltershiftError(
        f"layerwise.fail_above: {len(far)} of {len(found.layers.drop_duplicates(['layer', 'layer_after']))} layers "
        f"moved by more than D = {limit:g} ({first['variant']} filters), most of all {first['layer']} "
        f"(D = {first['shift']:.3g})"
    )
