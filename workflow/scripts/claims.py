"""Judge the claims of the papers."""

import json
from dataclasses import dataclass
from pathlib import Path

from command import run
from omegaconf import MISSING


@dataclass
class Settings:
    """Arguments: layer table and quality, names (JSON), groups and sizes of groupings, statistics of scaled filters."""

    layers: Path = MISSING
    quality: Path = MISSING
    names: str = MISSING
    groups: list[Path] = MISSING
    sizes: list[Path] = MISSING
    moments: list[Path] = MISSING
    histograms: list[Path] = MISSING
    basis: Path = MISSING
    draws: int = 500
    seed: int = 0
    output: Path = MISSING


def main(settings: Settings) -> None:
    """Per-layer statistics, quality and groups -> one row a claim, with its verdict."""
    from filtershift.analysis.claims.evidence import load_evidence
    from filtershift.analysis.claims.judge import judge_claims
    from filtershift.analysis.groups.membership import load_membership
    from filtershift.files import write_table

    files = zip(json.loads(settings.names), settings.groups, settings.sizes, strict=True)
    evidence = load_evidence(
        settings.layers,
        settings.quality,
        {name: load_membership(groups, sizes) for name, groups, sizes in files},
        settings.moments,
        settings.histograms,
        settings.basis,
        settings.draws,
        settings.seed,
    )
    write_table(settings.output, judge_claims(evidence))


if __name__ == "__main__":
    run(main, Settings)
