"""The histograms, shifts and densities of the groups of one grouping."""

from dataclasses import dataclass
from pathlib import Path

from command import command
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: per-layer histograms of all shards of a variant, a grouping's groups, sizes and bases, outputs."""

    histograms: list[Path] = MISSING
    groups: Path = MISSING
    sizes: Path = MISSING
    pca: Path = MISSING
    basis: Path = MISSING
    variant: str = MISSING
    order: str = "shift"
    output: Path = MISSING
    n: Path = MISSING
    components: Path = MISSING
    group_histograms: Path = MISSING
    densities: Path = MISSING


@command(Settings)
def main(settings: Settings) -> None:
    """Per-layer histograms and groups -> group histograms, the D-matrix in drawn order, densities."""
    from filtershift.analysis.density import densities
    from filtershift.analysis.groups import load_groups as load_membership
    from filtershift.analysis.shift import shift_tables
    from filtershift.analysis.storage import load_groups, save_groups
    from filtershift.files import read_table, write_table
    from filtershift.statistics.histograms import coarsen, group_counts, load_grid

    membership = load_membership(settings.groups, settings.sizes)
    labels, group_of = membership.labels, membership.group_of
    grid = load_grid(settings.histograms[0])
    fine, window = (group_counts(settings.histograms, kind, group_of, len(labels)) for kind in ("extent", "window"))
    counts = dict(zip(labels, coarsen(fine, grid.bins), strict=True))
    window_counts = dict(zip(labels, window, strict=True))
    histograms = {label: {"counts": counts[label], "window_counts": window_counts[label]} for label in labels}
    save_groups(settings.group_histograms, histograms, {"edges": grid.edges, "window": grid.window})

    basis = load_groups(settings.basis)[0][settings.variant]
    sizes = read_table(settings.sizes, text=("group",))
    matrix, n, components = shift_tables(counts, grid.edges, basis["explained_variance_ratio"], sizes, settings.order)
    write_table(settings.output, matrix, index=True)
    write_table(settings.n, n)
    write_table(settings.components, components)

    x, values = densities(window_counts, load_groups(settings.pca)[0], grid.window, basis["components"])
    save_groups(settings.densities, {label: {"density": value} for label, value in values.items()}, {"x": x})


if __name__ == "__main__":
    main()
