"""The trajectory of a finished data set, from its stored results."""

from collections.abc import Sequence
from pathlib import Path

from filtershift.analysis.trajectory.trace import LayerHistograms, Trajectory, trace
from filtershift.dataset.layer_table import load_layers
from filtershift.files import read_table
from filtershift.passes.moments import LayerMoments
from filtershift.passes.stored.groups import load_bases
from filtershift.passes.stored.histograms import layer_counts, load_grid
from filtershift.passes.stored.layers import load
from filtershift.results import VARIANTS, Results


def trace_run(folder: Path, variants: Sequence[str], by: str, within: Sequence[str], level: float) -> Trajectory:
    """Follow the models of a data set over checkpoints; its filters are not read again.

    Args:
        folder: the results of the data set.
        variants: those to follow.
        by: the label whose number says when a checkpoint was taken.
        within: the labels that tell runs apart.
        level: coverage of intervals, and what chance stays below.

    Raises:
        FiltershiftError: as of `trace`.
    """
    results = Results(folder)
    layers = load_layers(results.file("layers"))
    bases = load_bases(results.file("basis"))
    histograms = {}
    for variant in variants:
        files = results.shards(f"histograms-{variant}")
        edges = load_grid(files[0]).edges
        ratio = bases[VARIANTS.index(variant)].explained_variance_ratio
        counts = layer_counts(files, layers.index.tolist())
        histograms[variant] = LayerHistograms(counts, float(edges[1] - edges[0]), ratio)
    quality = read_table(results.file("quality"), text=("model", "state")).set_index("layer")
    moments = load(results.shards("moments"), LayerMoments)
    return trace(layers, histograms, moments, quality, by, within, level)
