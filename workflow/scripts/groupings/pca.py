"""The PCA basis of every group of one grouping."""

from pathlib import Path

from filtershift.command import run


def compute(
    moments: list[Path], groups: Path, sizes: Path, scaled: Path | None = None, unscaled: Path | None = None
) -> None:
    """Per-layer moments of all shards, and groups -> the basis of each group, one file per variant."""
    from filtershift.analysis.groups.membership import load_membership
    from filtershift.passes.bases import group_bases
    from filtershift.passes.group_files import save_group_arrays
    from filtershift.passes.layer_files import load
    from filtershift.passes.moments import LayerMoments

    found, membership = load(moments, LayerMoments), load_membership(groups, sizes)
    for variant, path in enumerate((scaled, unscaled)):
        if path is None:
            continue
        bases = group_bases(found, variant, membership.group_of, len(membership.labels))
        in_order = zip(membership.labels, bases, membership.n_models, strict=True)
        save_group_arrays(path, {label: {**vars(basis), "n_models": n} for label, basis, n in in_order})


if __name__ == "__main__":
    run(compute)
