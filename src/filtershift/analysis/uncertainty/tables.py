"""Tables of the uncertainty of shifts: between groups of a grouping, and between a new model and these groups."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.uncertainty.grouped_layers import grouped_layers
from filtershift.analysis.uncertainty.intervals import Resampling, measure_uncertainty
from filtershift.analysis.uncertainty.layer_sums import LayerSums
from filtershift.analysis.uncertainty.noise import flags

Indices = NDArray[np.int64]


def uncertainty_tables(
    layers: LayerSums,
    labels: Sequence[str],
    name: str,
    resampling: Resampling,
    pairs: pd.DataFrame,
    sizes: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The uncertainty of every shift of a grouping, and the floor of every group.

    Args:
        layers: the layers of the grouping.
        labels: labels of its groups, by number.
        name: name of the grouping.
        resampling: number of resamples, seed and level.
        pairs: columns a, b, shift: one row per pair of groups.
        sizes: columns group, n_filters, n_layers, n_models, in the order of the second table.

    Returns:
        A table with one row per pair, in the order of ``pairs``: a, b, shift, corrected, low, high, floor, null, flag,
        then n_filters, n_layers, n_models and resampled of both groups, with suffix _a or _b. And a table with one row
        per group: group, resampled, n_filters, n_layers, n_models, median, floor.
    """
    number = pd.Index(labels)
    a, b = (number.get_indexer(pd.Index(pairs[end])) for end in ("a", "b"))
    found = measure_uncertainty(layers, name, resampling, a, b)
    floor = np.maximum(found.floor[a], found.floor[b])
    flag = flags(pairs["shift"].to_numpy(float), floor, found.null, found.low)
    of_groups = sizes.set_index("group").assign(resampled=pd.Series(layers.resampled, number))
    of_groups["resampled"] = of_groups["resampled"].where(of_groups["n_filters"] > 0)
    # A fixed range may hold no filter of a group.
    known = pairs["shift"].notna().to_numpy()
    values = {"corrected": found.corrected, "low": found.low, "high": found.high, "floor": floor, "null": found.null}
    values = {column: np.where(known, value, np.nan) for column, value in values.items()}
    table = pairs[["a", "b", "shift"]].assign(**values, flag=flag)
    ends = [of_groups.loc[pairs[end]].add_suffix(f"_{end}").reset_index(drop=True) for end in ("a", "b")]
    columns = ["n_filters", "n_layers", "n_models"]
    order = [*(f"{column}_{end}" for end in "ab" for column in columns), "resampled_a", "resampled_b"]
    table = pd.concat([table.reset_index(drop=True), pd.concat(ends, axis=1)[order]], axis=1)
    floors = of_groups[["resampled", *columns]].assign(
        median=pd.Series(found.median, number), floor=pd.Series(found.floor, number)
    )
    return table, floors.reset_index(names="group")


def placed_uncertainty(
    own: NDArray[np.integer],
    counts: NDArray[np.integer],
    width: float,
    ratio: NDArray[np.float64],
    group: Indices,
    groups: int,
    model: Indices,
    name: str,
    resampling: Resampling,
) -> pd.DataFrame:
    """The uncertainty of the shift between a model that is not part of the data set and each group of a grouping.

    The model is treated as one more group with one model. So its layers are resampled for the interval, and the null
    compares random models with random groups.

    Args:
        own: (l, 9, bins) histogram counts of the model's layers.
        counts: (L, 9, bins) histogram counts of the grouping's layers.
        width: width of a bin, in units of the coefficients.
        ratio: (9,) explained variance ratio of the global basis.
        group: (L,) the group of each layer, 0 … groups - 1.
        groups: number of groups.
        model: (L,) the model of each layer.
        name: a name that, with the seed, determines the random numbers.
        resampling: number of resamples, seed and level.

    Returns:
        One row per group: shift, corrected, low, high, floor, null, flag, and the units that were resampled:
        resampled_own for the model, resampled for the group.
    """
    layers = grouped_layers(
        np.concatenate([counts, own]),
        width,
        ratio,
        np.append(group, np.full(len(own), groups)),
        groups + 1,
        np.append(model, np.full(len(own), model.max(initial=-1) + 1)),
    )
    a, b = np.full(groups, groups), np.arange(groups)
    found = measure_uncertainty(layers, name, resampling, a, b)
    floor = np.maximum(found.floor[a], found.floor[b])
    return pd.DataFrame(
        {
            "shift": found.shift,
            "corrected": found.corrected,
            "low": found.low,
            "high": found.high,
            "floor": floor,
            "null": found.null,
            "flag": flags(found.shift, floor, found.null, found.low),
            "resampled_own": layers.resampled[-1],
            "resampled": layers.resampled[:-1],
        }
    )
