"""The bases, shapes, histograms, shifts and densities of the groups of one grouping: all that needs no resampling."""

from pathlib import Path

from filtershift.analysis.shifts.choices import Choices
from filtershift.command import per_variant, run


def measure(
    variants: list[str],
    histograms: list[Path],
    moments: list[Path],
    layers: Path,
    groups: Path,
    sizes: Path,
    basis: Path,
    order: str,
    choices: Choices,
    shapes: Path,
    pca: list[Path],
    shift: list[Path],
    sensitivity: list[Path],
    n: list[Path],
    components: list[Path],
    group_histograms: list[Path],
    densities: list[Path],
) -> None:
    """Per-layer histograms and moments, and groups -> what filters of each group look like, and in each variant the
    groups' bases, D-matrix, its parts and alternatives, histograms and densities.
    """
    from filtershift.analysis.groups.membership import load_membership
    from filtershift.analysis.shapes.tables import group_shapes
    from filtershift.analysis.shifts.gaussian import coefficient_moments
    from filtershift.analysis.shifts.of_grouping import measure_shifts
    from filtershift.files import read_table, write_table
    from filtershift.passes.bases import group_bases
    from filtershift.passes.moments import LayerMoments
    from filtershift.passes.stored.groups import load_bases, save_group_arrays
    from filtershift.passes.stored.layers import load
    from filtershift.results import VARIANTS

    membership, counts = load_membership(groups, sizes), read_table(sizes, text=("group",))
    labels, model = membership.labels, read_table(layers).set_index("layer")["model_id"]
    shards, bases = per_variant(histograms, variants), load_bases(basis)
    of_layers = load(moments, LayerMoments)
    write_table(shapes, group_shapes(of_layers, membership, variants))
    for k, variant in enumerate(variants):
        v = VARIANTS.index(variant)
        own = dict(zip(labels, group_bases(of_layers, v, membership.group_of, len(labels)), strict=True))
        in_order = zip(labels, own.values(), membership.n_models, strict=True)
        save_group_arrays(pca[k], {label: {**vars(one), "n_models": models} for label, one, models in in_order})
        coefficients = coefficient_moments(of_layers, v, bases[v])
        found = measure_shifts(shards[k], coefficients, membership, counts, model, bases[v], own, choices, order)
        write_table(shift[k], found.matrix, index=True)
        write_table(n[k], found.n)
        write_table(components[k], found.components)
        write_table(sensitivity[k], found.sensitivity)
        save_group_arrays(
            group_histograms[k],
            {
                label: {"counts": of_group, "window_counts": found.window_counts[label]}
                for label, of_group in found.counts.items()
            },
            {"edges": found.grid.edges, "window": found.grid.window},
        )
        curves = {label: {"density": density} for label, density in found.densities.items()}
        save_group_arrays(densities[k], curves, {"x": found.x})


if __name__ == "__main__":
    run(measure)
