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
    clusters: list[Path],
    output: Path,
    findings: Path,
    axes: str = "pca",
    draws: int = 500,
    seed: int = 0,
) -> None:
    """Layers, their quality, groups, statistics of scaled filters, and lineages of models -> one row per claim."""
    from filtershift.analysis.claims.evidence import load_evidence
    from filtershift.analysis.claims.judge import judge_claims
    from filtershift.analysis.claims.of_ours import FINDINGS
    from filtershift.analysis.claims.of_papers import CLAIMS
    from filtershift.analysis.groups.membership import load_membership
    from filtershift.files import read_table, write_table

    groupings = {name: load_membership(*files) for name, *files in zip(names, groups, sizes, strict=True)}
    lineages = read_table(clusters[0]).set_index("model_id")["cluster"] if clusters else None
    evidence = load_evidence(layers, quality, groupings, moments, histograms, axes, lineages, draws, seed)
    write_table(output, judge_claims(evidence, CLAIMS))
    write_table(findings, judge_claims(evidence, FINDINGS).drop(columns=["paper", "reports"]))


if __name__ == "__main__":
    run(judge)
