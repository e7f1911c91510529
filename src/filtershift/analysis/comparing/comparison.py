"""Two data sets compared: groups of the same name, measured in one basis and on the same bins."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.groups.assign import UNKNOWN
from filtershift.analysis.shifts.d_matrix import probabilities
from filtershift.analysis.uncertainty.grouped_layers import grouped_layers
from filtershift.analysis.uncertainty.intervals import Resampling, measure_uncertainty
from filtershift.analysis.uncertainty.noise import flags
from filtershift.results import SKIPPED

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

# Of a null: where one layer is all that can change places, it is the shift itself but for this.
ROUNDING = 1e-4


@dataclass(frozen=True)
class Side:
    """Layers of one of the two data sets, in the common basis.

    Attributes:
        counts: (L, 9, bins) their histograms.
        layers: one row per layer, as of `matchable`, indexed by its number.
    """

    counts: Counts
    layers: pd.DataFrame

    def of(self, layers: NDArray[np.bool_]) -> "Side":
        """Those of the layers (L,) that are marked."""
        return Side(self.counts[layers], self.layers[layers])


def matchable(layers: pd.DataFrame) -> pd.DataFrame:
    """What layers of two data sets are matched by, indexed like a table of layers: model and part, its layer of it.

    A model goes by its name and number of filters: with other filters it is another one.
    """
    model = layers["model"] + " " + layers.groupby("model")["n_filters"].transform("sum").astype(str)
    return pd.DataFrame({"model": model, "part": layers.groupby("model").cumcount()})


def same_named(here: pd.DataFrame, there: pd.DataFrame) -> pd.DataFrame:
    """The groups of both: group, and n_filters, n_layers and n_models as in n_filters_here and n_filters_there.

    Both are tables of the sizes of groups; the order is that of the first.
    """
    return here.merge(there, on="group", suffixes=("_here", "_there"))


def one_sided(grouping: str, sizes: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The groups that only one of two data sets has, by their names, as rows kind, name, reason, count (of filters)."""
    (first, here), (second, there) = sizes.items()
    rows = [
        {"kind": "group", "name": f"{grouping}: {row.group}", "reason": f"only in {name}", "count": row.n_filters}
        for name, own, other in ((first, here, there), (second, there, here))
        for row in own[~own["group"].isin(other["group"])].itertuples()
    ]
    return pd.DataFrame(rows, columns=SKIPPED)


def unlabelled(groups: pd.DataFrame) -> pd.Series:
    """Which groups of a table hold layers without a label: those called "unknown", alone or beside other labels."""
    return groups["group"].map(lambda label: UNKNOWN in label.split(" / ")).astype(bool)


def not_one_group(grouping: str, same: pd.DataFrame) -> pd.DataFrame:
    """Groups of both data sets whose layers lack a label, which are not compared, as rows kind, name, reason, count.

    ``same`` is a table as of `same_named`; the count is that of the filters of both.
    """
    return pd.DataFrame(
        {
            "kind": "group",
            "name": grouping + ": " + same["group"],
            "reason": "not compared: layers without a label need not have anything in common",
            "count": same["n_filters_here"] + same["n_filters_there"],
        }
    )


def pair_shift(here: Counts, there: Counts, width: float, ratio: Array) -> Array:
    """The parts (9,) of D between two histograms (9, bins); exactly 0 for equal ones, NaN where one has no filters.

    ``width`` is that of a bin, in units of the coefficients; ``ratio`` (9,) the explained variance ratio of the basis.
    """
    p, q = probabilities(here, width), probabilities(there, width)
    return ratio * ((p - q) * (np.log(p) - np.log(q))).sum(axis=-1)


