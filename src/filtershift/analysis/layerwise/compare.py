"""Two models layer by layer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.layerwise.changes import CHANGES, EQUAL, ROUNDING, FilterChange, filter_changes
from filtershift.analysis.layerwise.matching import (
    label,
    match_layers,
    not_finite,
    unmatched,
    with_shapes_of_partners,
)
from filtershift.analysis.layerwise.models import ModelLayers, both_sources
from filtershift.analysis.layerwise.noise import LayerNoise, layer_noise, layer_shift
from filtershift.analysis.layerwise.units import UnitSums, kind_of_units, moments_of_layers, unit_ranges, unit_sums
from filtershift.analysis.quality.layers import layer_state, sparsity_and_entropy
from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.analysis.uncertainty.noise import ABOVE, TOO_SMALL, WITHIN_NULL
from filtershift.errors import FiltershiftError
from filtershift.passes.bases import Bases, global_bases
from filtershift.passes.blocks import in_order
from filtershift.passes.extent import measure_extent
from filtershift.passes.histograms import Grid, make_grids
from filtershift.passes.moments import measure_moments
from filtershift.passes.patterns import axis_names
from filtershift.passes.weight_matrices.orthogonality import measure_orthogonality
from filtershift.results import VARIANTS

SAME, ABOVE_ROUNDING = "same", "above rounding"
"""How the shift of a layer compares with noise, beside `ABOVE`, `WITHIN_NULL` and `TOO_SMALL`: no filter differs; or it
is not above the null, but the filters are the same ones, changed by more than rounding, and no chance did that."""

QUALITY = ("sparsity", "variance_entropy", "orthogonality", "state")


@dataclass(frozen=True)
class Layerwise:
    """Two models layer by layer.

    Attributes:
        names: of both models.
        layers: one row per matched layer and variant, see docs/layerwise.md.
        skipped: layers without a partner or a finite filter, and what was left out before, as rows kind, name, reason,
            count.
        moments: (9, 9) mean outer product of how the filters changed, of each matched pair of equal shape in each
            variant, by (variant, position in ``layers`` of that variant).
        level: of the intervals, and one minus the share of layers that are above noise by chance.
        axes: what the components are called, if their basis has names.
    """

    names: tuple[str, str]
    layers: pd.DataFrame
    skipped: pd.DataFrame
    moments: dict[tuple[str, int], NDArray[np.float64]]
    level: float
    axes: tuple[str, ...] | None


def compare_layers(
    before: ModelLayers,
    after: ModelLayers,
    resampling: Resampling,
    variants: Sequence[str] = VARIANTS,
    reference: tuple[Bases, tuple[Grid, Grid]] | int = 70,
    threads: int = 1,
    left_out: pd.DataFrame | None = None,
) -> Layerwise:
    """What changed in each layer from one model to another, and how far to believe it.

    Args:
        before: the layers of one model.
        after: those of the other.
        resampling: number of resamples, seed and level.
        variants: those that are compared.
        reference: the bases and grids of a data set; or a number of bins, for the common basis of both models and bins
            over their common extent.
        threads: how many blocks of filters, and how many layers, are measured at once.
        left_out: what was left out when the models were read, as rows kind, name, reason, count.

    Raises:
        FiltershiftError: no layer of one model has a partner in the other, or none has finite filters in both.
    """
    from threadpoolctl import threadpool_limits

    pairs = match_layers(before.table, after.table)
    names = before.name, after.name
    left = unmatched((before.table, after.table), names, pairs)
    if not pairs:
        raise FiltershiftError(f"no layer of {names[0]} has a partner in {names[1]}: neither names nor shapes agree")
    tables = with_shapes_of_partners((before.table, after.table), pairs)
    before, after = (replace(model, table=table) for model, table in zip((before, after), tables, strict=True))
    layers, source = both_sources((before, after))
    units = unit_ranges(source.row_ranges, layers)
    of_units = measure_moments(source, units, threads)
    moments = moments_of_layers(of_units, units["owner"].to_numpy())
    pairs, broken = not_finite(tables, names, pairs, moments.n)
    if not pairs:
        raise FiltershiftError(f"no layer has finite filters in both {names[0]} and {names[1]}")
    bases = global_bases(moments) if isinstance(reference, int) else reference[0]
    extent = measure_extent(source, source.row_ranges, bases, moments, threads)
    grids = make_grids(moments, extent, bases, reference) if isinstance(reference, int) else reference[1]
    # Whatever the groups of a convolution are, the matrix of its weights has a row for each output channel.
    shapes = layers.assign(groups=1, in_channels=layers["n_filters"] / layers["out_channels"])
    sparsity, entropy = sparsity_and_entropy(moments, extent)
    orthogonality = measure_orthogonality(source, shapes, source.row_ranges, threads)
    state = layer_state(moments.n, moments.zeros, sparsity, entropy)
    quality = pd.DataFrame(dict(zip(QUALITY, (sparsity, entropy, orthogonality, state), strict=True)))
    sums = unit_sums(source, units, of_units, bases, grids, threads)

    described = layers.to_dict("records")
    measured = _Measured(sums, quality, bases, grids)

    def measure(pair: tuple[int, int, str]) -> list[tuple[dict[str, Any], FilterChange | None]]:
        one, other, matched_by = pair
        places = one, len(before.table) + other
        told = {**_described([described[place] for place in places], matched_by), **measured.quality_of(places)}
        filters = before.weights[one], after.weights[other]
        found = measured.shifts_of(places, filters, variants, resampling)
        return [({"variant": row["variant"], **told, **row}, change) for row, change in found]

    # The linear algebra library's own threads would contend with ours, and change the last digits.
    with threadpool_limits(limits=1, user_api="blas"):
        rows = list(in_order(measure, pairs, threads, iter))
    table = pd.DataFrame([row[v][0] for v in range(len(variants)) for row in rows])
    moments_of = {
        (variant, k): change.moment
        for v, variant in enumerate(variants)
        for k, row in enumerate(rows)
        if (change := row[v][1]) is not None
    }
    skipped = pd.concat([left, broken, left_out])
    return Layerwise(names, table, skipped, moments_of, resampling.level, axis_names(bases[0].components))


@dataclass(frozen=True)
class _Measured:
    """What was measured of the layers of both models, those of the second behind those of the first."""

    sums: Sequence[tuple[UnitSums, UnitSums]]
    quality: pd.DataFrame
    bases: Bases
    grids: tuple[Grid, Grid]

    def quality_of(self, places: tuple[int, int]) -> dict[str, Any]:
        """The quality of a layer before and after."""
        rows = self.quality.loc[list(places), list(QUALITY)].to_dict("records")
        sides = dict(zip(("before", "after"), rows, strict=True))
        return {f"{column}_{side}": row[column] for column in QUALITY for side, row in sides.items()}

    def shifts_of(
        self,
        places: tuple[int, int],
        filters: tuple[NDArray[np.floating], NDArray[np.floating]],
        variants: Sequence[str],
        resampling: Resampling,
    ) -> Iterator[tuple[dict[str, Any], FilterChange | None]]:
        """What changed from one layer to its partner, in each variant; with ``filters`` (n, 9) of both."""
        alpha = (1 - resampling.level) / len(variants)
        units = [self.sums[place][0].units for place in places]
        is_paired = units[0] == units[1] and len(filters[0]) == len(filters[1])
        changes = filter_changes(*filters, units[0]) if is_paired else (None, None)
        for variant in variants:
            v = VARIANTS.index(variant)
            pair = self.sums[places[0]][v], self.sums[places[1]][v]
            width = float(np.ptp(self.grids[v].extent)) / self.grids[v].bins
            ratio = self.bases[v].explained_variance_ratio
            change = changes[v]
            noise = layer_noise(pair, is_paired, width, ratio, resampling)
            yield {"variant": variant, **_shift(pair, width, ratio, noise, change, alpha), **_changes(change)}, change


def _described(own: Sequence[Mapping[Any, Any]], matched_by: str) -> dict[str, Any]:
    """What a matched layer is called, where it is, and what its units are."""
    one, other = own
    return {
        "layer": label(one),
        "layer_after": label(other),
        "matched_by": matched_by,
        "conv_depth": int(one["conv_depth"]),
        "conv_depth_norm": one["conv_depth_norm"],
        "n_filters_before": int(one["n_filters"]),
        "n_filters_after": int(other["n_filters"]),
        "units": kind_of_units(one),
    }


def _shift(
    pair: tuple[UnitSums, UnitSums],
    width: float,
    ratio: NDArray[np.float64],
    noise: LayerNoise,
    change: FilterChange | None,
    alpha: float,
) -> dict[str, Any]:
    """D of a layer, how far to believe it, its parts, and how far the mean of each component moved."""
    parts = layer_shift(np.stack([side.counts.sum(axis=0) for side in pair]), width, ratio)
    sums = [side.moments.sum(axis=0) for side in pair]
    one, other = (total[1:10] / total[0] if total[0] else np.full(9, np.nan) for total in sums)
    return {
        "n_units_before": pair[0].units,
        "n_units_after": pair[1].units,
        "shift": parts.sum(),
        "corrected": noise.corrected,
        "low": noise.low,
        "high": noise.high,
        "floor": noise.floor,
        "null": noise.null,
        "p": noise.p,
        "flag": _flag(float(parts.sum()), noise, change, alpha),
        **{f"component_{i}": part for i, part in enumerate(parts)},
        **{f"mean_shift_{i}": mean for i, mean in enumerate(other - one)},
    }


def _flag(shift: float, noise: LayerNoise, change: FilterChange | None, alpha: float) -> str:
    """How a shift compares with noise."""
    if change is not None and change.relative <= EQUAL:
        return SAME
    if noise.p <= alpha:
        return ABOVE
    if change is not None and change.related and change.relative > ROUNDING and shift > 0:
        return ABOVE_ROUNDING
    return TOO_SMALL if np.isnan(shift) or noise.least_p > alpha else WITHIN_NULL


def _changes(change: FilterChange | None) -> dict[str, float]:
    """How the filters changed, if each has a counterpart."""
    if change is None:
        return dict.fromkeys(CHANGES, np.nan)
    return dict(zip(CHANGES, [change.changed, change.relative, *change.cosines], strict=True))
