"""What the workflow computes, in one process: from a data set to basis, shifts, densities and quality."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    "task": Grouping(by=["Task"], order="label"),
    "data_type": Grouping(by=["Visual Category"], order="label"),
    "depth_decile": Grouping(by=["conv_depth_norm"], bins=[k / 10 for k in range(11)], order="natural"),
}


@dataclass(frozen=True)
class Compared:
    """The D-matrix of a grouping in drawn order, the basis of each group, and their densities at coefficients x."""

    matrix: pd.DataFrame
    bases: dict[str, Basis]
    x: NDArray
    densities: dict[str, NDArray]


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
    results: dict[str, NDArray] = {name: quality[name].to_numpy(float) for name in ("sparsity", "variance_entropy")}
    for v, variant in enumerate(VARIANTS):
        basis = bases[v]
        results |= {f"{variant}/components": basis.components, f"{variant}/mean": basis.mean}
        results |= {f"{variant}/ratio": basis.explained_variance_ratio}
        for name, grouping in GROUPINGS.items():
            groups = assign(table.layers, name, grouping)
            compared = compare(groups, grouping.order, moments, v, vars(basis), paths[v])
            results |= {f"{variant}/shift/{name}": compared.matrix.to_numpy()}
            if name == "task":
                drawn = np.stack(list(compared.densities.values()))
                results |= {f"{variant}/x": compared.x, f"{variant}/densities": drawn}
    return results


def histogram_files(folder: Path) -> list[Path]:
    """Where pass 3 writes, one file a variant."""
    return [folder / f"histograms-{variant}.h5" for variant in VARIANTS]


def compare(
    groups: Groups, order: str, moments: LayerMoments, variant: int, basis: Mapping[str, NDArray], histograms: Path
) -> Compared:
    """What the workflow computes of one grouping and variant; ``basis`` is the global one."""
    number = {label: k for k, label in enumerate(groups.sizes["group"])}
    known = groups.group.dropna()
    group_of = dict(zip(known.index.tolist(), known.map(number).tolist(), strict=True))
    own = dict(zip(number, group_bases(moments, variant, group_of, len(number)), strict=True))
    grid = load_grid(histograms)
    fine, window = (group_counts([histograms], kind, group_of, len(number)) for kind in ("extent", "window"))
    counts = dict(zip(number, coarsen(fine, grid.bins), strict=True))
    matrix, _, _ = shift_tables(counts, grid.edges, basis["explained_variance_ratio"], groups.sizes, order)
    pca = {label: vars(group) for label, group in own.items()}
    x, values = densities(dict(zip(number, window, strict=True)), pca, grid.window, basis["components"])
    return Compared(matrix, own, x, values)
