"""The histograms, shifts and densities of the groups of one grouping, and how shifts depend on choices."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import parsed, run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: layers, their histograms of a variant, a grouping's groups, sizes, bases, choices (JSON), outputs."""

    histograms: list[Path] = MISSING
    layers: Path = MISSING
    groups: Path = MISSING
    sizes: Path = MISSING
    pca: Path = MISSING
    basis: Path = MISSING
    variant: str = MISSING
    order: str = "shift"
    choices: str = "{}"
    output: Path = MISSING
    n: Path = MISSING
    components: Path = MISSING
    sensitivity: Path = MISSING
    group_histograms: Path = MISSING
    densities: Path = MISSING


def main(settings: Settings) -> None:
    """Per-layer histograms and groups -> group histograms, the D-matrix in drawn order, its alternatives, densities."""
    import numpy as np

    from filtershift.analysis.distributions.densities import densities
    from filtershift.analysis.groups.membership import load_membership
    from filtershift.analysis.shifts.choices import KNOWN, Choices
    from filtershift.analysis.shifts.d_matrix import tables_of
    from filtershift.analysis.shifts.divergences import chosen_parts
    from filtershift.analysis.shifts.sensitivity import sensitivity
    from filtershift.analysis.shifts.weighting import load_fine_counts
    from filtershift.files import read_table, write_table
    from filtershift.passes.group_files import load_group_arrays, save_group_arrays
    from filtershift.passes.histogram_files import group_counts
    from filtershift.passes.histograms import coarsen

    choices = parsed(Choices, json.loads(settings.choices))
    membership = load_membership(settings.groups, settings.sizes)
    labels, group_of = membership.labels, membership.group_of
    model = read_table(settings.layers).set_index("layer")["model_id"]
    fine = load_fine_counts(settings.histograms, membership, KNOWN["weighting"], model)
    grid = fine.grid
    window = group_counts(settings.histograms, "window", group_of, len(labels))
    counts = dict(zip(labels, coarsen(fine.groups["filter"].astype(np.int64), grid.bins), strict=True))
    window_counts = dict(zip(labels, window, strict=True))
    histograms = {label: {"counts": counts[label], "window_counts": window_counts[label]} for label in labels}
    save_group_arrays(settings.group_histograms, histograms, {"edges": grid.edges, "window": grid.window})

    basis = load_group_arrays(settings.basis)[0][settings.variant]
    sizes = read_table(settings.sizes, text=("group",))
    n_filters = {label: int(count[0].sum()) for label, count in counts.items()}
    ratio = basis["explained_variance_ratio"]
    parts = chosen_parts(fine, choices, grid.bins, ratio)
    matrix, n, components = tables_of(parts, n_filters, sizes, settings.order)
    write_table(settings.output, matrix, index=True)
    write_table(settings.n, n)
    write_table(settings.components, components)
    write_table(settings.sensitivity, sensitivity(fine, labels, choices, grid.bins, ratio))

    x, values = densities(window_counts, load_group_arrays(settings.pca)[0], grid.window, basis["components"])
    save_group_arrays(settings.densities, {label: {"density": value} for label, value in values.items()}, {"x": x})


if __name__ == "__main__":
    run(main, Settings)
