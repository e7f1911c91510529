"""Judge the claims of the papers."""

from pathlib import Path

from filtershift.command import run


def judge(
    layers: Path,
    quality: Path,
    names: list[str],
    groups: list[Path],
    sizes: list[Path],
    moments: list[Path],
    histograms: list[Path],
    basis: Path,
    output: Path,
    draws: int = 500,
    seed: int = 0,
) -> None:
    """Layers, their quality, the groups of named groupings, statistics of scaled filters -> one row per claim."""
    from filtershift.analysis.claims.evidence import load_evidence
    from filtershift.analysis.claims.judge import judge_claims
    from filtershift.analysis.groups.membership import load_membership
    from filtershift.files import write_table

    groupings = {name: load_membership(*files) for name, *files in zip(names, groups, sizes, strict=True)}
    evidence = load_evidence(layers, quality, groupings, moments, histograms, basis, draws, seed)
    write_table(output, judge_claims(evidence))


if __name__ == "__main__":
    run(judge)
