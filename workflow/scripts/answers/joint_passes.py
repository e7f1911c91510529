"""Pass 2 over the filters of two data sets, in one common basis and on one common grid."""

from contextlib import ExitStack
from pathlib import Path

from filtershift.command import progress, run


def measure(
    dataset: Path,
    layers: Path,
    moments: list[Path],
    other_dataset: Path,
    other_layers: Path,
    other_moments: list[Path],
    basis: Path,
    histograms: Path,
    bins: int = 70,
    threads: int = 1,
) -> None:
    """Filters, layer table and moments of both data sets -> their common bases, and layer histograms in them."""
    from filtershift.analysis.comparing.joint_passes import Measurable, measure_jointly
    from filtershift.dataset.filters import FilterFile
    from filtershift.dataset.layer_table import load_layers, row_ranges_of
    from filtershift.passes.moments import LayerMoments
    from filtershift.passes.stored.groups import save_bases, save_group_arrays
    from filtershift.passes.stored.layers import load

    sets = (dataset, layers, moments), (other_dataset, other_layers, other_moments)
    with ExitStack() as stack:
        measurable = [
            Measurable(
                stack.enter_context(FilterFile(filters)), row_ranges_of(load_layers(table)), load(shards, LayerMoments)
            )
            for filters, table, shards in sets
        ]
        found = measure_jointly(measurable, bins, threads, progress("comparison"))
    save_bases(basis, found.bases)
    sides = zip(("here", "there"), found.layers, found.counts, strict=True)
    save_group_arrays(
        histograms, {side: {"layer": layer, "counts": counts} for side, layer, counts in sides}, {"edges": found.edges}
    )


if __name__ == "__main__":
    run(measure)
