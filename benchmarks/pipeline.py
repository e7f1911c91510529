"""What the workflow computes, in one process: from a data set to basis, shifts, densities and quality."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.groups.assign import Groups, assign
from filtershift.analysis.groups.definition import Grouping
from filtershift.analysis.groups.membership import Membership
from filtershift.analysis.quality.layers import layer_quality
from filtershift.analysis.shifts.gaussian import coefficient_moments
from filtershift.analysis.shifts.of_grouping import GroupingShifts, measure_shifts
from filtershift.dataset.filters import FilterFile
from filtershift.dataset.layers import read_layers
from filtershift.passes.all_passes import measure
from filtershift.passes.bases import Basis, group_bases
from filtershift.passes.moments import LayerMoments
from filtershift.passes.stored.histograms import save_histograms
from filtershift.passes.weight_matrices.measure import measure_weight_matrices
from filtershift.results import VARIANTS

BINS = 70
GROUPINGS = {
    "task": Grouping(by=["Task"], order="label"),
    "data_type": Grouping(by=["Visual Category"], order="label"),
    "depth_decile": Grouping(by=["conv_depth_norm"], bins=[k / 10 for k in range(11)], order="natural"),
}


def compute(dataset: Path, folder: Path, threads: int) -> dict[str, NDArray]:
    """The passes and all that follows from them, with the histograms in ``folder``; names as in `reference`."""
    table = read_layers(dataset)
    with FilterFile(dataset) as source:
        measured = measure(source, table.row_ranges, BINS, threads)
        paths = histogram_files(folder)
        extent = save_histograms((paths[0], paths[1]), measured.grids, measured.counted)
        # Without shapes there is nothing to measure, as in the reference.
        unmeasured = measure_weight_matrices(source, table.layers[["n_filters"]], table.row_ranges)
    moments = measured.moments
    quality = layer_quality(table.layers, moments, extent, unmeasured)
    results: dict[str, NDArray] = {name: quality[name].to_numpy(float) for name in ("sparsity", "variance_entropy")}
    for v, variant in enumerate(VARIANTS):
        basis = measured.bases[v]
        results |= {f"{variant}/components": basis.components, f"{variant}/mean": basis.mean}
        results |= {f"{variant}/ratio": basis.explained_variance_ratio}
        for name, grouping in GROUPINGS.items():
            groups = assign(table.layers, name, grouping)
            shifts, _ = shifts_of(groups, grouping.order, table.layers, moments, v, basis, paths[v])
            results |= {f"{variant}/shift/{name}": shifts.matrix.to_numpy()}
            if name == "task":
                results |= {f"{variant}/x": shifts.x, f"{variant}/densities": np.stack(list(shifts.densities.values()))}
    return results


def histogram_files(folder: Path) -> list[Path]:
    """Where pass 2 writes, one file a variant."""
    return [folder / f"histograms-{variant}.h5" for variant in VARIANTS]


def shifts_of(
    groups: Groups,
    order: str,
    layers: pd.DataFrame,
    moments: LayerMoments,
    variant: int,
    basis: Basis,
    histograms: Path,
) -> tuple[GroupingShifts, dict[str, Basis]]:
    """The shifts of a grouping in the global basis of a variant, and each group's own basis."""
    labels = groups.sizes["group"].tolist()
    number = {label: k for k, label in enumerate(labels)}
    known = groups.group.dropna()
    group_of = dict(zip(known.index.tolist(), known.map(number).tolist(), strict=True))
    membership = Membership(labels, groups.sizes["n_models"].tolist(), group_of)
    bases = dict(zip(labels, group_bases(moments, variant, group_of, len(labels)), strict=True))
    coefficients = coefficient_moments(moments, variant, basis)
    shifts = measure_shifts(
        [histograms], coefficients, membership, groups.sizes, layers["model_id"], basis, bases, order=order
    )
    return shifts, bases
