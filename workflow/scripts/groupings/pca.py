"""The PCA basis and the shapes of every group of one grouping."""

from pathlib import Path

from filtershift.command import run


def compute(
    moments: list[Path],
    groups: Path,
    sizes: Path,
    shapes: Path,
    scaled: Path | None = None,
    unscaled: Path | None = None,
) -> None:
    """Per-layer moments of all shards, and groups -> the basis of each group, one file per variant, and its shapes."""
    from filtershift.analysis.groups.membership import load_membership
    from filtershift.analysis.shapes.tables import group_shapes
    from filtershift.files import write_table
    from filtershift.passes.bases import group_bases
    from filtershift.passes.group_files import save_group_arrays
    from filtershift.passes.layer_files import load
    from filtershift.passes.moments import LayerMoments
    from filtershift.results import VARIANTS

    found, membership = load(moments, LayerMoments), load_membership(groups, sizes)
    bases_files = {variant: path for variant, path in zip(VARIANTS, (scaled, unscaled), strict=True) if path}
    for variant, path in bases_files.items():
        bases = group_bases(found, VARIANTS.index(variant), membership.group_of, len(membership.labels))
        in_order = zip(membership.labels, bases, membership.n_models, strict=True)
        save_group_arrays(path, {label: {**vars(basis), "n_models": n} for label, basis, n in in_order})
    write_table(shapes, group_shapes(found, membership, list(bases_files)))


if __name__ == "__main__":
    run(compute)
