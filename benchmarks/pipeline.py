"""What the workflow computes, in one process: from a data set to basis, shifts, densities and quality."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.analysis.density import densities
from filtershift.analysis.grouping import Grouping
from filtershift.analysis.groups import Groups, assign
from filtershift.analysis.pca import Basis, global_basis, group_bases
from filtershift.analysis.quality import layer_quality
from filtershift.analysis.shift import shift_tables
from filtershift.dataset.filters import FilterFile
from filtershift.dataset.layers import read_layers
from filtershift.statistics import VARIANTS
from filtershift.statistics.extent import measure_extent, total_extent
from filtershift.statistics.histograms import (
    coarsen,
    group_counts,
    load_grid,
    make_grids,
    measure_histograms,
    save_histograms,
)
from filtershift.statistics.moments import LayerMoments, measure_moments

BINS = 70
GROUPINGS = {
    "task": Grouping("Task", ["Task"], order="label"),
    "data_type": Grouping("Data type", ["Visual Category"], order="label"),
    "depth_decile": Grouping("Depth decile", ["conv_depth_norm"], bins=[k / 10 for k in range(11)], order="natural"),
}


def compute(dataset: Path, folder: Path, threads: int) -> dict[str, NDArray]:
    """The three passes and all that follows from them, with the histograms in ``folder``; names as in `reference`."""
    table = read_layers(dataset)
    with FilterFile(dataset) as source:
        moments = measure_moments(source, table.runs, threads)
        bases = [global_basis(moments, v) for v in range(2)]
        components, mean = np.stack([b.components for b in bases]), np.stack([b.mean for b in bases])
        peak = dict(zip(moments.layer.tolist(), moments.peak.tolist(), strict=True))
        extent = measure_extent(source, table.runs, components, mean, peak, threads)
        grids = make_grids(moments, components, mean, total_extent(extent, moments.peak), BINS)
        paths = histogram_files(folder)
        counted = measure_histograms(source, table.runs, components, mean, grids, threads)
        save_histograms((paths[0], paths[1]), grids, counted)
    quality = layer_quality(table.layers, moments, extent)
    results = {name: quality[name].to_numpy(float) for name in ("sparsity", "variance_entropy")}
    for v, variant in enumerate(VARIANTS):
        basis = bases[v]
        results |= {f"{variant}/components": basis.components, f"{variant}/mean": basis.mean}
        results[f"{variant}/ratio"] = basis.explained_variance_ratio
        for name, grouping in GROUPINGS.items():
            groups = assign(table.layers, name, grouping)
            matrix, _, x, values = compare(groups, grouping, moments, v, basis, paths[v])
            results[f"{variant}/shift/{name}"] = matrix.to_numpy()
            if name == "task":
                results |= {f"{variant}/x": x, f"{variant}/densities": np.stack(list(values.values()))}
    return results


def histogram_files(folder: Path) -> list[Path]:
    """Where pass 3 writes, one file a variant."""
    return [folder / f"histograms-{variant}.h5" for variant in VARIANTS]


def compare(
    groups: Groups, grouping: Grouping, moments: LayerMoments, variant: int, basis: Basis, histograms: Path
) -> tuple[pd.DataFrame, dict[str, Basis], NDArray, dict[str, NDArray]]:
    """The D-matrix of a grouping, the basis of each group, and their densities (and at which coefficients)."""
    labels = groups.sizes["group"].tolist()
    group_of = groups.group.dropna().map({label: k for k, label in enumerate(labels)}).to_dict()
    own = dict(zip(labels, group_bases(moments, variant, group_of, len(labels)), strict=True))
    grid = load_grid(histograms)
    fine, window = (group_counts([histograms], kind, group_of, len(labels)) for kind in ("extent", "window"))
    counts = dict(zip(labels, coarsen(fine, grid.bins), strict=True))
    matrix, _, _ = shift_tables(counts, grid.edges, basis.explained_variance_ratio, groups.sizes, grouping.order)
    pca = {label: vars(group) for label, group in own.items()}
    x, values = densities(dict(zip(labels, window, strict=True)), pca, grid.window, basis.components)
    return matrix, own, x, values
