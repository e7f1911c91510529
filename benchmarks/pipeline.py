"""What the workflow computes, in one process: from a data set to basis, shifts, densities and quality."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.distributions.densities import densities
from filtershift.analysis.groups.assign import Groups, assign
from filtershift.analysis.groups.definition import Grouping
from filtershift.analysis.quality.layers import layer_quality
from filtershift.analysis.shifts.d_matrix import shift_tables
from filtershift.dataset.filters import FilterFile
from filtershift.dataset.layers import read_layers
from filtershift.passes.bases import Basis, global_bases, group_bases
from filtershift.passes.extent import measure_extent
from filtershift.passes.histogram_files import group_counts, load_grid, save_histograms
from filtershift.passes.histograms import coarsen, make_grids, measure_histograms
from filtershift.passes.moments import LayerMoments, measure_moments
from filtershift.passes.orthogonality import LayerOrthogonality
from filtershift.results import VARIANTS

BINS = 70
GROUPINGS = {
    "task": Grouping(by=["Task"], order="label"),
    "data_type": Grouping(by=["Visual Category"], order="label"),
    "depth_decile": Grouping(by=["conv_depth_norm"], bins=[k / 10 for k in range(11)], order="natural"),
}


def compute(dataset: Path, folder: Path, threads: int) -> dict[str, NDArray]:
    """The three passes and all that follows from them, with the histograms in ``folder``; names as in `reference`."""
    table = read_layers(dataset)
    with FilterFile(dataset) as source:
        moments = measure_moments(source, table.row_ranges, threads)
        bases = global_bases(moments)
        extent = measure_extent(source, table.row_ranges, bases, moments, threads)
        grids = make_grids(moments, extent, bases, BINS)
        paths = histogram_files(folder)
        counted = measure_histograms(source, table.row_ranges, bases, grids, threads)
        save_histograms((paths[0], paths[1]), grids, counted)
    unmeasured = LayerOrthogonality(moments.layer, np.full(len(moments.layer), np.nan))  # as in the reference
    quality = layer_quality(table.layers, moments, extent, unmeasured)
    results: dict[str, NDArray] = {name: quality[name].to_numpy(float) for name in ("sparsity", "variance_entropy")}
    for v, variant in enumerate(VARIANTS):
        basis = bases[v]
        results |= {f"{variant}/components": basis.components, f"{variant}/mean": basis.mean}
        results |= {f"{variant}/ratio": basis.explained_variance_ratio}
        groups = {name: assign(table.layers, name, grouping) for name, grouping in GROUPINGS.items()}
        for name, grouping in GROUPINGS.items():
            matrix = shifts(groups[name], grouping.order, basis.explained_variance_ratio, paths[v])
            results |= {f"{variant}/shift/{name}": matrix.to_numpy()}
        _, x, drawn = ridges(groups["task"], moments, v, basis.components, paths[v])
        results |= {f"{variant}/x": x, f"{variant}/densities": np.stack(list(drawn.values()))}
    return results


def histogram_files(folder: Path) -> list[Path]:
    """Where pass 3 writes, one file a variant."""
    return [folder / f"histograms-{variant}.h5" for variant in VARIANTS]


def numbered(groups: Groups) -> tuple[list[str], dict[int, int]]:
    """The groups' labels, and the number of each layer's group among them."""
    labels = groups.sizes["group"].tolist()
    number = {label: k for k, label in enumerate(labels)}
    known = groups.group.dropna()
    return labels, dict(zip(known.index.tolist(), known.map(number).tolist(), strict=True))


def shifts(groups: Groups, order: str, ratio: NDArray, histograms: Path) -> pd.DataFrame:
    """The D-matrix in drawn order; ``ratio`` (9,) is that of the global basis."""
    labels, group_of = numbered(groups)
    grid = load_grid(histograms)
    counts = coarsen(group_counts([histograms], "extent", group_of, len(labels)), grid.bins)
    return shift_tables(dict(zip(labels, counts, strict=True)), grid.edges, ratio, groups.sizes, order)[0]


def ridges(
    groups: Groups, moments: LayerMoments, variant: int, components: NDArray, histograms: Path
) -> tuple[dict[str, Basis], NDArray, dict[str, NDArray]]:
    """Each group's own basis; and coefficients with each group's densities there. ``components`` are global ones."""
    labels, group_of = numbered(groups)
    bases = dict(zip(labels, group_bases(moments, variant, group_of, len(labels)), strict=True))
    counts = dict(zip(labels, group_counts([histograms], "window", group_of, len(labels)), strict=True))
    pca = {label: vars(basis) for label, basis in bases.items()}
    return bases, *densities(counts, pca, load_grid(histograms).window, components)
