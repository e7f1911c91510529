"""How far to believe the shifts of one grouping."""

from pathlib import Path

from filtershift.analysis.shifts.choices import Choices
from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.command import per_variant, run


def measure(
    name: str,
    variants: list[str],
    histograms: list[Path],
    moments: list[Path],
    layers: Path,
    groups: Path,
    sizes: Path,
    basis: Path,
    components: list[Path],
    n: list[Path],
    clusters: list[Path],
    resampling: Resampling,
    choices: Choices,
    intervals: list[Path],
    floor: list[Path],
) -> None:
    """Per-layer sums, groups and shifts of each variant -> intervals, noise floors and nulls of all shifts."""
    from filtershift.analysis.groups.membership import load_membership
    from filtershift.analysis.uncertainty.loading import load_layers_of_groups
    from filtershift.analysis.uncertainty.tables import uncertainty_tables
    from filtershift.files import read_table, write_table
    from filtershift.passes.stored.groups import load_bases
    from filtershift.results import VARIANTS

    membership = load_membership(groups, sizes)
    model = read_table(layers).set_index("layer")["model_id"]
    cluster = [read_table(path).set_index("model_id")["cluster"] for path in clusters]
    bases = load_bases(basis)
    shards = per_variant(histograms, variants)
    for k, variant in enumerate(variants):
        v = VARIANTS.index(variant)
        grouped = load_layers_of_groups(shards[k], moments, v, membership, model, bases[v], choices, *cluster)
        pairs, counts = read_table(components[k], text=("a", "b")), read_table(n[k], text=("group",))
        tables = uncertainty_tables(grouped, membership.labels, name, resampling, pairs, counts)
        for path, table in zip((intervals[k], floor[k]), tables, strict=True):
            write_table(path, table)


if __name__ == "__main__":
    run(measure)