def named_shifts(
    sides: tuple[Side, Side],
    groups: tuple[pd.DataFrame, pd.DataFrame],
    sizes: pd.DataFrame,
    width: float,
    ratio: Array,
    name: str,
    resampling: Resampling,
) -> pd.DataFrame:
    """How far the groups of the same name are apart, and how far to believe it.

    Args:
        sides: the two data sets.
        groups: of each, a table of layer and group.
        sizes: the groups to compare, as of `same_named`.
        width: of a bin, in units of the coefficients.
        ratio: (9,) explained variance ratio of the common basis.
        name: of the grouping and variant, which seeds random numbers.
        resampling: number of resamples, seed and level.

    Returns:
        One row a group of ``sizes``: group, shift, corrected, low, high, floor, null, flag, same_models, the numbers of
        filters (those measured), layers and models, and component_0 … component_8, which add up to the shift.
    """
    of_layers = [
        table.set_index("layer")["group"].reindex(side.layers.index).to_numpy(object)
        for side, table in zip(sides, groups, strict=True)
    ]
    rows = []
    for label, size in sizes.set_index("group", drop=False).iterrows():
        here, there = (side.of(own == label) for side, own in zip(sides, of_layers, strict=True))
        totals = [side.counts.sum(axis=0) for side in (here, there)]
        parts = pair_shift(totals[0], totals[1], width, ratio)
        believed = _believed(here, there, parts.sum(), width, ratio, f"{name}/{label}", resampling)
        filters = {f"n_filters_{side}": total[0].sum() for side, total in zip(("here", "there"), totals, strict=True)}
        components = {f"component_{i}": part for i, part in enumerate(parts)}
        rows.append({"group": label, "shift": parts.sum(), **believed, **size, **filters, **components})
    return pd.DataFrame(rows)


def _believed(
    here: Side, there: Side, shift: float, width: float, ratio: Array, name: str, resampling: Resampling
) -> dict[str, object]:
    """How far to believe the shift between two groups: corrected, low, …, flag (without draws None), same_models.

    A model in both groups is sampled in both together. The null is that of groups of these sizes, with layers of both.
    The floor is the larger one of the two groups. If both have the same models, units are their layers, each sampled
    with its counterpart: differences between models are no noise then, and the null alone decides on the flag.
    """
    parts = [side.layers["model"] + "/" + side.layers["part"].astype(str) for side in (here, there)]
    same = set(parts[0]) == set(parts[1])
    if not resampling.resamples:
        return {**dict.fromkeys(("corrected", "low", "high", "floor", "null", "flag")), "same_models": same}
    units = parts if same else [side.layers["model"] for side in (here, there)]
    grouped = grouped_layers(
        np.concatenate([here.counts, there.counts]),
        width,
        ratio,
        np.repeat([0, 1], [len(here.counts), len(there.counts)]),
        2,
        pd.factorize(pd.concat(units))[0],
    )
    found = measure_uncertainty(grouped, name, resampling, np.array([0]), np.array([1]))
    floor, null = found.floor.max(), found.null[0]
    yardsticks = np.array([0.0 if same else floor]), np.array([null * (1 + ROUNDING)])
    return {
        "corrected": found.corrected[0],
        "low": found.low[0],
        "high": found.high[0],
        "floor": floor,
        "null": null,
        "flag": flags(np.array([shift]), *yardsticks, found.low)[0],
        "same_models": same,
    }


def compare_bases(
    here: Mapping[str, NDArray], there: Mapping[str, NDArray], common: Mapping[str, NDArray]
) -> pd.DataFrame:
    """The bases of two data sets, component by component, with that of both.

    Returns:
        Columns component; ratio_here, ratio_there and ratio_common, the explained variance ratios; cosine, between the
        components of this rank, whatever their signs; and angle, in degrees.
    """
    own, other = here["components"], there["components"]
    other = other * np.where(np.einsum("ip,ip->i", own, other) < 0, -1, 1)[:, None]
    # The arc cosine of nearly 1 would be mostly rounding.
    angle = 2 * np.arctan2(np.linalg.norm(own - other, axis=1), np.linalg.norm(own + other, axis=1))
    ratios = {"ratio_here": here, "ratio_there": there, "ratio_common": common}
    return pd.DataFrame(
        {
            "component": np.arange(9),
            **{column: basis["explained_variance_ratio"] for column, basis in ratios.items()},
            "cosine": np.cos(angle),
            "angle": np.degrees(angle),
        }
    )
