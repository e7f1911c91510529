"""A small finished run of the six layers as files, and a bundle of it, made without Snakemake."""

from pathlib import Path
from typing import Any

from filtershift.analysis.groups.assign import assign
from filtershift.analysis.groups.definition import Grouping
from filtershift.analysis.quality.layers import layer_quality
from filtershift.dataset.filters import FilterFile
from filtershift.dataset.layer_table import load_layers
from filtershift.dataset.layers import read_layers
from filtershift.dataset.model_table import model_table
from filtershift.dataset.sources.bundle_manifest import RunSettings
from filtershift.dataset.sources.bundles import write_bundle
from filtershift.files import write_table
from filtershift.passes.all_passes import measure
from filtershift.passes.example_filters import example_filters
from filtershift.passes.stored.groups import save_bases, save_group_arrays
from filtershift.passes.stored.histograms import layer_counts, save_histograms
from filtershift.passes.stored.layers import save
from filtershift.passes.weight_matrices.measure import measure_weight_matrices
from filtershift.results import VARIANTS, Results
from six_layers import write_six_layers

SHARD = {"scatteritem": "1-of-1"}


def configuration(**changes: Any) -> dict[str, Any]:
    """The resolved configuration of the run, with other values of its first level."""
    return {
        "dataset": {"name": "six", "path": "/home/me/six.h5", "models": None, "batch_norm": "folded"},
        "grouping": {
            "all": {"by": [], "title": "All", "order": "shift"},
            "Task": {"by": ["Task"], "title": "The task", "order": "shift"},
        },
        "variants": list(VARIANTS),
        "bins": 20,
        "shards": 1,
        "placement": {"groupings": ["Task", "data_type"], "models": ["/home/me/net.onnx"]},
        "choices": {"weighting": "filter", "extent": "data", "epsilon": "density", "divergence": "kl"},
        "uncertainty": {"resamples": 0},
        **changes,
    }


def make_results(folder: Path) -> None:
    """The files of the run that a bundle takes, in a folder named six."""
    dataset, results = folder.with_name("six.h5"), Results(folder)
    write_six_layers(dataset)
    table = read_layers(dataset)
    write_table(results.file("stored_layers"), table.layers, index=True)
    write_table(results.file("skipped_layers"), table.skipped)
    write_table(results.file("skipped_models"), table.skipped)
    layers = load_layers(results.file("stored_layers"))
    histograms = tuple(results.file(f"histograms-{variant}", **SHARD) for variant in VARIANTS)
    with FilterFile(dataset) as source:
        found = measure(source, table.row_ranges, bins=20)
        extent = save_histograms((histograms[0], histograms[1]), found.grids, found.counted)
        matrices = measure_weight_matrices(source, layers, table.row_ranges)
        counts = layer_counts(histograms[:1], layers.index.tolist())
        examples = example_filters(source, table.row_ranges, found.bases[0], found.grids[0], counts)
    save(results.file("moments", **SHARD), found.moments)
    save(results.file("extent", **SHARD), extent)
    save(results.file("weight_matrices", **SHARD), matrices)
    save(results.file("example_filters"), examples)
    save_bases(results.file("basis"), found.bases)
    write_table(results.file("layers"), layers, index=True)
    write_table(results.file("models"), model_table(layers))
    quality = layer_quality(layers, found.moments, extent, matrices)
    write_table(results.file("quality"), quality, index=True)
    groups = assign(layers, "Task", Grouping(by=["Task"]))
    write_table(results.file("groups", grouping="Task"), groups.group.dropna().rename("group").reset_index())
    write_table(results.file("sizes", grouping="Task"), groups.sizes)
    for variant in VARIANTS:
        save_group_arrays(results.file("pair_counts", variant=variant), {"sun": {"counts": counts[0]}})


def make_bundle(folder: Path, path: Path, **changes: Any) -> Path:
    """A bundle of results in a folder, configured with other values."""
    configured = configuration(**changes)
    names = RunSettings.of(configured, "test").files
    write_bundle(path, {name: folder / name for name in names}, configured)
    return path
