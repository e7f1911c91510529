"""The same numbers, computed in memory with numpy, pandas, scikit-learn and KDEpy as a researcher would use them.

No code of filtershift is used here, so that equal numbers are evidence that both are right.
"""

from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from KDEpy import FFTKDE
from numpy.typing import NDArray
from sklearn.decomposition import PCA

BINS = 70
EPSILON = 1.1920929e-07
GRID = 1 << 15


def compute(path: Path, dtype: str) -> dict[str, NDArray]:
    """Compute basis, D-matrices and ridge densities of both variants, and layer quality, with filters as ``dtype``.

    Names of results are those of `pipeline.compute`; groups are in the order of their labels.
    """
    with h5py.File(path) as file:
        filters = file["filters"][:].reshape(-1, 9).astype(dtype, copy=False)
    meta = pd.read_hdf(path, "meta").reset_index()
    ends = meta["filter_ids"].str.split(":", expand=True).astype(int)
    sizes = (ends[1] - ends[0] + 1).to_numpy()
    groups = {name: np.repeat(codes, sizes) for name, codes in groups_of(meta).items()}
    results = layer_quality(np.split(filters, np.cumsum(sizes)[:-1]))
    for variant, values in (("scaled", scale(filters)), ("unscaled", filters)):
        results |= {f"{variant}/{name}": value for name, value in compare(values, groups).items()}
    return results


def groups_of(meta: pd.DataFrame) -> dict[str, NDArray]:
    """The group of every layer in three groupings, as numbers in the order of the labels."""
    tasks = meta["Task"].mask(meta["Task"].str.contains("Segmentation"), "Segmentation")
    edges = [k / 10 for k in range(11)]
    return {
        "task": pd.Categorical(tasks).codes,
        "data_type": pd.Categorical(meta["Visual Category"]).codes,
        "depth_decile": pd.cut(meta["conv_depth_norm"].round(12), edges, include_lowest=True).cat.codes.to_numpy(),
    }


def scale(filters: NDArray) -> NDArray:
    """Each filter divided by its largest absolute weight; a zero filter stays zero."""
    peak = np.abs(filters).max(axis=1, keepdims=True)
    return np.divide(filters, peak, out=np.zeros_like(filters), where=peak > 0)


def compare(values: NDArray, groups: dict[str, NDArray]) -> dict[str, NDArray]:
    """Basis, D-matrix of every grouping, and the densities of the tasks."""
    pca = PCA().fit(values)
    coefficients = pca.transform(values)
    low, high = float(coefficients.min()), float(coefficients.max())
    results = {"components": pca.components_, "mean": pca.mean_, "ratio": pca.explained_variance_ratio_}
    for name, codes in groups.items():
        members = [coefficients[codes == code] for code in np.unique(codes)]
        results[f"shift/{name}"] = shift(members, low, high, pca.explained_variance_ratio_)
        if name == "task":
            margin = 0.01 * (high - low)
            results["x"] = np.linspace(low - margin, high + margin, GRID)
            results["densities"] = np.array([ridges(rows, results["x"]) for rows in members])
    return results


def shift(members: list[NDArray], low: float, high: float, ratio: NDArray) -> NDArray:
    """The symmetric Kullback-Leibler divergence of every pair of groups, weighted over components."""
    # A value on an edge must go to the upper bin, whatever the rounding: a layer of zero filters is such a value.
    ends = (low - 1e-12 * (high - low), high)
    counts = np.array([[np.histogram(column, BINS, ends)[0] for column in rows.T] for rows in members])
    density = counts / counts.sum(axis=2, keepdims=True) / ((high - low) / BINS)
    density[counts == 0] = EPSILON
    p = density / density.sum(axis=2, keepdims=True)
    return np.array([[ratio @ (a * np.log(a / b) + b * np.log(b / a)).sum(axis=1) for b in p] for a in p])


def ridges(rows: NDArray, x: NDArray) -> NDArray:
    """Kernel density of each coefficient of a group."""
    return np.array([FFTKDE(kernel="gaussian", bw="silverman").fit(column).evaluate(x) for column in rows.T])


def layer_quality(layers: list[NDArray]) -> dict[str, NDArray]:
    """Sparsity and variance entropy of every layer."""
    sparsity, entropy = np.zeros(len(layers)), np.full(len(layers), np.nan)
    for k, weights in enumerate(layers):
        size = np.abs(weights)
        sparsity[k] = (size < size.max() / 100).all(axis=1).mean()
        centred = weights - weights.mean(axis=0)
        variance = np.linalg.eigvalsh(centred.T @ centred)
        if (total := variance.sum()) > 0:
            p = np.maximum(variance / total, np.finfo(variance.dtype).tiny)
            entropy[k] = -(p * np.log10(p)).sum()
    return {"sparsity": sparsity, "variance_entropy": entropy}
